namespace OfflineLicense.Verifier;

/// <summary>
/// What holds on a node at one moment: the state, whether new work may begin, why, and the dates that matter.
/// Immutable, and safe to keep and to read from any thread.
/// </summary>
public sealed record Verdict
{
    /// <summary>Where the node stands.</summary>
    public required LicenseState State { get; init; }

    /// <summary>Whether new work may begin. A quota with <c>overage: refuse</c> may still refuse a single piece of it.</summary>
    public required bool MayBegin { get; init; }

    /// <summary>The moment that this verdict is about (UTC, whole seconds): the later of the wall clock and the mark.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The license by whose terms it was decided; null if none is at hand.</summary>
    public License? License { get; init; }

    /// <summary>What keeps the state from being <see cref="LicenseState.Licensed"/>, the most urgent first; empty when Licensed.</summary>
    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    /// <summary>What is worth knowing, and never changes the state.</summary>
    public IReadOnlyList<Reason> Warnings { get; init; } = [];

    /// <summary>The license files that do not count, and why.</summary>
    public IReadOnlyList<Reason> NotCounting { get; init; } = [];

    /// <summary>When the license's term ends (UTC, exclusive); null for a perpetual license or none.</summary>
    public DateTimeOffset? TermEnd { get; init; }

    /// <summary>
    /// When new work will be refused if nothing is mended and the node runs until then (UTC): in Grace, by the reasons that
    /// hold; before, by the dates that are known to come, those of a next license among them. Null when no date is known, or
    /// when the license is advisory.
    /// </summary>
    public DateTimeOffset? GraceEnds { get; init; }

    /// <summary>The day by which receipts are to be exported (UTC); null without such a duty.</summary>
    public DateTimeOffset? MailBy { get; init; }

    /// <summary>When receipts of this state folder were exported last (UTC); null if they never were.</summary>
    public DateTimeOffset? LastExport { get; init; }

    /// <summary>The time of the vendor's newest reply at hand (UTC); null for none.</summary>
    public DateTimeOffset? LastReply { get; init; }

    /// <summary>The version of the trust document that this node goes by; 0 for none.</summary>
    public long TrustVersion { get; init; }

    /// <summary>What of each quota of the license is used in its running period.</summary>
    public IReadOnlyList<QuotaUse> Quotas { get; init; } = [];

    /// <summary>Whether it was decided by a license that refuses nothing.</summary>
    internal bool IsAdvisory => License?.EnforcementInForce == EnforcementRule.Advisory;

    /// <summary>Where <see cref="License"/> was read: a file, the node's own copy, or an environment variable; null for none.</summary>
    internal string? LicenseSource { get; init; }

    /// <summary>How many cores may be in use in this state folder before new work is refused; null for no such bound.</summary>
    internal long? RefuseCoresAbove { get; init; }

    /// <summary>The same for this node alone.</summary>
    internal long? RefuseNodeCoresAbove { get; init; }

    /// <summary>The used-up minutes with <c>overage: refuse</c>, which refuse every new piece of work; null if there are any left.</summary>
    internal Reason? MinutesRefusal { get; init; }
}

/// <summary>What of one quota is used. Units are those of the license: cores, node-minutes or core-minutes.</summary>
/// <param name="Name">The quota's key in the license: <c>cores</c>, <c>node-cores</c>, <c>node-minutes</c>, <c>core-minutes</c>.</param>
/// <param name="Used">Used in the period that runs, or in use now for cores. Minutes are rounded down.</param>
/// <param name="Allowed">What the license allows.</param>
/// <param name="PeriodStart">When the period began (UTC); null for cores.</param>
/// <param name="PeriodEnd">When the period ends (UTC, exclusive); null for cores and for a term without an end.</param>
public sealed record QuotaUse(
    string Name, long Used, long Allowed, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd);
