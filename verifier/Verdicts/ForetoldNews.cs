namespace OfflineLicense.Verifier.Verdicts;

/// <summary>What is new in one verdict after another, told as reasons: a code, a sentence, and what prevents or mends it.</summary>
internal static class ForetoldNews
{
    /// <summary>The grace is over.</summary>
    internal const string GraceEnds = nameof(GraceEnds);

    /// <summary>Another license is active from here on.</summary>
    internal const string LicenseTakesOver = nameof(LicenseTakesOver);

    /// <summary>A license's term begins, and another one stays active.</summary>
    internal const string TermBegins = nameof(TermBegins);

    /// <summary>A quota of minutes counts from the beginning.</summary>
    internal const string PeriodBegins = nameof(PeriodBegins);

    /// <summary>What led to Grace or Lapsed holds no more.</summary>
    internal const string LicensedAgain = nameof(LicensedAgain);

    /// <summary>What mends what is as it should be.</summary>
    internal const string Nothing = "nothing is to be done";

    /// <summary>What is new, the gravest first; empty if nothing is.</summary>
    public static IReadOnlyList<Reason> Between(Verdict before, Verdict after) =>
        [.. All(before, after).Select(news => news with { Since = after.At, Until = null })];

    private static IEnumerable<Reason> All(Verdict before, Verdict after)
    {
        if (after.State == LicenseState.Lapsed && before.State != LicenseState.Lapsed)
        {
            var first = after.Reasons[0];
            yield return News(
                GraceEnds,
                after.MayBegin ? "the grace ends; nothing is refused, for the license is advisory" : "the grace ends: new work is refused from here on, running work goes on",
                first.Mend, first.File);
        }

        foreach (var reason in after.Reasons.Where(reason => before.Reasons.All(old => old.Code != reason.Code)))
            yield return reason;
        foreach (var news in OfLicenses(before, after))
            yield return news;
        foreach (var warning in after.Warnings.Where(warning => !before.Warnings.Any(old => IsSame(old, warning))))
            yield return warning;
        if (after.License?.Id == before.License?.Id && after.Quotas.Where(quota => BeginsAnew(quota, before)).Select(quota => quota.Name).ToList() is { Count: > 0 } anew)
            yield return News(PeriodBegins, $"a new period begins: {string.Join(" and ", anew)} count from 0", Nothing, null);
        if (before.Reasons.Count > 0 && after.State == LicenseState.Licensed)
            yield return News(LicensedAgain, "nothing is held against the license any more", Nothing, null);
    }

    private static IEnumerable<Reason> OfLicenses(Verdict before, Verdict after)
    {
        if (after.License is { } license && license.Id != before.License?.Id)
            yield return News(LicenseTakesOver, $"license {license.Id} for {license.Licensee} takes over", Nothing, null);
        foreach (var begun in before.NotCounting.Where(file => file.Code == ReasonCode.NotYetValid && after.NotCounting.All(other => other.File != file.File || other.Code != file.Code)))
        {
            if (after.NotCounting.FirstOrDefault(other => other.File == begun.File) is { } why)
                yield return why;
            else if (after.License?.Id == before.License?.Id)
                yield return News(TermBegins, "the term of another license begins; the active one stays", Nothing, begun.File);
        }

        foreach (var replaced in after.NotCounting.Where(file => file.Code == ReasonCode.Replaced && before.NotCounting.All(other => other.File != file.File)))
            yield return replaced;
    }

    private static bool BeginsAnew(QuotaUse quota, Verdict before) => before.Quotas.Any(
        old => old.Name == quota.Name && old.PeriodStart != quota.PeriodStart && old.Used > quota.Used);

    private static bool IsSame(Reason a, Reason b) => a.Code == b.Code && a.Sentence == b.Sentence;

    private static Reason News(string code, string sentence, string mend, string? file) =>
        new() { Code = code, Sentence = sentence, Mend = mend, File = file };
}
