using System.Globalization;
using OfflineLicense.Issuer.Commands;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Reports;

/// <summary>The report on a terminal: one line for each license, and what is to be seen to.</summary>
internal static class ReportTable
{
    internal static Page PageOf(UsageReport report)
    {
        if (report.Chains.Count == 0)
            return new Page().Line("no such license is in the registry");
        var page = new Page().Table(
            ["licensee", "license", "days", "node-minutes#", "core-minutes#", "of quota#", "cores#", "possibly#", "ledgers#", "to see to#"],
            report.Chains.Select(static chain => (IReadOnlyList<Cell>)
            [
                chain.License.Licensee, chain.License.Id, ReportFigures.Days(chain.Period),
                ReportFigures.Number(ReportFigures.NodeMinutes(chain)), ReportFigures.Number(ReportFigures.CoreMinutes(chain)), OfQuota(chain), Cores(chain),
                ReportFigures.Number(chain.Statement.Peaks.Possibly()), chain.Ledgers.Count.ToString(CultureInfo.InvariantCulture),
                new Cell(chain.Findings.Count.ToString(CultureInfo.InvariantCulture), chain.Findings.Count > 0 ? Tone.Warning : Tone.Plain),
            ]));
        foreach (var findings in report.Chains.Where(static chain => chain.Findings.Count > 0).DistinctBy(static chain => chain.License.Licensee))
        {
            page.Heading(findings.License.Licensee);
            FindingAnswer.Add(page, findings.Findings);
        }

        return page;
    }

    private static Cell OfQuota(ReportedLicense chain) => ReportFigures.Quotas(chain).Where(static quota => quota.Name != "cores").MaxBy(static quota => quota.Share) is { } most
        ? new Cell(most.Percent, most.Share > 1 ? Tone.Bad : most.Share >= 0.75 ? Tone.Warning : Tone.Plain)
        : "";

    private static Cell Cores(ReportedLicense chain)
    {
        var surely = chain.Statement.Peaks.Surely();
        return new Cell(ReportFigures.Number(surely), surely > chain.License.Quota.Cores ? Tone.Bad : Tone.Plain);
    }
}
