using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Command;

/// <summary>What <c>status</c> answers to a person.</summary>
internal static class StatusPage
{
    public static Page Of(StatusAnswer answer)
    {
        var (product, verdict) = (answer.Product, answer.Verdict);
        var page = new Page()
            .Field("product", product.Product)
            .Field("time", Words.Date(verdict.At) + (answer.AskedAt is null ? "" : ", as if this node were off until then"))
            .Field("state", new Cell(verdict.State.ToString(), ToneOf(verdict)))
            .Field("new work", verdict.MayBegin ? "may begin" : new Cell("is refused; running work goes on", Tone.Bad))
            .Field("license", LicenseOf(verdict))
            .Field("read from", new Cell(verdict.LicenseSource ?? "-", Tone.Faint))
            .Field("term end", TermEnd(verdict))
            .Field("grace ends", GraceEnds(verdict));
        if (HasNotice(verdict))
            page.Field("", "it lapses only after it has run 24 hours in Grace");
        if (answer.WhenRunning is { } running && (running.State, running.MayBegin) != (verdict.State, verdict.MayBegin))
            page.Field("if it runs", new Cell(IfItRuns(running), ToneOf(running)));
        page.Field("mail by", MailBy(verdict));
        if (product.Trust.IsRooted)
            page.Field("trust document", verdict.TrustVersion == 0 ? new Cell("none", Tone.Bad) : Words.Number(verdict.TrustVersion));
        page
            .Field("licenses", new Cell(product.LicenseFolder, Tone.Faint))
            .Field("state folder", new Cell(product.StateFolder, Tone.Faint));
        if (verdict.Quotas.Count > 0)
        {
            page.Heading("Quotas").Table(
                ["quota", "used#", "allowed#", "share#", "period"],
                verdict.Quotas.Select(quota => (IReadOnlyList<Cell>)
                [
                    quota.Name, Words.Number(quota.Used), Words.Number(quota.Allowed),
                    new Cell(Words.Percent(quota.Used, quota.Allowed), ToneOf(quota)), PeriodOf(quota),
                ]));
        }

        AddReasons(page, verdict, "Reasons", verdict.Reasons, verdict.State == LicenseState.Grace ? Tone.Warning : Tone.Bad);
        AddReasons(page, verdict, "Warnings", verdict.Warnings, Tone.Warning);
        AddReasons(page, verdict, "Files that do not count", verdict.NotCounting, Tone.Warning);
        AddTimeLine(page, answer);
        return page;
    }

    private static void AddTimeLine(Page page, StatusAnswer answer)
    {
        if (answer.TimeLine.Count == 0) return;
        page.Heading(answer.AskedAt is null ? "What comes, if this node runs on as it does now" : "Until then, if this node runs on as it does now");
        foreach (var change in answer.TimeLine)
        {
            var label = Words.Date(change.After.At);
            foreach (var news in change.News)
            {
                var isWarning = change.After.Warnings.Any(warning => warning.Code == news.Code);
                page.Field(label, new Cell(
                    (isWarning ? "warning: " : StateOf(change, news)) + news.Sentence,
                    change.Before.State == change.After.State ? Tone.Plain : ToneOf(change.After)));
                if (!isWarning && news.Mend != ForetoldNews.Nothing) page.Field("", new Cell($"prevented by: {news.Mend}", Tone.Faint));
                label = "";
            }
        }
    }

    private static string StateOf(ForetoldChange change, Reason news) =>
        news != change.News[0] || change.Before.State == change.After.State ? "" : $"{change.Before.State} -> {change.After.State}: ";

    private static void AddReasons(Page page, Verdict verdict, string heading, IReadOnlyList<Reason> reasons, Tone tone)
    {
        if (reasons.Count == 0) return;
        page.Heading(heading);
        foreach (var reason in reasons)
        {
            page.Field(reason.Code, new Cell(reason.Sentence, tone));
            if (reason.File is { Length: > 0 } file) page.Field("", $"file: {file}");
            if (reason.Until is { } until && reasons == verdict.Reasons) page.Field("", WhatItLeadsTo(verdict, until));
            page.Field("", new Cell($"mend: {reason.Mend}", Tone.Faint));
        }
    }

    private static string WhatItLeadsTo(Verdict verdict, DateTimeOffset until) =>
        verdict.IsAdvisory ? "nothing is refused for it: the license is advisory"
        : until > verdict.At ? $"nothing is refused for it before {Words.Date(until)}"
        : $"its grace was over on {Words.Date(until)}";

    private static Cell LicenseOf(Verdict verdict) => verdict.License is { } license
        ? $"{license.Id} for {license.Licensee} ({license.PurposeInForce}"
          + (license.EnforcementInForce == EnforcementRule.Advisory ? ", advisory)" : ")")
        : new Cell("none", Tone.Bad);

    private static Cell TermEnd(Verdict verdict) => verdict switch
    {
        { License: null } => new Cell("-", Tone.Faint),
        { TermEnd: { } end } => DateCell(end, verdict.At),
        _ => "never: the license is perpetual",
    };

    private static Cell GraceEnds(Verdict verdict) => verdict switch
    {
        { License: null } => new Cell("-", Tone.Faint),
        { GraceEnds: { } end } => DateCell(end, verdict.At),
        { License.EnforcementInForce: EnforcementRule.Advisory } => "never: an advisory license refuses nothing",
        _ => "no date: nothing that is known leads to a refusal",
    };

    // The dates are over, and the node has not run long enough to have told anybody.
    private static bool HasNotice(Verdict verdict) =>
        verdict is { State: LicenseState.Grace, IsAdvisory: false, GraceEnds: { } end, Reasons: [{ Until: { } first }, ..] } && end > first;

    private static string IfItRuns(Verdict running) =>
        $"{running.State} by then, with the work that it has now; new work {(running.MayBegin ? "may begin" : "is refused")}";

    private static Cell MailBy(Verdict verdict) => verdict switch
    {
        { License: null } => new Cell("-", Tone.Faint),
        { MailBy: { } date } => DateCell(date, verdict.At),
        { License.MailInterval: null } => "no duty to mail receipts",
        _ => "no date: no receipts wait to be exported",
    };

    private static Cell DateCell(DateTimeOffset date, DateTimeOffset now)
    {
        var days = (date - now).Days;
        var distance = date <= now ? days == 0 ? "passed within a day" : $"passed {Words.Count(-days, "day")} ago"
            : days == 0 ? "within a day" : $"in {Words.Count(days, "day")}";
        return new Cell($"{Words.Date(date)} ({distance})", date <= now ? Tone.Bad : days < 30 ? Tone.Warning : Tone.Plain);
    }

    private static string PeriodOf(QuotaUse quota) => quota.PeriodStart is not { } start ? "now"
        : quota.PeriodEnd is { } end ? $"{Words.Date(start)} to {Words.Date(end)}" : $"from {Words.Date(start)}";

    private static Tone ToneOf(Verdict verdict) => verdict.State switch
    {
        LicenseState.Licensed => Tone.Good,
        LicenseState.Grace => Tone.Warning,
        _ => Tone.Bad,
    };

    private static Tone ToneOf(QuotaUse quota) =>
        quota.Used > quota.Allowed || (quota.Used == quota.Allowed && quota.PeriodStart is not null) ? Tone.Bad : (Int128)quota.Used * 4 >= (Int128)quota.Allowed * 3 ? Tone.Warning : Tone.Good;
}
