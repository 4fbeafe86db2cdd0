namespace OfflineLicense.Verifier.Verdicts;

/// <summary>What a license's quotas say of the use known on a node: figures, warnings, reasons and bounds on new work.</summary>
internal sealed class QuotaCheck
{
    private const string NothingRefused = "nothing is refused for it; the vendor's statement shows it";

    private readonly License _license;
    private readonly List<QuotaUse> _quotas = [];
    private readonly List<Reason> _warnings = [];
    private readonly List<ExceededQuota> _exceeded = [];

    private QuotaCheck(License license) => _license = license;

    private bool Refuses => _license is { OverageInForce: OverageRule.Refuse, EnforcementInForce: EnforcementRule.Enforced };

    public IReadOnlyList<QuotaUse> Quotas => _quotas;

    public IReadOnlyList<Reason> Warnings => _warnings;

    /// <summary>What is exceeded with <c>overage: grace</c>.</summary>
    public IReadOnlyList<ExceededQuota> Exceeded => _exceeded;

    /// <summary>Used-up minutes with <c>overage: refuse</c>, where the license is enforced.</summary>
    public Reason? MinutesRefusal { get; private set; }

    public static QuotaCheck Of(License license, IEnumerable<License> known, NodeFacts facts, DateTimeOffset now)
    {
        var check = new QuotaCheck(license);
        var quota = license.Quota;
        if (quota.Cores is { } cores)
            check.Cores("cores", ReasonCode.CoresExceeded, facts.CoresInUse, cores);
        if (quota.NodeCores is { } nodeCores)
            check.Cores("node-cores", ReasonCode.NodeCoresExceeded, facts.NodeCoresInUse, nodeCores);
        if (quota.NodeMinutes is null && quota.CoreMinutes is null)
            return check;

        var period = LicensePeriod.Of(license, now);
        var (seconds, coreSeconds) = facts.Use.In(new LicenseChain(license, known), period);
        if (quota.NodeMinutes is { } nodeMinutes)
            check.Minutes("node-minutes", ReasonCode.NodeMinutesUsed, seconds, nodeMinutes, period);
        if (quota.CoreMinutes is { } coreMinutes)
            check.Minutes("core-minutes", ReasonCode.CoreMinutesUsed, coreSeconds, coreMinutes, period);
        return check;
    }

    private void Cores(string name, string code, long used, long allowed)
    {
        _quotas.Add(new QuotaUse(name, used, allowed, null, null));
        if (used <= allowed)
        {
            Nearing(name, used, allowed);
            return;
        }

        var where = name == "cores" ? "all nodes of this state folder" : "this node";
        var sentence = $"{Words.Count(used, "core")} are in use on {where}, and the license has {Words.Number(allowed)}";
        if (_license.OverageInForce == OverageRule.Grace)
            _exceeded.Add(new ExceededQuota(code, sentence, "end some of the work, or ask your vendor for more cores", DateTimeOffset.MinValue));
        else if (Refuses)
            _warnings.Add(Warning(code, sentence + ": new work is refused", "end some of the work, or ask your vendor for more cores"));
        else
            _warnings.Add(Warning(code, sentence, NothingRefused));
    }

    private void Minutes(string name, string code, long usedSeconds, long allowedMinutes, LicensePeriod period)
    {
        long used = usedSeconds / 60;
        _quotas.Add(new QuotaUse(name, used, allowedMinutes, period.Start, period.End));
        if (used < allowedMinutes)
        {
            Nearing(name, used, allowedMinutes);
            return;
        }

        var sentence = $"{Words.Number(used)} of {Words.Number(allowedMinutes)} {name} are used"
            + (period.End is { } end ? $", and the next period begins on {Words.Date(end)}" : "");
        const string mend = "ask your vendor for a license with more minutes";
        if (_license.OverageInForce == OverageRule.Grace)
        {
            _exceeded.Add(new ExceededQuota(code, sentence, mend, period.Start));
        }
        else if (Refuses)
        {
            MinutesRefusal ??= Warning(code, sentence, mend);
            _warnings.Add(Warning(code, sentence + ": new work is refused", mend));
        }
        else
        {
            _warnings.Add(Warning(code, sentence, NothingRefused));
        }
    }

    private void Nearing(string name, long used, long allowed)
    {
        var code = (Int128)used * 10 >= (Int128)allowed * 9 ? ReasonCode.QuotaNineTenths
            : (Int128)used * 4 >= (Int128)allowed * 3 ? ReasonCode.QuotaThreeQuarters
            : null;
        if (code is null)
            return;
        _warnings.Add(Warning(
            code, $"{Words.Number(used)} of {Words.Number(allowed)} {name} are used ({Words.Percent(used, allowed)})",
            "if that will not last, ask your vendor for more in time"));
    }

    private static Reason Warning(string code, string sentence, string mend) =>
        new() { Code = code, Sentence = sentence, Mend = mend };
}

/// <summary>A quota that is exceeded.</summary>
/// <param name="Code">The reason's code.</param>
/// <param name="Sentence">The reason's sentence.</param>
/// <param name="Mend">What mends it.</param>
/// <param name="NotBefore">It cannot have begun earlier: what was used up before belongs to an earlier period.</param>
internal readonly record struct ExceededQuota(string Code, string Sentence, string Mend, DateTimeOffset NotBefore);
