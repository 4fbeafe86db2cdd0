using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>What a running node adds to what its folders say.</summary>
internal sealed record OwnFacts
{
    /// <summary>The own ledger's readings; empty while there is none.</summary>
    public required LedgerReadings Readings { get; init; }

    /// <summary>The license that this process has active; null for none, or for a process that has not looked yet.</summary>
    public string? Active { get; init; }

    /// <summary>The reasons that this process found to hold; null before it has looked: then the newest ledger speaks for the node.</summary>
    public IReadOnlyList<HeldReason>? Held { get; init; }

    /// <summary>Whether this process, or its ledger, ever was Licensed.</summary>
    public bool WasLicensed { get; init; }

    /// <summary>Open time in Licensed ever, with what is in no receipt yet, in seconds.</summary>
    public long LicensedSeconds { get; init; }

    /// <summary>Open time in Grace since last Licensed, likewise.</summary>
    public long GraceSeconds { get; init; }

    /// <summary>Whether the next use in Grace counts an interval more.</summary>
    public bool OwesInterval { get; init; }

    /// <summary>Cores in use now.</summary>
    public long Cores { get; init; }

    /// <summary>Cores in use by other processes; null where only their receipts tell.</summary>
    public long? OtherCores { get; init; }

    /// <summary>Use that is in no receipt yet.</summary>
    public IReadOnlyList<DayOfUse> Pending { get; init; } = [];

    /// <summary>Why receipts cannot be written; null when they can.</summary>
    public string? Unwritable { get; init; }

    /// <summary>What mends that, where it is known.</summary>
    public string? UnwritableMend { get; init; }

    /// <summary>What was found damaged when the ledger was opened.</summary>
    public string? Damaged { get; init; }
}
