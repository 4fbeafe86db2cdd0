namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// The verdict as a pure function of licenses, facts and one moment: no file, clock or environment inside. The table of
/// what leads to what stands in verifier/README.md.
/// </summary>
internal static class Evaluation
{
    /// <summary>How long before a date a warning begins.</summary>
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(30);

    /// <summary>A clock that is behind by less than this is waited for; by more, the vendor is asked.</summary>
    private static readonly TimeSpan GetsThereByItself = TimeSpan.FromDays(1);

    public static Verdict Evaluate(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset now)
    {
        var verdict = WithoutForesight(candidates, facts, now);
        var mayChangeHands = verdict.MayBegin
            && candidates.Any(candidate => !candidate.IsKept && candidate.Signed is { License.Id: var id } && id != verdict.License?.Id);
        return mayChangeHands ? verdict with { GraceEnds = Foretelling.FirstRefusal(candidates, facts, verdict) } : verdict;
    }

    /// <summary>
    /// The same, but that <see cref="Verdict.GraceEnds"/> is by the dates of the active license alone: which is all there is
    /// to it where no other license is at hand.
    /// </summary>
    /// <param name="candidates">The licenses at hand.</param>
    /// <param name="facts">What is known of the node.</param>
    /// <param name="now">The moment.</param>
    /// <param name="isTold">Whether anybody is told of it: else warnings, and why files do not count, are left out.</param>
    public static Verdict WithoutForesight(
        IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset now, bool isTold = true)
    {
        var candidacy = Candidacy.Of(candidates, facts, now);
        var license = (candidacy.Active ?? candidacy.LastActive)?.Signed!.License;
        if (candidacy.Active is null && facts.Counted.Count == 0)
            return Unlicensed(candidacy, facts, now);

        var file = (candidacy.Active ?? candidacy.LastActive)?.File;
        var quotas = license is null ? null : QuotaCheck.Of(license, candidacy.Known, facts, now);
        var grace = GraceRule.Of(license, facts);
        var mailBy = MailBy(license, facts);
        var reasons = ReasonsOf(candidacy, candidates.Any(static file => !file.IsKept), license, quotas, mailBy, facts, now)
            .Select(reason => reason with { Until = grace.EndFor(reason.Since!.Value), File = file })
            .OrderBy(reason => reason.Until)
            .ThenBy(reason => reason.Code, StringComparer.Ordinal)
            .ToList();

        var isOver = reasons.Count > 0 && reasons[0].Until <= now && grace.Notice == TimeSpan.Zero;
        var state = reasons.Count == 0 ? LicenseState.Licensed : isOver ? LicenseState.Lapsed : LicenseState.Grace;
        var isAdvisory = license?.EnforcementInForce == EnforcementRule.Advisory;
        return new Verdict
        {
            State = state,
            MayBegin = state != LicenseState.Lapsed || isAdvisory,
            At = now,
            License = license,
            LicenseSource = file,
            Reasons = reasons,
            Warnings = isTold ? [.. WarningsOf(candidates, license, quotas, mailBy, facts, now)] : [],
            NotCounting = isTold ? candidacy.NotCounting() : [],
            TermEnd = license?.Until,
            GraceEnds = isAdvisory ? null : GraceEnds(reasons, license, mailBy, grace, now),
            MailBy = mailBy,
            LastExport = facts.LastExport,
            LastReply = facts.LastReply,
            TrustVersion = facts.TrustVersion,
            Quotas = quotas?.Quotas ?? [],
            RefuseCoresAbove = RefuseAbove(license, license?.Quota.Cores),
            RefuseNodeCoresAbove = RefuseAbove(license, license?.Quota.NodeCores),
            MinutesRefusal = quotas?.MinutesRefusal,
        };
    }

    /// <summary>How long before the date to mail by a warning begins; null without the duty.</summary>
    public static TimeSpan? WarnBeforeMail(License? license) =>
        license?.MailInterval is { } every ? Min(WarnBefore, every / 2) : null;

    private static Verdict Unlicensed(Candidacy candidacy, NodeFacts facts, DateTimeOffset now)
    {
        var notCounting = candidacy.NotCounting();
        return new Verdict
        {
            State = LicenseState.Unlicensed,
            MayBegin = false,
            At = now,
            Reasons =
            [
                new Reason
                {
                    Code = ReasonCode.Unlicensed,
                    Sentence = notCounting.Count == 0
                        ? $"there is no license for {facts.Product} on this node"
                        : "none of the license files on this node counts",
                    Mend = notCounting.Count == 0
                        ? "put a license into the license folder: offline-license install FILE"
                        : "see each file's own reason",
                },
            ],
            Warnings = [.. WarningsOf([], null, null, null, facts, now)],
            NotCounting = notCounting,
            LastExport = facts.LastExport,
            LastReply = facts.LastReply,
            TrustVersion = facts.TrustVersion,
        };
    }

    private static IEnumerable<Reason> ReasonsOf(
        Candidacy candidacy, bool hasFiles, License? license, QuotaCheck? quotas, DateTimeOffset? mailBy, NodeFacts facts, DateTimeOffset now)
    {
        if (candidacy is { Active: null, LastActive.Signed.Revoked: { } revoked })
        {
            yield return Since(
                ReasonCode.Revoked, $"the vendor took license {license!.Id} back: {revoked}",
                "install the license that your vendor gives in its place: offline-license install FILE");
        }
        else if (candidacy.Active is null)
        {
            yield return Since(
                ReasonCode.NoLicenseCounts,
                license is null ? "no license counts on this node any more, though one did" : $"no license counts on this node any more; the last that did is {license.Id}",
                hasFiles ? "see why each file does not count, or install one that does: offline-license install FILE" : "install a license that counts: offline-license install FILE");
        }
        else if (license!.Until is { } until && until <= now)
        {
            yield return new Reason
            {
                Code = ReasonCode.TermEnded,
                Sentence = $"the license's term ended on {Words.Date(until)}",
                Mend = MendOfDate(until, facts, now, "install the license of the next term"),
                Since = until,
            };
        }

        foreach (var (code, sentence, mend, notBefore) in quotas?.Exceeded ?? [])
        {
            var reason = Since(code, sentence, mend);
            yield return reason with { Since = Max(reason.Since!.Value, notBefore) };
        }

        if (mailBy <= now)
        {
            yield return new Reason
            {
                Code = ReasonCode.MailOverdue,
                Sentence = $"receipts were to be exported by {Words.Date(mailBy.Value)}",
                Mend = MendOfDate(mailBy.Value, facts, now, "run 'offline-license export' and mail the file to your vendor"),
                Since = mailBy,
            };
        }

        if (facts.LedgerUnwritable is { } why)
        {
            yield return Since(
                ReasonCode.LedgerUnwritable, $"receipts cannot be written: {why}", facts.LedgerUnwritableMend ?? "make the state folder writable");
        }

        // What was noticed, not foreseen, began when it was first noticed: receipts keep that over restarts. A date to come
        // is of a clock that was wrong, unless it is now that is behind.
        Reason Since(string code, string sentence, string mend) => new()
        {
            Code = code,
            Sentence = sentence,
            Mend = mend,
            Since = facts.Held.FirstOrDefault(held => held.Code == code) is { Code: not null } held && (held.Since < now || facts.ClockBehind is not null) ? held.Since : now,
        };
    }

    // Before anybody buys or mails anything for a date that has not come, time is to be right.
    private static string MendOfDate(DateTimeOffset date, NodeFacts facts, DateTimeOffset now, string mend) =>
        date > facts.ClockBehind && now - facts.ClockBehind >= GetsThereByItself
            ? "that day is still to come by this machine's clock: if it is wrong, set it; if it is right, ask your vendor for a time reset"
            : mend;

    private static IEnumerable<Reason> WarningsOf(
        IReadOnlyList<LicenseCandidate> candidates, License? license, QuotaCheck? quotas, DateTimeOffset? mailBy, NodeFacts facts, DateTimeOffset now)
    {
        if (license?.Until is { } until && until > now && until - now <= WarnBefore && !Candidacy.IsCovered(candidates, facts, until))
        {
            yield return Warning(
                ReasonCode.TermEndsSoon, $"the license's term ends on {Words.Date(until)}",
                "ask your vendor for the license of the next term", until);
        }

        if (mailBy > now && mailBy - now <= WarnBeforeMail(license))
        {
            yield return Warning(
                ReasonCode.MailDueSoon, $"receipts are to be exported by {Words.Date(mailBy.Value)}",
                "run 'offline-license export' and mail the file to your vendor", mailBy);
        }

        foreach (var warning in quotas?.Warnings ?? [])
            yield return warning;

        if (facts.ClockBehind is { } wall)
        {
            yield return Warning(
                ReasonCode.ClockBehind, $"the clock says {Words.Date(wall)}, and this node goes by {Words.Date(now)}, which it has reached before",
                now - wall < GetsThereByItself
                    ? "if the clock is wrong, set it; if it is right, nothing: it gets there by itself"
                    : "if the clock is wrong, set it; if it is right, run 'offline-license export', mail the file to your vendor, and ask for a time reset");
        }

        foreach (var refused in facts.RefusedTrust)
            yield return refused;

        if (facts.LedgerDamaged is { } damage)
        {
            yield return Warning(
                ReasonCode.LedgerDamaged, $"a ledger is damaged: {damage}",
                "export and mail the receipts as usual; a new ledger has been begun");
        }

        if (facts.LedgerRolledBack is { } lost)
        {
            yield return Warning(
                ReasonCode.LedgerRolledBack, $"a ledger lost receipts that your vendor has: {lost}",
                "nothing: a new ledger has been begun; tell your vendor if this node was restored or copied");
        }
    }

    /// <summary>When new work will be refused: by the reasons that hold; while none does, by the dates known to come.</summary>
    private static DateTimeOffset? GraceEnds(
        List<Reason> reasons, License? license, DateTimeOffset? mailBy, GraceRule grace, DateTimeOffset now)
    {
        if (reasons.Count > 0)
        {
            var end = reasons[0].Until!.Value;
            return grace.Notice == TimeSpan.Zero ? end : Max(end, grace.NoticeEnds(now));
        }

        // Licensed until that date, so all of the notice is still to be run from there.
        var foreseen = Min(license?.Until, mailBy);
        return foreseen is { } date ? Max(grace.EndFor(date), (grace with { Notice = GraceRule.LeastNotice }).NoticeEnds(date)) : null;
    }

    /// <summary>By when receipts are to be exported; null without the duty, or with nothing to export.</summary>
    public static DateTimeOffset? MailBy(License? license, NodeFacts facts) =>
        license?.MailInterval is { } every && facts.OldestUnexported is { } oldest ? GraceRule.After(oldest, every) : null;

    private static long? RefuseAbove(License? license, long? cores) =>
        license is { OverageInForce: OverageRule.Refuse, EnforcementInForce: EnforcementRule.Enforced } ? cores : null;

    private static Reason Warning(string code, string sentence, string mend, DateTimeOffset? since = null) =>
        new() { Code = code, Sentence = sentence, Mend = mend, Since = since };

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset? Min(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null ? a : a < b ? a : b;
}
