namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// Whether two verdicts differ in what somebody acts on: state, license, reasons, warnings, files, dates. Figures of use
/// and the sentences that hold them go on every second, and are no change.
/// </summary>
internal static class VerdictChange
{
    /// <summary>
    /// While the 24 hours that a node runs in Grace at least are counted down, the end of the grace wavers by the fractions
    /// of seconds that running was rounded by. Less than this is no other date.
    /// </summary>
    private static readonly TimeSpan Wavering = TimeSpan.FromMinutes(1);

    public static bool Is(Verdict before, Verdict after) =>
        before.State != after.State
        || before.MayBegin != after.MayBegin
        || before.License != after.License
        || before.TermEnd != after.TermEnd
        || before.MailBy != after.MailBy
        || before.LastExport != after.LastExport
        || before.LastReply != after.LastReply
        || IsOtherEnd(before.GraceEnds, after.GraceEnds)
        || AreOthers(before.Reasons, after.Reasons)
        || AreOthers(before.Warnings, after.Warnings)
        || AreOthers(before.NotCounting, after.NotCounting);

    private static bool IsOtherEnd(DateTimeOffset? before, DateTimeOffset? after) =>
        before is { } was && after is { } now ? (now - was).Duration() >= Wavering : before != after;

    private static bool AreOthers(IReadOnlyList<Reason> before, IReadOnlyList<Reason> after)
    {
        if (before.Count != after.Count)
            return true;
        for (var i = 0; i < before.Count; i++)
        {
            if (before[i].Code != after[i].Code || before[i].Since != after[i].Since || before[i].File != after[i].File)
                return true;
        }

        return false;
    }
}
