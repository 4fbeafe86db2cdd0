using System.CommandLine;
using OfflineLicense.Issuer.Books;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer registry check</c>: reads all that the registry holds again, and says what is good.</summary>
internal static class RegistryCheckCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command(
            "check", "Reads all that the registry holds again: signatures, hashes, sums, proofs. Changes nothing; says what is wrong, and what mends it.") { json };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            using var registry = home.OpenRegistryAsItIs();
            var report = BookCheck.Run(registry, VendorKeys.Of(home));
            if (parsed.GetValue(json))
                PrintJson(console, report);
            else
                PageOf(report).Print(console);
            return report.Faults.Count == 0 ? ExitCode.Ok : ExitCode.Inconsistent;
        });
        return command;
    }

    /// <summary>A report in words.</summary>
    internal static Page PageOf(BookReport report)
    {
        var page = new Page()
            .Field("version", Invariant($"{report.Version}"))
            .Field("licenses", Words.Number(report.Licenses))
            .Field("ledgers", $"{Words.Number(report.Ledgers)}, with {Words.Count(report.Receipts, "good receipt")}")
            .Field("kept files", Words.Number(report.Kept))
            .Field("findings", Words.Number(report.Findings))
            .Field("replies", Words.Number(report.Replies));
        if (report.Faults.Count == 0)
            return page.Field("result", new Cell("good: all is as it was written", Tone.Good));
        page.Field("result", new Cell($"{Words.Count(report.Faults.Count, "fault")}", Tone.Bad)).Line();
        foreach (var fault in report.Faults)
            page.Field(fault.Where, new Cell(fault.What, Tone.Bad)).Field("", $"mend it: {fault.Mend}");
        return page;
    }

    private static void PrintJson(CommandConsole console, BookReport report) => JsonAnswer.Print(console, json =>
    {
        json.WriteNumber("version", report.Version);
        json.WriteNumber("licenses", report.Licenses);
        json.WriteNumber("ledgers", report.Ledgers);
        json.WriteNumber("receipts", report.Receipts);
        json.WriteNumber("kept", report.Kept);
        json.WriteNumber("findings", report.Findings);
        json.WriteNumber("replies", report.Replies);
        json.WriteStartArray("faults");
        foreach (var fault in report.Faults)
        {
            json.WriteStartObject();
            json.WriteString("where", fault.Where);
            json.WriteString("what", fault.What);
            json.WriteString("mend", fault.Mend);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
