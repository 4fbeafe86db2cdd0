using System.Globalization;
using System.Net;
using System.Text;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Reports;

/// <summary>
/// The report as one page for a browser: it holds all that it shows, loads nothing, runs nothing, and can be printed. What
/// came out of files is text in it and nothing else.
/// </summary>
internal static class ReportPage
{
    /// <summary>How many ledgers of a license have a line of their own; those with the most use.</summary>
    private const int MostLedgers = 60;

    internal static string Print(UsageReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Use of {Text(report.Product)}</title>
            <style>{ReportStyle.Sheet}</style>
            </head>
            <body>
            <header><h1>Use of {Text(report.Product)}</h1>

            """);
        if (report.Chains.Count == 0)
            page.Append("<p>No such license is in the registry.</p>");
        if (report.Chains.Count > 1)
            Contents(page, report);
        page.Append("</header>\n<main>\n");
        foreach (var chain in report.Chains)
            License(page, chain);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>A text of a file, in which nothing is markup.</summary>
    internal static string Text(string text) => WebUtility.HtmlEncode(Verifier.TerminalText.Escape(text));

    private static void Contents(StringBuilder page, UsageReport report)
    {
        page.Append("<table class=\"all\"><thead><tr><th>licensee</th><th>license</th><th>days</th><th class=\"n\">core-minutes</th><th class=\"n\">of quota</th><th class=\"n\">to see to</th></tr></thead><tbody>\n");
        foreach (var chain in report.Chains)
        {
            var most = ReportFigures.Quotas(chain).MaxBy(static quota => quota.Share);
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><td><a href="#{Text(chain.License.Id)}">{Text(chain.License.Licensee)}</a></td><td><code>{Text(chain.License.Id)}</code></td><td>{ReportFigures.Days(chain.Period)}</td><td class="n">{ReportFigures.Number(ReportFigures.CoreMinutes(chain))}</td><td class="n {(most?.Share > 1 ? "bad" : "")}">{(most is null ? "" : most.Percent)}</td><td class="n">{chain.Findings.Count}</td></tr>

                """);
        }

        page.Append("</tbody></table>\n");
    }

    private static void License(StringBuilder page, ReportedLicense chain)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            <section id="{Text(chain.License.Id)}">
            <h2>{Text(chain.License.Licensee)}</h2>
            <p class="faint"><code>{Text(chain.License.Id)}</code> · {ReportFigures.Days(chain.Period)} · {Text(chain.License.PurposeInForce)}</p>
            <dl class="tiles">
            <div><dt>core-minutes</dt><dd data-figure="core-minutes">{ReportFigures.Number(ReportFigures.CoreMinutes(chain))}</dd></div>
            <div><dt>node-minutes</dt><dd data-figure="node-minutes">{ReportFigures.Number(ReportFigures.NodeMinutes(chain))}</dd></div>
            <div><dt>peak cores, surely</dt><dd data-figure="cores">{ReportFigures.Number(chain.Statement.Peaks.Surely())}</dd></div>
            <div><dt>possibly</dt><dd data-figure="possibly">{ReportFigures.Number(chain.Statement.Peaks.Possibly())}</dd></div>
            </dl>

            """);
        Quotas(page, chain);
        ReportCharts.CoreMinutesByDay(page, chain);
        ReportCharts.MostCoresByDay(page, chain);
        Ledgers(page, chain);
        Findings(page, chain.Findings);
        Days(page, chain);
        page.Append("</section>\n");
    }

    private static void Quotas(StringBuilder page, ReportedLicense chain)
    {
        var quotas = ReportFigures.Quotas(chain).ToList();
        if (quotas.Count == 0)
            return;
        page.Append("<h3>Quotas</h3>\n<table class=\"quotas\"><tbody>\n");
        foreach (var quota in quotas)
        {
            var width = Math.Clamp(quota.Share, 0, 1) * 100;
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><th scope="row">{quota.Name}</th><td class="n">{ReportFigures.Number(quota.Used)} of {ReportFigures.Number(quota.Allowed)}</td><td class="n {(quota.Share > 1 ? "bad" : "")}">{quota.Percent}</td><td class="wide"><svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="4"/><rect class="{(quota.Share > 1 ? "over" : "bar")}" width="{width:0.##}" height="4"/></svg></td></tr>

                """);
        }

        page.Append("</tbody></table>\n");
    }

    private static void Ledgers(StringBuilder page, ReportedLicense chain)
    {
        page.Append("<h3>Ledgers over time</h3>\n");
        if (chain.Ledgers.Count == 0)
        {
            page.Append("<p>None has receipts of these licenses in these days.</p>\n");
            return;
        }

        var shown = chain.Ledgers.OrderByDescending(static ledger => ledger.Reading.Itemised.CoreSeconds).ThenBy(static ledger => ledger.Reading.Ledger, StringComparer.Ordinal).Take(MostLedgers).ToList();
        page.Append("<table class=\"ledgers\"><thead><tr><th>ledger</th><th class=\"n\">core-minutes</th><th class=\"n\">most cores</th><th>receipts</th><th>use by day</th></tr></thead><tbody>\n");
        foreach (var ledger in shown)
        {
            var reading = ledger.Reading;
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><td><code title="{Text(reading.Ledger)}">{Text(reading.Ledger[(reading.Ledger.LastIndexOf('/') + 1)..])}</code></td><td class="n">{ReportFigures.Number(reading.Itemised.CoreSeconds / 60)}</td><td class="n">{ReportFigures.Number(reading.LargestCores)}</td><td>{(reading.IsComplete ? "complete" : $"known until {ExactText.FormatTime(reading.KnownUntil!.Value)}")}{(ledger.IsForked ? " <b class=\"bad\">forked</b>" : "")}</td><td class="wide">
                """);
            ReportCharts.Strip(page, chain, ledger);
            page.Append("</td></tr>\n");
        }

        page.Append("</tbody></table>\n");
        if (chain.Ledgers.Count > shown.Count)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"faint\">and {chain.Ledgers.Count - shown.Count} more with less use</p>\n");
    }

    private static void Findings(StringBuilder page, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
            return;
        page.Append("<h3>To see to</h3>\n<ul class=\"findings\">\n");
        foreach (var finding in findings)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <li><b>{Text(finding.Kind.Name())}</b> <span class="faint">finding {finding.Number}, {ExactText.FormatTime(finding.FoundAt)[..10]}</span><br>{Text(finding.Evidence)}</li>

                """);
        }

        page.Append("</ul>\n");
    }

    private static void Days(StringBuilder page, ReportedLicense chain)
    {
        page.Append("<details><summary>Day by day</summary>\n<table><thead><tr><th>day</th><th class=\"n\">node-seconds</th><th class=\"n\">core-seconds</th><th class=\"n\">most cores on a node</th></tr></thead><tbody>\n");
        foreach (var day in chain.Days)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{ReportFigures.Day(day.Day)}</td><td class="n">{ReportFigures.Number(day.NodeSeconds)}</td><td class="n">{ReportFigures.Number(day.CoreSeconds)}</td><td class="n">{ReportFigures.Number(day.MostCores)}</td></tr>

                """);
        }

        page.Append("</tbody></table></details>\n");
    }
}
