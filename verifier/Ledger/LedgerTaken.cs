namespace OfflineLicense.Verifier.Ledger;

/// <summary>What a process got when it asked for a ledger.</summary>
internal sealed record LedgerTaken
{
    /// <summary>The writer, for the caller to dispose of.</summary>
    public required LedgerWriter Writer { get; init; }

    /// <summary>
    /// What was in the ledger, whose start receipt its caller appends next; null when it was begun now, start receipt
    /// included.
    /// </summary>
    public LedgerScan? Past { get; init; }

    /// <summary>The ledger that the new one follows, as far as it can be read; null when it follows none.</summary>
    public LedgerScan? Follows { get; init; }

    /// <summary>Ledgers that nobody has and that cannot be gone on with, to be reported.</summary>
    public required IReadOnlyList<LedgerScan> Damaged { get; init; }
}
