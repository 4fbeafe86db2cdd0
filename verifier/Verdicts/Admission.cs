namespace OfflineLicense.Verifier.Verdicts;

/// <summary>Whether one more piece of work may begin under a verdict: what <see cref="Node.TryBegin"/> asks.</summary>
internal static class Admission
{
    /// <summary>
    /// Why work on some cores may not begin, whatever other nodes do; null when it may. Allocates only when it refuses.
    /// </summary>
    public static Reason? WhyNot(Verdict verdict, long nodeCores, int cores)
    {
        if (!verdict.MayBegin)
            return verdict.Reasons[0];
        if (verdict.MinutesRefusal is { } minutes)
            return minutes;
        if (nodeCores + cores > verdict.RefuseNodeCoresAbove)
            return TooMany(ReasonCode.NodeCoresExceeded, nodeCores, cores, verdict.RefuseNodeCoresAbove.Value, "one node");
        return null;
    }

    /// <summary>
    /// The same of a node that is still to be opened, whose first piece of work it would be: by the cores of other nodes as
    /// the verdict counts them.
    /// </summary>
    public static Reason? WhyNotAtStart(Verdict verdict, int cores)
    {
        if (WhyNot(verdict, nodeCores: 0, cores) is { } why)
            return why;
        var inUse = verdict.Quotas.FirstOrDefault(static quota => quota.Name == "cores")?.Used ?? 0;
        return inUse + cores > verdict.RefuseCoresAbove ? AboveQuota(inUse, cores, verdict.RefuseCoresAbove.Value) : null;
    }

    /// <summary>The reason when all nodes together would have more cores in use than the license allows.</summary>
    public static Reason AboveQuota(long inUse, int cores, long allowed) =>
        TooMany(ReasonCode.CoresExceeded, inUse, cores, allowed, "the license");

    private static Reason TooMany(string code, long inUse, int cores, long allowed, string whose) => new()
    {
        Code = code,
        Sentence = $"{Words.Count(cores, "core")} more than the {Words.Number(inUse)} in use would be above the "
            + $"{Words.Number(allowed)} of {whose}",
        Mend = cores > allowed
            ? "take fewer cores, or ask your vendor for more: no waiting makes room for these"
            : "wait until other work has ended, or ask your vendor for more cores",
    };
}
