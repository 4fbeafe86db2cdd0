using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier;

/// <summary>
/// What a license says. The properties that may be null hold what is written; the computed ones at the end say what
/// holds where a key was left out, and are the only place that knows the defaults. Immutable and thread-safe: lists and
/// maps are copied in, the maps in the ordinal order of their keys. Equality is by value, items of lists included.
/// </summary>
/// <remarks>
/// A <see cref="License"/> made in code is only a value: its bounds are checked when its text is read, so the issuer
/// prints and reads back what it signs. The format: <c>verifier/README.md</c>, "License".
/// </remarks>
public sealed record License
{
    internal const int DefaultGraceDays = 14;

    internal static readonly TimeSpan DefaultReceiptInterval = TimeSpan.FromMinutes(5);

    private readonly ValueList<string> _installations = [];
    private readonly SortedTexts _features = SortedTexts.None;
    private readonly SortedTexts _hints = SortedTexts.None;
    private readonly SortedTexts _notes = SortedTexts.None;

    /// <summary>A ULID: 26 characters of Crockford base32 in upper case.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the license whose place this one takes; null for none.</summary>
    public string? Replaces { get; init; }

    /// <summary>The product's name, <c>[a-z0-9][a-z0-9.-]{0,62}</c>. It names folders.</summary>
    public required string Product { get; init; }

    /// <summary>To whom it is given: 1 to 200 UTF-16 code units on one line, no control characters.</summary>
    public required string Licensee { get; init; }

    /// <summary>A label that groups statements, spelled as a product is; see <see cref="PurposeInForce"/>.</summary>
    public string? Purpose { get; init; }

    /// <summary>When it was signed. UTC, whole seconds.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>The first second of the term (<c>term.from</c>). UTC, whole seconds.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first second after the term (<c>term.until</c>), later than <see cref="From"/>; null for perpetual.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Builds of the product made before this time are covered; null for any build.</summary>
    public DateTimeOffset? BuildsUntil { get; init; }

    /// <summary>Grace as written; see <see cref="GraceDays"/>.</summary>
    public LicenseGrace? Grace { get; init; }

    /// <summary>How much may be used. A license with no limit at all says so with <c>quota: {}</c>.</summary>
    public required LicenseQuota Quota { get; init; }

    /// <summary>What use above the quota leads to, as written; see <see cref="OverageInForce"/>.</summary>
    public OverageRule? Overage { get; init; }

    /// <summary>Whether new work can be refused, as written; see <see cref="EnforcementInForce"/>.</summary>
    public EnforcementRule? Enforcement { get; init; }

    /// <summary>What is asked of receipts, as written; see <see cref="ReceiptInterval"/>.</summary>
    public LicenseReceipts? Receipts { get; init; }

    /// <summary>What a node must hold beside it, as written; see <see cref="NeededTrust"/> and <see cref="NeededReply"/>.</summary>
    public LicenseNeeds? Needs { get; init; }

    /// <summary>The installations that it is bound to, each once, in the vendor's order; empty for any.</summary>
    public IReadOnlyList<string> Installations { get => _installations; init => _installations = ValueList.Of(value); }

    /// <summary>Texts for the product. Keys are <c>[A-Za-z][A-Za-z0-9._-]{0,63}</c>, values 1 KiB of UTF-8 at most.</summary>
    public IReadOnlyDictionary<string, string> Features { get => _features; init => _features = SortedTexts.Of(value); }

    /// <summary>Texts for later versions of the product, which never restrict; bounds as <see cref="Features"/>.</summary>
    public IReadOnlyDictionary<string, string> Hints { get => _hints; init => _hints = SortedTexts.Of(value); }

    /// <summary>Texts for people; bounds as <see cref="Features"/>.</summary>
    public IReadOnlyDictionary<string, string> Notes { get => _notes; init => _notes = SortedTexts.Of(value); }

    /// <summary>The label that groups statements; <c>production</c> where the license names none.</summary>
    public string PurposeInForce => Purpose ?? "production";

    /// <summary>The period of the quota's minutes; <see cref="QuotaPeriod.Term"/> where the license names none.</summary>
    public QuotaPeriod QuotaPeriodInForce => Quota.Per ?? QuotaPeriod.Term;

    /// <summary>What use above the quota leads to; <see cref="OverageRule.Grace"/> where the license does not say.</summary>
    public OverageRule OverageInForce => Overage ?? OverageRule.Grace;

    /// <summary>Whether new work can be refused; <see cref="EnforcementRule.Enforced"/> where the license does not say.</summary>
    public EnforcementRule EnforcementInForce => Enforcement ?? EnforcementRule.Enforced;

    /// <summary>Days of grace from the start: <c>grace.days</c>, or 14.</summary>
    public int GraceDays => Grace?.Days ?? DefaultGraceDays;

    /// <summary>Days of grace added for each full 30 days run licensed: <c>grace.earn</c>, or 0.</summary>
    public int GraceEarn => Grace?.Earn ?? 0;

    /// <summary>The most days of grace: <c>grace.limit</c>, or <see cref="GraceDays"/>, so that none are earned.</summary>
    public int GraceLimit => Grace?.Limit ?? GraceDays;

    /// <summary>The length of a metering interval: <c>receipts.every</c>, or 5 minutes.</summary>
    public TimeSpan ReceiptInterval => Receipts?.Every?.Value ?? DefaultReceiptInterval;

    /// <summary>The longest that receipts may go without an export: <c>receipts.mail-every</c>; null for no duty.</summary>
    public TimeSpan? MailInterval => Receipts?.MailEvery?.Value;

    /// <summary>The lowest version of the trust document that a node must hold; 0 for none.</summary>
    public long NeededTrust => Needs?.Trust ?? 0;

    /// <summary>The lowest number of a reply that a node must hold; 0 for none.</summary>
    public long NeededReply => Needs?.Reply ?? 0;

    /// <summary>Whether an installation may use it: any may where none is named.</summary>
    internal bool IsFor(string installation) =>
        Installations.Count == 0 || Installations.Contains(installation, StringComparer.Ordinal);
}
