namespace OfflineLicense.Issuer.Books;

/// <summary>What a check of the registry read, and what is wrong with it. Immutable.</summary>
internal sealed record BookReport
{
    /// <summary>The version of the tables.</summary>
    public required int Version { get; init; }

    /// <summary>Licenses read, each text of each format.</summary>
    public required long Licenses { get; init; }

    /// <summary>Ledgers read.</summary>
    public required long Ledgers { get; init; }

    /// <summary>Receipts in them.</summary>
    public required long Receipts { get; init; }

    /// <summary>Files that wait or prove a fork.</summary>
    public required long Kept { get; init; }

    /// <summary>Findings, the mended ones too.</summary>
    public required long Findings { get; init; }

    /// <summary>Replies, all that were signed.</summary>
    public required long Replies { get; init; }

    /// <summary>What is wrong, in the order in which it was met.</summary>
    public required IReadOnlyList<BookFault> Faults { get; init; }
}
