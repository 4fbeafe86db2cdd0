using System.Globalization;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Issuer.Reports;

/// <summary>One quota and what of it was used.</summary>
/// <param name="Name">As a license spells it.</param>
/// <param name="Allowed">What is allowed.</param>
/// <param name="Used">What was used.</param>
internal sealed record ReportedQuota(string Name, long Allowed, Int128 Used)
{
    /// <summary>The part that was used; above 1 is over.</summary>
    internal double Share => Allowed == 0 ? (Used > 0 ? 2 : 0) : (double)Used / Allowed;

    /// <summary>The same, in whole per cent, rounded down.</summary>
    internal string Percent => Allowed == 0 ? "none" : (Used * 100 / Allowed).ToString(CultureInfo.InvariantCulture) + " %";
}

/// <summary>The figures of a report, which are the statement's, as all forms of it print them.</summary>
internal static class ReportFigures
{
    /// <summary>With what no receipt itemises.</summary>
    internal static Int128 NodeMinutes(ReportedLicense chain) => (chain.Statement.Itemised + chain.Statement.NotItemised).Seconds / 60;

    /// <inheritdoc cref="NodeMinutes"/>
    internal static Int128 CoreMinutes(ReportedLicense chain) => (chain.Statement.Itemised + chain.Statement.NotItemised).CoreSeconds / 60;

    /// <summary>The quotas that can be judged over these days, as the statement judges them.</summary>
    internal static IEnumerable<ReportedQuota> Quotas(ReportedLicense chain)
    {
        var (quota, statement) = (chain.License.Quota, chain.Statement);
        if (quota.Cores is { } cores && statement.Chain.JudgesCores)
            yield return new ReportedQuota("cores", cores, statement.Peaks.Surely());
        if (quota.NodeMinutes is { } nodeMinutes && statement.Chain.Quota is not null)
            yield return new ReportedQuota("node-minutes", nodeMinutes, statement.TowardQuota.Seconds / 60);
        if (quota.CoreMinutes is { } coreMinutes && statement.Chain.Quota is not null)
            yield return new ReportedQuota("core-minutes", coreMinutes, statement.TowardQuota.CoreSeconds / 60);
    }

    /// <summary>With thousands set apart.</summary>
    internal static string Number(Int128 number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    internal static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>First and last day.</summary>
    internal static string Days(StatementPeriod period) => $"{Day(period.From)} to {Day(period.Until.AddDays(-1))}";
}
