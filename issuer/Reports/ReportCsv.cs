using System.Globalization;
using System.Text;

namespace OfflineLicense.Issuer.Reports;

/// <summary>
/// The report as a table for other programs: RFC 4180, a row for each license and day, in seconds, so that rows add up.
/// </summary>
internal static class ReportCsv
{
    // What a spreadsheet would take for a formula.
    private const string Beginnings = "=+-@\t\r";

    internal static string Print(UsageReport report)
    {
        var text = new StringBuilder("licensee,license,day,node_seconds,core_seconds,most_cores\r\n");
        foreach (var chain in report.Chains)
        {
            foreach (var day in chain.Days)
            {
                text.Append(Cell(chain.License.Licensee)).Append(',').Append(Cell(chain.License.Id)).Append(',').Append(ReportFigures.Day(day.Day))
                    .Append(CultureInfo.InvariantCulture, $",{day.NodeSeconds},{day.CoreSeconds},{day.MostCores}\r\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A text that no spreadsheet runs: an apostrophe is put before what begins like a formula.</summary>
    internal static string Cell(string text)
    {
        var safe = text.Length > 0 && Beginnings.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
