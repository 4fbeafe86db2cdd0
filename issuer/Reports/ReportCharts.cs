using System.Globalization;
using System.Text;

namespace OfflineLicense.Issuer.Reports;

/// <summary>The pictures of the page: SVG in the page itself, in colours that the page's style gives them.</summary>
internal static class ReportCharts
{
    private const int Width = 960;
    private const int Height = 160;

    /// <summary>A bar of a few days is no wall.</summary>
    private const double WidestBar = 28;

    /// <summary>A bar for each day, and the even pace at which the quota would last.</summary>
    internal static void CoreMinutesByDay(StringBuilder page, ReportedLicense chain) => Bars(
        page, chain, "Core-minutes by day", static day => day.CoreSeconds / 60.0, chain.EvenCoreMinutes,
        chain.EvenCoreMinutes is { } pace ? $"the line: {ReportFigures.Number((Int128)pace)} a day, at which the quota lasts" : null);

    /// <summary>A bar for each day, and the cores that the license allows.</summary>
    internal static void MostCoresByDay(StringBuilder page, ReportedLicense chain)
    {
        if (chain.Days.Any(static day => day.MostCores > 0))
            Bars(page, chain, "Most cores at once on one node, by day", static day => day.MostCores, null, null);
    }

    /// <summary>A cell for each day of one ledger, the darker the more it used.</summary>
    internal static void Strip(StringBuilder page, ReportedLicense chain, ReportedLedger ledger)
    {
        var most = chain.Days.Max(day => CoreSeconds(day.Day));
        page.Append(CultureInfo.InvariantCulture, $"<svg class=\"strip\" viewBox=\"0 0 {chain.Days.Count} 1\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"use by day\"><rect class=\"rest\" width=\"{chain.Days.Count}\" height=\"1\"/>");
        for (var i = 0; i < chain.Days.Count; i++)
        {
            if (CoreSeconds(chain.Days[i].Day) is > 0 and var used)
                page.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar\" x=\"{i}\" width=\"1\" height=\"1\" opacity=\"{0.25 + (0.75 * used / most):0.##}\"/>");
        }

        page.Append("</svg>");

        long CoreSeconds(DateOnly day) => ledger.Days[day].Sum(static use => use.Use.Core);
    }

    private static void Bars(StringBuilder page, ReportedLicense chain, string title, Func<ReportedDay, double> height, double? line, string? legend)
    {
        var days = chain.Days;
        var most = Math.Max(days.Max(height), line ?? 0);
        var top = most > 0 ? most : 1;
        var step = (double)Width / days.Count;
        var width = Math.Min(step * 0.8, WidestBar);
        page.Append(CultureInfo.InvariantCulture, $"""
            <figure><figcaption>{title}{(legend is null ? "" : $" <span class=\"faint\">{legend}</span>")}</figcaption>
            <svg class="chart" viewBox="0 0 {Width} {Height + 36}" role="img" aria-label="{title}">
            <line class="axis" x1="0" y1="{Height + 16}" x2="{Width}" y2="{Height + 16}"/>
            <text x="0" y="11">{ReportFigures.Number((Int128)most)}</text>
            <text x="0" y="{Height + 32}">{ReportFigures.Day(days[0].Day)}</text>
            <text x="{Width}" y="{Height + 32}" text-anchor="end">{ReportFigures.Day(days[^1].Day)}</text>

            """);
        for (var i = 0; i < days.Count; i++)
        {
            var bar = height(days[i]) / top * Height;
            if (bar > 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"""
                    <rect class="bar" x="{((i + 0.5) * step) - (width / 2):0.##}" y="{16 + Height - bar:0.##}" width="{width:0.##}" height="{bar:0.##}"><title>{ReportFigures.Day(days[i].Day)}: {ReportFigures.Number((Int128)height(days[i]))}</title></rect>

                    """);
            }
        }

        if (line is { } pace)
        {
            var y = 16 + Height - (pace / top * Height);
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"pace\" x1=\"0\" y1=\"{y:0.##}\" x2=\"{Width}\" y2=\"{y:0.##}\"/>\n");
        }

        page.Append("</svg></figure>\n");
    }
}
