using System.CommandLine;
using System.Text.Json;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer time-reset</c>: brings nodes back that ran for days with a clock far ahead.</summary>
internal static class TimeResetCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var ledgers = new Argument<string[]>("LEDGER")
        {
            Description = "Ledgers by name, or by its last 16 characters; none for all of the customer's that are ahead",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var licensee = new Option<string?>("--licensee") { Description = "The customer", HelpName = "NAME" };
        var at = new Option<string?>("--time") { Description = "What the time was when the newest receipts here were written; else by the receipts themselves", HelpName = "TIME" };
        var command = new Command(
            "time-reset", "Signs a file that lets the time of a customer's nodes go back, after they ran for a day or more with a clock far ahead.")
        {
            ledgers, licensee, at,
        };
        var signing = SigningOptions.AddTo(command, "The time reset's file; resets/ID.reset where nothing is said", "Print the time reset's text; sign, record and write nothing");
        command.SetAction(parsed =>
        {
            var issue = new TimeResetIssue
            {
                Ledgers = parsed.GetValue(ledgers) ?? [],
                Licensee = parsed.GetValue(licensee),
                Time = parsed.GetValue(at) is { } time ? TimeOf(time) : null,
            };
            if (issue.Ledgers.Count == 0 && issue.Licensee is null)
                throw new CommandFailure("name ledgers, or a customer by --licensee", "'issuer list' shows all customers, spelled exactly", ExitCode.Usage);
            var home = openHome(parsed);
            var id = Ulid.New(console.Time);
            if (signing.IsDryRun(parsed))
            {
                using var registry = home.OpenRegistry();
                var now = ExactText.WholeSeconds(console.Time.GetUtcNow());
                var found = registry.Read(transaction => issue.Find(transaction, now));
                console.Output.Write(TimeReset.Print(new TimeReset
                {
                    Id = id,
                    Product = home.Product,
                    Issued = now,
                    Ledgers = [.. found.Select(static ledger => ledger.Line)],
                }));
                return;
            }

            var path = signing.Place(parsed, console) ?? Path.Combine(home.ResetsFolder, $"{id}.reset");
            using var key = signing.OpenKey(parsed, console, home);
            var named = Carry(home, path, signing.IsArmored(parsed), transaction => issue.Sign(
                transaction, key, home.Product, home.ReadTrust(), id, SigningClock.Now(transaction, console.Time, signing.DateIsRight(parsed))));
            if (signing.IsJson(parsed))
                JsonAnswer.Print(console, json => Write(json, id, named, path));
            else
                PageOf(id, named, home.NameOf(path)).Print(console);
        });
        return command;
    }

    private static IReadOnlyList<LedgerToReset> Carry(
        VendorHome home, string path, bool isArmored,
        Func<Registry.RegistryTransaction, (TimeReset Reset, byte[] Note, IReadOnlyList<LedgerToReset> Ledgers)> sign)
    {
        PendingFile? pending = null;
        try
        {
            using var registry = home.OpenRegistry();
            var ledgers = registry.Write(transaction =>
            {
                var (_, note, ledgers) = sign(transaction);
                if (Path.GetDirectoryName(path) == home.ResetsFolder)
                    Directory.CreateDirectory(home.ResetsFolder);
                pending = PendingFile.Write(path, isArmored ? Armor.Wrap(note) : note);
                return ledgers;
            });
            pending!.Put();
            return ledgers;
        }
        finally
        {
            pending?.Dispose();
        }
    }

    private static DateTimeOffset TimeOf(string text) => ExactText.TryParseTime(PlanText.TimeOf(text), out var time)
        ? time
        : throw new CommandFailure($"'{text}' is no time", "give a day, 2027-01-15, or a moment in UTC, 2027-01-15T10:00:00Z", ExitCode.Usage);

    private static Page PageOf(string id, IReadOnlyList<LedgerToReset> ledgers, string file)
    {
        var page = new Page().Field("time reset", id);
        foreach (var (line, newest) in ledgers)
        {
            page.Field("ledger", line.Ledger)
                .Field("", $"{Words.Count(line.Size, "receipt")}, dated up to {Words.Date(newest)}: it was {Words.Date(line.Time)}");
        }

        return page.Field("file", new Cell(file, Tone.Good))
            .Line("mail it to the customer, who runs on each machine: offline-license install FILE");
    }

    private static void Write(Utf8JsonWriter json, string id, IReadOnlyList<LedgerToReset> ledgers, string path)
    {
        json.WriteString("id", id);
        json.WriteStartArray("ledgers");
        foreach (var (line, newest) in ledgers)
        {
            json.WriteStartObject();
            json.WriteString("ledger", line.Ledger);
            json.WriteNumber("size", line.Size);
            json.WriteTime("newestDate", newest);
            json.WriteTime("time", line.Time);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("file", path);
    }
}
