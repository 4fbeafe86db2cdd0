using System.CommandLine;
using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Reports;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer report</c>: what customers used, to look at: a table, CSV, JSON, or a page for a browser.</summary>
internal static class ReportCommand
{
    /// <summary>Days of ten years: what nobody can look at is not to be drawn.</summary>
    private const int MostDays = 3_660;

    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var licensee = new Option<string?>("--licensee") { Description = "Only this customer", HelpName = "NAME" };
        var month = new Option<string?>("--month") { Description = "A calendar month", HelpName = "YYYY-MM" };
        var from = new Option<string?>("--from") { Description = "The first day, as in 2026-12-01", HelpName = "DAY" };
        var until = new Option<string?>("--until") { Description = "The day after the last one", HelpName = "DAY" };
        var csv = new Option<bool>("--csv") { Description = "Answer with a row for each license and day" };
        var html = new Option<bool>("--html") { Description = "Answer with a page for a browser; it loads nothing and runs nothing" };
        var output = new Option<string?>("--out") { Description = "Write it to a new file", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command(
            "report", "What customers used: by day, against quotas, peak cores, ledgers, findings. Without days: each license's running quota period, up to its newest receipt or today.")
        {
            licensee, month, from, until, csv, html, output, json,
        };
        command.SetAction(parsed =>
        {
            var period = Verifier.Command.StatementCommand.PeriodOf(parsed.GetValue(month), parsed.GetValue(from), parsed.GetValue(until));
            if (((Option<bool>[])[csv, html, json]).Count(parsed.GetValue) > 1)
                throw new CommandFailure("only one of --csv, --html and --json can be answered", null, ExitCode.Usage);
            if (period is not null && period.Until.DayNumber - period.From.DayNumber > MostDays)
                throw new CommandFailure($"a report has {Words.Number(MostDays)} days at most", "ask for fewer; 'issuer statement' adds up any number", ExitCode.Usage);
            var home = openHome(parsed);
            var today = DateOnly.FromDateTime(console.Time.GetUtcNow().UtcDateTime);
            using var registry = home.OpenRegistry();
            var report = registry.Read(transaction =>
            {
                var book = LicenseBook.Load(transaction);
                if (parsed.GetValue(licensee) is { } named)
                    CustomerName.Check(named, [.. book.All.Where(license => license.Product == home.Product)]);
                return UsageReport.Read(transaction, book, home.Product, parsed.GetValue(licensee), period, today);
            });
            using var text = new StringWriter { NewLine = "\n" };
            var page = console with { Output = text, IsOutputTerminal = console.IsOutputTerminal && parsed.GetValue(output) is null };
            if (parsed.GetValue(csv))
                text.Write(ReportCsv.Print(report));
            else if (parsed.GetValue(html))
                text.Write(ReportPage.Print(report));
            else if (parsed.GetValue(json))
                JsonAnswer.Print(page, writer => ReportJson.Write(writer, report));
            else
                ReportTable.PageOf(report).Print(page);
            if (parsed.GetValue(output) is { } file)
                CommandFiles.Write(console.PathOf(file), Encoding.UTF8.GetBytes(text.ToString()), replace: false);
            else
                console.Output.Write(text.ToString());
        });
        return command;
    }
}
