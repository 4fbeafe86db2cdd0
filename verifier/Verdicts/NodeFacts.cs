using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// All that a verdict depends on beside the licenses and the time. Taken over all ledgers of a state folder; nothing in
/// it knows where it came from.
/// </summary>
internal sealed record NodeFacts
{
    /// <summary>The product that asks.</summary>
    public required string Product { get; init; }

    /// <summary>The name of the installation's key.</summary>
    public required string Installation { get; init; }

    /// <summary>When this build of the product was made; null for a product that does not say.</summary>
    public DateTimeOffset? Built { get; init; }

    /// <summary>The version of the trust document held; 0 for none.</summary>
    public long TrustVersion { get; init; }

    /// <summary>The trust documents at hand that are not taken, and why.</summary>
    public IReadOnlyList<Reason> RefusedTrust { get; init; } = [];

    /// <summary>The number of the newest reply to each licensee, by its name; one that is not in it has had none.</summary>
    public IReadOnlyDictionary<string, long> ReplyNumbers { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>The ids of all licenses that ever were active in this state folder.</summary>
    public IReadOnlySet<string> Counted { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The id of the license that was active last; null if none ever was.</summary>
    public string? LastActive { get; init; }

    /// <summary>Seconds that the node has been open in Licensed, ever: the most of any ledger.</summary>
    public long LicensedSeconds { get; init; }

    /// <summary>Seconds open in Grace since last Licensed: the least of the ledgers that ever were; null if none was.</summary>
    public long? GraceSeconds { get; init; }

    /// <summary>Whether a start was not clean, so that the next use in Grace to be written counts an interval more.</summary>
    public bool OwesInterval { get; init; }

    /// <summary>The reasons that held last, with their beginnings: a reason that still holds keeps its date.</summary>
    public IReadOnlyList<HeldReason> Held { get; init; } = [];

    /// <summary>Use by license and day, for the quotas.</summary>
    public UseOfMinutes Use { get; init; } = UseOfMinutes.None;

    /// <summary>Cores in use now on all nodes of the state folder.</summary>
    public long CoresInUse { get; init; }

    /// <summary>Cores in use now on this node.</summary>
    public long NodeCoresInUse { get; init; }

    /// <summary>When the oldest receipt that was never exported was written; null when all were.</summary>
    public DateTimeOffset? OldestUnexported { get; init; }

    /// <summary>When receipts were exported last; null if they never were.</summary>
    public DateTimeOffset? LastExport { get; init; }

    /// <summary>The time of the newest reply; null for none.</summary>
    public DateTimeOffset? LastReply { get; init; }

    /// <summary>Why receipts cannot be written; null when they can.</summary>
    public string? LedgerUnwritable { get; init; }

    /// <summary>What mends that, where it is known.</summary>
    public string? LedgerUnwritableMend { get; init; }

    /// <summary>What is damaged in which ledger; null for nothing.</summary>
    public string? LedgerDamaged { get; init; }

    /// <summary>Which ledger lost what; null for none.</summary>
    public string? LedgerRolledBack { get; init; }

    /// <summary>The wall clock, where it is behind the mark; null where it is not.</summary>
    public DateTimeOffset? ClockBehind { get; init; }
}
