using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OfflineLicense.Issuer.Reports;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Reports;

/// <summary>What a clerk looks at says what the statement bills, in each of its forms.</summary>
public sealed partial class ReportTests
{
    private const string Quota = "\nquota:\n  cores: 6\n  core-minutes: 3000\n  per: {0}\nreceipts:\n  every: 1h\n";

    private static readonly string[] s_noErrands = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    [Fact]
    public async Task The_days_add_up_to_what_the_statement_bills()
    {
        using var desk = await WithMail("Acme Telemedicine");
        using var json = JsonDocument.Parse(await Ok(desk, "report", "--month", "2026-12", "--json"));
        var license = Assert.Single(json.RootElement.GetProperty("licenses").EnumerateArray());
        var days = license.GetProperty("days").EnumerateArray().ToList();

        Assert.Equal(31, days.Count);
        Assert.Equal((5 * 2 + 3 * 4) * 3600, days.Sum(static day => day.GetProperty("coreSeconds").GetInt64()));
        Assert.Equal((5 * 2 + 3 * 4) * 60, license.GetProperty("coreMinutes").GetInt64());
        Assert.Equal(8 * 60, license.GetProperty("nodeMinutes").GetInt64());
        var statement = await Ok(desk, "statement", "--licensee", "Acme Telemedicine", "--month", "2026-12");
        Assert.Matches(@"in whole minutes\s+480\s+1320\n", statement);
        Assert.Equal(["core-minutes", "cores"], license.GetProperty("quotas").EnumerateArray().Select(static quota => quota.GetProperty("quota").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(2, license.GetProperty("ledgers").GetArrayLength());

        var rows = (await Ok(desk, "report", "--month", "2026-12", "--csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Equal(days.Select(static day => day.GetProperty("coreSeconds").GetInt64()), rows.Select(static row => long.Parse(row.Split(',')[4], CultureInfo.InvariantCulture)));

        var page = await Ok(desk, "report", "--month", "2026-12", "--html");
        Assert.Equal("1,320", Figure(page, "core-minutes"));
        Assert.Equal("480", Figure(page, "node-minutes"));
        Assert.Contains("1,320 of 3,000", page, StringComparison.Ordinal);
        Assert.Contains("new-installation", page, StringComparison.Ordinal);
        Assert.Contains("44 %", await Ok(desk, "report", "--month", "2026-12"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_customer_is_called_is_never_markup_nor_a_formula_nor_a_second_cell()
    {
        using var desk = await WithMail("=HYPERLINK(\"http://evil.example\",1)<script src=//evil.example></script><img src=x onerror=alert(1)>'");
        var page = await Ok(desk, "report", "--html");
        Assert.Contains("&lt;script src=//evil.example&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(script|img|link|iframe|object|embed|a href=\"[^#])", page);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);

        var row = (await Ok(desk, "report", "--csv")).Split("\r\n")[1];
        Assert.StartsWith("\"'=HYPERLINK(\"\"http://evil.example\"\",1)<script", row, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-1", "'-1")]
    [InlineData("@cmd", "'@cmd")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("Ärzte & Söhne", "Ärzte & Söhne")]
    [InlineData("", "")]
    public void A_cell_is_one_cell_and_no_formula(string text, string cell) => Assert.Equal(cell, ReportCsv.Cell(text));

    [Fact]
    public async Task A_report_goes_into_a_new_file_and_only_in_one_form()
    {
        using var desk = await WithMail("Acme Telemedicine");
        var page = await Ok(desk, "report", "--html");
        Assert.Equal("", await Ok(desk, "report", "--html", "--out", "report.html"));
        Assert.Equal(page, File.ReadAllText(desk.Path("report.html")));
        Assert.NotEqual(ExitCode.Ok, (await desk.Run("report", "--csv", "--out", "report.html")).ExitCode);
        Assert.Equal(page, File.ReadAllText(desk.Path("report.html")));
        Assert.Equal(ExitCode.Usage, (await desk.Run("report", "--csv", "--html")).ExitCode);
        Assert.NotEqual(ExitCode.Ok, (await desk.Run("report", "--licensee", "Nobody")).ExitCode);
    }

    [Fact]
    public async Task A_receipt_of_a_far_century_makes_no_page_of_a_million_days()
    {
        using var desk = await WithMail("Acme Telemedicine", "term");
        var license = SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{desk.Ids().Single()}.lic")), desk.OpenHome().ReadAnchors().ToTrust()).License!;
        var late = FleetNode.Begin("acme", "late", new DateTimeOffset(9990, 1, 1, 0, 0, 0, TimeSpan.Zero)).Hold(license).Use(1, 1);
        File.WriteAllBytes(desk.Path("late"), late.Mail());
        await desk.Run("import", "late");

        using var json = JsonDocument.Parse(await Ok(desk, "report", "--json"));
        Assert.Equal(36, json.RootElement.GetProperty("licenses")[0].GetProperty("days").GetArrayLength());
        Assert.Equal(ExitCode.Usage, (await desk.Run("report", "--from", "2000-01-01", "--until", "2020-01-01")).ExitCode);
    }

    [ToolFact("chromium")]
    public async Task A_browser_shows_the_figures_by_light_and_by_dark_and_asks_nobody_for_anything()
    {
        using var desk = await WithMail("<img src=http://evil.example/x> Acme <style>@import url(http://evil.example/y)</style>");
        await Ok(desk, "report", "--month", "2026-12", "--html", "--out", "report.html");
        var pictures = new List<byte[]>();

        // The browser's helpers may outlive it for a moment, and write there; a second browser would be handed to the first in it.
        var profiles = Directory.CreateTempSubdirectory("offline-license-browser-").FullName;
        foreach (var theme in (string[])["0", "1"])
        {
            var shown = await Browse(desk, profiles, theme, "--dump-dom");
            Assert.Equal("1,320", Figure(shown, "core-minutes"));
            Assert.Equal("480", Figure(shown, "node-minutes"));
            await Browse(desk, profiles, theme, "--screenshot=" + desk.Path(theme + ".png"));
            pictures.Add(File.ReadAllBytes(desk.Path(theme + ".png")));
        }

        Assert.NotEqual(pictures[0], pictures[1]);
        try
        {
            Directory.Delete(profiles, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system's own broom takes it.
        }
    }

    private static async Task<string> Browse(IssuerDesk desk, string profiles, string theme, string what)
    {
        var requests = desk.Path("requests" + theme);
        string[] args =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", .. s_noErrands,
            $"--user-data-dir={Path.Combine(profiles, Path.GetRandomFileName())}", $"--blink-settings=preferredColorScheme={theme}",
            "--window-size=1100,1400", $"--log-net-log={requests}", "--host-resolver-rules=MAP * ~NOTFOUND", what, "file://" + desk.Path("report.html"),
        ];
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chromium", args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);

        // What the browser asks for on errands of its own differs from one version to the next; the page names one host, and asks it for nothing.
        var log = await File.ReadAllTextAsync(requests);
        Assert.Contains("\"events\"", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Request().Matches(log).Select(static match => match.Groups["url"].Value), static url => url.Contains("evil.example", StringComparison.OrdinalIgnoreCase));
        return output;
    }

    private static string Figure(string page, string name) => Regex.Match(page, $"data-figure=\"{name}\">(?<figure>[^<]*)<", RegexOptions.ExplicitCapture, Timeout.InfiniteTimeSpan).Groups["figure"].Value;

    private static async Task<string> Ok(IssuerDesk desk, params string[] args)
    {
        var run = await desk.Run(args);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    // Two nodes in December: 2 cores for 5 hours, and 4 for 3.
    private static async Task<IssuerDesk> WithMail(string licensee, string per = "month")
    {
        var desk = await IssuerDesk.WithHome("2027-01-05T08:00:00Z");
        var issued = await desk.Issue("licensee: " + JsonSerializer.Serialize(licensee) + Quota.Replace("{0}", per, StringComparison.Ordinal), "--from", "2026-12-01", "--date-is-right");
        Assert.Equal("", issued.Error);
        var license = SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{desk.Ids().Single()}.lic")), desk.OpenHome().ReadAnchors().ToTrust()).License!;
        var start = new DateTimeOffset(2026, 12, 2, 10, 0, 0, TimeSpan.Zero);
        File.WriteAllBytes(desk.Path("one"), FleetNode.Begin("acme", "one", start).Hold(license).Use(2, 5).Stop().Mail());
        File.WriteAllBytes(desk.Path("two"), FleetNode.Begin("acme", "two", start.AddDays(9)).Hold(license).Idle(1).Use(4, 3).Mail());
        await desk.Run("import", "one", "two");
        return desk;
    }

    [GeneratedRegex("\"url\":\"(?<url>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Request();
}
