using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier;

/// <summary>The period toward which a quota of minutes counts (<c>quota.per</c>).</summary>
public enum QuotaPeriod
{
    /// <summary>The whole term of the license.</summary>
    Term,

    /// <summary>Each calendar year, in UTC.</summary>
    Year,

    /// <summary>Each calendar month, in UTC.</summary>
    Month,
}

/// <summary>What using more than the quota leads to (<c>overage</c>). Running work is never ended by any of them.</summary>
public enum OverageRule
{
    /// <summary>A warning; the use is metered and billed.</summary>
    Allow,

    /// <summary>Grace, and after it Lapsed.</summary>
    Grace,

    /// <summary>The piece of work that would exceed the quota does not begin; the state stays.</summary>
    Refuse,
}

/// <summary>Whether new work can be refused at all (<c>enforcement</c>).</summary>
public enum EnforcementRule
{
    /// <summary>In Lapsed and Unlicensed new work does not begin.</summary>
    Enforced,

    /// <summary>Nothing is ever refused; the state is only told.</summary>
    Advisory,
}

/// <summary>
/// How long work goes on when the term has ended or another reason holds (<c>grace</c>), as written. What holds where
/// a key is absent: <see cref="License.GraceDays"/>, <see cref="License.GraceEarn"/>, <see cref="License.GraceLimit"/>.
/// </summary>
public sealed record LicenseGrace
{
    /// <summary>Days of grace from the start, 0 to 3650.</summary>
    public int? Days { get; init; }

    /// <summary>Days added for each full 30 days that the node has run licensed, 0 to 3650.</summary>
    public int? Earn { get; init; }

    /// <summary>The most days that grace can reach, from the days of the start to 3650.</summary>
    public int? Limit { get; init; }
}

/// <summary>How much may be used (<c>quota</c>). An absent limit is none; whole numbers to 2^53 - 1.</summary>
public sealed record LicenseQuota
{
    /// <summary>The period of the minutes, as written; see <see cref="License.QuotaPeriodInForce"/>.</summary>
    public QuotaPeriod? Per { get; init; }

    /// <summary>Cores in use at one moment over all nodes, at least 1.</summary>
    public long? Cores { get; init; }

    /// <summary>Minutes with at least one core in use, summed over all nodes, in one period.</summary>
    public long? NodeMinutes { get; init; }

    /// <summary>Minutes times cores in use, summed over all nodes, in one period.</summary>
    public long? CoreMinutes { get; init; }

    /// <summary>Cores in use at one moment on each node alone, at least 1.</summary>
    public long? NodeCores { get; init; }
}

/// <summary>What the license asks of receipts (<c>receipts</c>), as written.</summary>
public sealed record LicenseReceipts
{
    private readonly ValueList<string> _repliesBy = [];

    /// <summary>Length of a metering interval: 1 second to 1 hour, a divisor of a day. See <see cref="License.ReceiptInterval"/>.</summary>
    public Duration? Every { get; init; }

    /// <summary>The longest that receipts may go without an export; null for no duty.</summary>
    public Duration? MailEvery { get; init; }

    /// <summary>
    /// The verifier keys whose replies count, as written: of the right spelling and each once, in the vendor's order.
    /// Whether one is a point of prime order costs as much as a signature and is checked when a reply is read.
    /// </summary>
    public IReadOnlyList<string> RepliesBy { get => _repliesBy; init => _repliesBy = ValueList.Of(value); }
}

/// <summary>What a node must hold beside the license for it to count (<c>needs</c>), as written.</summary>
public sealed record LicenseNeeds
{
    /// <summary>The lowest version of the trust document, at least 1.</summary>
    public long? Trust { get; init; }

    /// <summary>The lowest number of the vendor's reply, at least 1.</summary>
    public long? Reply { get; init; }
}
