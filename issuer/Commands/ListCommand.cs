using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer list</c>: the licenses that were issued, and where they stand.</summary>
internal static class ListCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var licensee = new Option<string?>("--licensee") { Description = "Only this customer's", HelpName = "NAME" };
        var live = new Option<bool>("--live") { Description = "Only licenses that grant something now or later" };
        var ended = new Option<bool>("--ended") { Description = "Only licenses whose term is over, with nothing in their place" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("list", "The licenses that were issued, oldest first, and where they stand.") { licensee, live, ended, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(live) && parsed.GetValue(ended))
                throw new CommandFailure("'--live' and '--ended' contradict each other: no license is both", "give one of them; without either, all are listed", ExitCode.Usage);
            using var registry = openHome(parsed).OpenRegistry();
            var all = registry.Read(static transaction => new LicenseTable(transaction).All());
            if (parsed.GetValue(licensee) is { } named)
                CustomerName.Check(named, all);
            var replacing = all.ToLookup(static license => license.Replaces);
            var now = console.Time.GetUtcNow();
            var rows = all
                .Where(license => parsed.GetValue(licensee) is not { } name || license.Licensee == name)
                .Select(license => new Row(license, LicenseStandings.Of(license, id => replacing[id], now)))
                .Where(row => !parsed.GetValue(live) || row.Standing.IsLive())
                .Where(row => !parsed.GetValue(ended) || row.Standing == LicenseStanding.Ended)
                .ToList();
            if (parsed.GetValue(json))
                PrintJson(console, rows);
            else
                PageOf(rows).Print(console);
        });
        return command;
    }

    private static Page PageOf(IReadOnlyList<Row> rows) => rows.Count == 0
        ? new Page().Line("no such license is in the registry")
        : new Page().Table(
            ["license", "licensee", "purpose", "term", "standing"],
            rows.Select(static row => (IReadOnlyList<Cell>)
            [
                row.License.Id, row.License.Licensee, row.License.Purpose,
                LicenseAnswer.Term(row.License.License), LicenseAnswer.Standing(row.Standing),
            ]));

    private static void PrintJson(CommandConsole console, IEnumerable<Row> rows) => JsonAnswer.Print(console, json =>
    {
        json.WriteStartArray("licenses");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            LicenseAnswer.Write(json, row.License);
            json.WriteString("standing", LicenseAnswer.Standing(row.Standing).Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private sealed record Row(StoredLicense License, LicenseStanding Standing);
}
