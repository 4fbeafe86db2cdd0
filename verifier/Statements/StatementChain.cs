using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Statements;

/// <summary>What the receipts of a statement are held against: the licenses of the chain, their terms and the quota's period.</summary>
internal sealed class StatementChain
{
    private readonly LicenseChain _chain;
    private readonly ILookup<string, StatementLicense> _texts;

    public StatementChain(StatementRequest request)
    {
        Newest = request.Newest.License;
        Period = request.Period;
        var known = request.Known.Append(request.Newest).ToList();
        _chain = new LicenseChain(Newest, known.Select(license => license.License));
        _texts = known.Where(license => _chain.Contains(license.License.Id))
            .ToLookup(license => license.License.Id, StringComparer.Ordinal);
        Licenses = [.. _chain.Ids.Where(_texts.Contains).Select(id => id == Newest.Id ? Newest : _texts[id].First().License)];
        WithoutText = [.. _chain.Ids.Where(id => !_texts.Contains(id))];
        WindowSeconds = Licenses.Where(IsNewestOrInPeriod).Max(Interval);

        var quota = LicensePeriod.Of(Newest, Period.Start);
        var lastsLongEnough = quota.End is not { } end || Period.End.AddDays(-1) < end || Newest.QuotaPeriodInForce == QuotaPeriod.Term;
        if (Period.From == DateOnly.FromDateTime(quota.Start.UtcDateTime) && lastsLongEnough)
            Quota = quota;
    }

    /// <summary>The license whose quotas are judged.</summary>
    public License Newest { get; }

    public StatementPeriod Period { get; }

    /// <summary>The licenses whose text is at hand, newest first.</summary>
    public IReadOnlyList<License> Licenses { get; }

    /// <summary>The ids of those whose text is not.</summary>
    public IReadOnlyList<string> WithoutText { get; }

    /// <summary>
    /// Length of a window of peak cores: the longest receipt interval of the licenses whose term meets the period, so
    /// that a receipt of any of them lies in one window or touches two.
    /// </summary>
    public long WindowSeconds { get; }

    /// <summary>
    /// The quota's period that the statement begins with, or null where it begins with none or goes on after it: then
    /// minutes are not judged. A term may be gone on after: what lies behind its end does not count toward it.
    /// </summary>
    public LicensePeriod? Quota { get; }

    /// <summary>
    /// Whether the newest license's cores are the measure of all days: not when the statement reaches back before its
    /// term, to a license that may have allowed more.
    /// </summary>
    public bool JudgesCores => _chain.Ids.Count == 1 || Period.From >= DateOnly.FromDateTime(Newest.From.UtcDateTime);

    public bool Contains(string license) => _chain.Contains(license);

    public bool HasText(string license) => _texts.Contains(license);

    /// <summary>The proofs that one ledger can hold for a license: one for each format that it was signed in.</summary>
    public IReadOnlySet<string> ProofsOf(string license, string ledger) =>
        _texts[license].Select(text => LicenseHolding.Of(ledger, text.SignedText.Span)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether a license is bound to installations of which a ledger's is none: its use there bills nobody.</summary>
    public bool IsBoundElsewhere(string license, string ledger) => _texts.Contains(license)
        && _texts[license].All(text => !text.License.IsFor(InstallationName.InstallationOf(ledger)));

    /// <summary>Whether a receipt lies in the term of any license of the chain.</summary>
    public bool IsInTerm(DateTimeOffset at) =>
        Licenses.Any(license => license.From < at && (license.Until is not { } until || at <= until));

    public bool CountsTowardQuota(string license, DateTimeOffset at) =>
        Quota is { } quota && _chain.CountsToward(quota, license, StatementPeriod.DayOf(at));

    /// <summary>The receipt interval of a license whose text is at hand; null for others.</summary>
    public long? IntervalOf(string license) =>
        _texts[license].FirstOrDefault() is { } known ? Interval(known.License) : null;

    private bool IsNewestOrInPeriod(License license) =>
        license.Id == Newest.Id || (license.From < Period.End && (license.Until is not { } until || until > Period.Start));

    private static long Interval(License license) => license.ReceiptInterval.Ticks / TimeSpan.TicksPerSecond;
}
