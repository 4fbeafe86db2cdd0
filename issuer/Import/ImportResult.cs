namespace OfflineLicense.Issuer.Import;

/// <summary>What became of one ledger in one file.</summary>
internal enum ImportOutcome
{
    /// <summary>The registry had all of it.</summary>
    Known,

    /// <summary>Receipts were stored.</summary>
    Added,

    /// <summary>Receipts before it are missing; it is kept until they come.</summary>
    Gap,

    /// <summary>As <see cref="Gap"/>, and they came in the same call.</summary>
    Waited,

    /// <summary>The file contradicts itself; nothing of this ledger was stored.</summary>
    Damage,

    /// <summary>It is a second history of its ledger; the ledger stayed as it was, and both are kept.</summary>
    Fork,

    /// <summary>It is in a later version of the format; nothing of it was stored.</summary>
    Newer,

    /// <summary>The file is no receipts file, and never was one.</summary>
    Refused,

    /// <summary>The file cannot be opened.</summary>
    Unreadable,
}

/// <summary>What became of one ledger in one file. Immutable.</summary>
internal sealed record ImportResult
{
    /// <summary>The file's name, as it was given.</summary>
    public required string File { get; init; }

    public required ImportOutcome Outcome { get; init; }

    /// <summary>The ledger's name; "" where damage hides it.</summary>
    public required string Ledger { get; init; }

    /// <summary>The file's first <c>seq</c> of it.</summary>
    public long Start { get; init; }

    /// <summary>The first <c>seq</c> after the file's.</summary>
    public long End { get; init; }

    /// <summary>How many receipts were stored.</summary>
    public long Added { get; init; }

    /// <summary>How many the registry had before.</summary>
    public long StoredBefore { get; init; }

    /// <summary>The subject of the finding that it is; "" where it is none.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Where and why; "" where there is nothing to say.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What probably happened to a file that was not taken in, and what mends it; null where nobody knows.</summary>
    public string? Hint { get; init; }

    /// <summary>The customers whose licenses it proves.</summary>
    public IReadOnlyList<Customer> Customers { get; init; } = [];
}

/// <summary>How outcomes are named.</summary>
internal static class ImportOutcomes
{
    /// <summary>As it stands in the registry and in <c>--json</c>.</summary>
    internal static string Name(this ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Known => "known",
        ImportOutcome.Added => "added",
        ImportOutcome.Gap => "gap",
        ImportOutcome.Waited => "waited",
        ImportOutcome.Damage => "damage",
        ImportOutcome.Newer => "newer",
        ImportOutcome.Refused => "refused",
        ImportOutcome.Unreadable => "unreadable",
        _ => "fork",
    };
}
