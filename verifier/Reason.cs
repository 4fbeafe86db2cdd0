namespace OfflineLicense.Verifier;

/// <summary>
/// One thing that a verdict says: why the state is what it is, why a file does not count, why new work was refused, or
/// what is about to happen.
/// </summary>
public sealed record Reason
{
    /// <summary>A stable name for programs and for searching: one of <see cref="ReasonCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What is the case, in one plain sentence without a full stop.</summary>
    public required string Sentence { get; init; }

    /// <summary>The file or act that mends it.</summary>
    public required string Mend { get; init; }

    /// <summary>Since when it holds (UTC); for something that is still to come, when it begins; null where time plays no part.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Until when nothing is refused because of it (UTC, exclusive); null where it never leads to a refusal.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The file that it is about, if one is.</summary>
    public string? File { get; init; }
}
