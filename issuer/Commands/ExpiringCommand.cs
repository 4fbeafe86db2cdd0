using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer expiring</c>: whose term ends soon or ended lately, and what follows it.</summary>
internal static class ExpiringCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var within = new Option<string>("--within") { Description = "How far to look, ahead and back: 30d where nothing is said", HelpName = "TIME", DefaultValueFactory = static _ => "30d" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("expiring", "Licenses whose term ends soon or ended lately, by date, with what takes their place or the command that renews them.") { within, json };
        command.SetAction(parsed =>
        {
            if (!Duration.TryParse(parsed.GetValue(within), out var span))
                throw new CommandFailure($"'--within' is no time such as 30d or 12h: '{parsed.GetValue(within)}'", null, ExitCode.Usage);
            using var registry = openHome(parsed).OpenRegistry();
            var all = registry.Read(static transaction => new LicenseTable(transaction).All());
            var rows = RowsOf(all, console.Time.GetUtcNow(), span.Value);
            if (parsed.GetValue(json))
                PrintJson(console, rows);
            else
                PageOf(rows, span.Value).Print(console);
        });
        return command;
    }

    private static List<Row> RowsOf(List<StoredLicense> all, DateTimeOffset now, TimeSpan span)
    {
        var successors = all.ToLookup(static license => license.Replaces);
        return
        [
            .. all.Select(license => new Row(license, StandingOf(license), LicenseStandings.After(license, id => successors[id])
                    .FirstOrDefault(next => StandingOf(next) != LicenseStanding.Replaced)))
                .Where(row => row.Standing != LicenseStanding.Replaced && row.End is { } end && end <= now + span && end > now - span)
                .OrderBy(static row => row.End).ThenBy(static row => row.License.Id, StringComparer.Ordinal),
        ];

        LicenseStanding StandingOf(StoredLicense license) => LicenseStandings.Of(license, id => successors[id], now);
    }

    private static Page PageOf(List<Row> rows, TimeSpan span) => rows.Count == 0
        ? new Page().Line($"no term ends within {Words.Length(span)}, and none that ended then is without a license after it")
        : new Page().Table(["term ends", "licensee", "purpose", "standing", "what follows"], rows.Select(static row => (IReadOnlyList<Cell>)
        [
            Words.Date(row.End!.Value), row.License.Licensee, row.License.Purpose, LicenseAnswer.Standing(row.Standing),
            row.Next is { } next
                ? new Cell($"{next.Id}, {LicenseAnswer.Term(next.License)}", Tone.Good)
                : new Cell($"nothing yet: issuer renew {row.License.Id}", Tone.Warning),
        ]));

    private static void PrintJson(CommandConsole console, List<Row> rows) => JsonAnswer.Print(console, json =>
    {
        json.WriteStartArray("licenses");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            LicenseAnswer.Write(json, row.License);
            json.WriteString("standing", LicenseAnswer.Standing(row.Standing).Text);
            json.WriteString("replacedBy", row.Next?.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>A license, and what takes its place when its term is over; null while nothing does.</summary>
    private sealed record Row(StoredLicense License, LicenseStanding Standing, StoredLicense? Next)
    {
        internal DateTimeOffset? End => License.License.Until;
    }
}
