using System.CommandLine;
using System.Globalization;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license export</c>: everything that the vendor has not acknowledged, in one file to be mailed. Works beside a
/// running product: it takes no ledger's lock and reads only what is durable.
/// </summary>
internal static class ExportCommand
{
    private const string StandardOutput = "-";

    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var file = new Argument<string?>("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The file to write, gzipped if it ends in .gz; - for standard output [default: INSTALLATION-DATE.receipts]",
        };
        var folder = new Option<string?>("--out") { HelpName = "FOLDER", Description = "The folder of a file that is not named [default: this one]" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand("export", "Writes what the vendor does not have yet into one file, to be mailed. Nothing new: no file.")
        {
            file, folder, json,
        };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(file);
            if (named is not null && parsed.GetValue(folder) is not null)
                throw new CommandFailure("a file and --out are both given", "name one of them", ExitCode.Usage);
            if (named == StandardOutput && parsed.GetValue(json))
                throw new CommandFailure("--json and the file cannot both go to standard output", "name a file", ExitCode.Usage);
            var product = products.OfExisting(parsed);
            var ledgers = LedgerFolder.ScanAll(LedgerDisk.Real, product.StateFolder);
            var target = named == StandardOutput ? Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())
                : named is not null ? console.PathOf(named)
                : DefaultFile(console.PathOf(parsed.GetValue(folder) ?? "."), ledgers, console.Time.GetUtcNow());
            CheckFolder(target);

            // Standard output may be full or closed: only what it took is recorded as exported.
            var summary = Export(product, ledgers, target, pass: named == StandardOutput ? () => PassOn(console, target) : null);
            if (named == StandardOutput && summary is null)
                CommandLine.Warn(console, "nothing to export: the vendor has all receipts");
            else if (named == StandardOutput)
                LedgerDisk.Real.Delete(target);
            else if (parsed.GetValue(json))
                PrintJson(console, target, summary);
            else
                PageOf(target, summary).Print(console);
            foreach (var damage in ledgers.Select(static ledger => ledger.Damage).OfType<ReceiptsDamageException>())
                CommandLine.Warn(console, PlainFailure.OfDamage(damage).Message, "what comes before the damage is exported; mail it, and keep the folder");
        });
        return command;
    }

    /// <summary>Writes the file and records it. An export that is not recorded did not happen: its file goes again.</summary>
    private static ExportSummary? Export(ProductFiles product, IReadOnlyList<LedgerScan> ledgers, string target, Action? pass)
    {
        var summary = LedgerExport.Write(LedgerDisk.Real, target, ledgers, Acknowledged(product));
        if (summary is null) return null;
        try
        {
            pass?.Invoke();
        }
        catch
        {
            LedgerDisk.Real.Delete(target);
            throw;
        }

        try
        {
            ExportsLog.Append(LedgerDisk.Real, product.StateFolder, ExactText.WholeSeconds(product.Time.GetUtcNow()), summary);
            return summary;
        }
        catch (LedgerDiskException exception)
        {
            LedgerDisk.Real.Delete(target);
            throw new CommandFailure(
                $"the export cannot be recorded: {PlainFailure.Sentence(exception.Message)}",
                "run this as a user who may write into the state folder; no file was made", ExitCode.Unreadable);
        }
    }

    private static Dictionary<string, long> Acknowledged(ProductFiles product)
    {
        // One vendor, one registry: whichever customer's reply says it, the vendor has them.
        var replies = product.View().Replies;
        return replies.All.SelectMany(static reply => reply.Ledgers).Select(static ledger => ledger.Ledger).Distinct(StringComparer.Ordinal)
            .ToDictionary(static ledger => ledger, replies.Acknowledged, StringComparer.Ordinal);
    }

    // A second export of a day gets a number: no file that may have been mailed is ever overwritten.
    private static string DefaultFile(string folder, IReadOnlyList<LedgerScan> ledgers, DateTimeOffset now)
    {
        var ledger = ledgers.Select(static ledger => ledger.Key?.Name).FirstOrDefault(static name => name is not null);
        var installation = ledger is null ? "none" : InstallationName.InstallationOf(ledger).Split('/')[1][..16];
        var name = string.Create(CultureInfo.InvariantCulture, $"{installation}-{now.UtcDateTime:yyyy-MM-dd}");
        var file = Path.Combine(folder, name + ".receipts");
        for (var number = 2; File.Exists(file); number++)
            file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}.receipts"));
        return file;
    }

    private static void CheckFolder(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
            throw new CommandFailure($"there is no folder '{folder}'", "make it, or name another", ExitCode.Unreadable);
        if (File.Exists(target) || Directory.Exists(target))
        {
            throw new CommandFailure(
                $"'{target}' is there already, and an export is never written over anything", "name another file", ExitCode.Unreadable);
        }
    }

    private static void PassOn(CommandConsole console, string file)
    {
        using (var stream = LedgerDisk.Real.OpenRead(file))
            stream.CopyTo(console.OutputBytes);
        console.OutputBytes.Flush();
    }

    private static Page PageOf(string file, ExportSummary? summary)
    {
        if (summary is null) return new Page().Line("nothing to export: the vendor has all receipts");
        return new Page()
            .Field("exported", new Cell(Words.Count(summary.Receipts, "receipt"), Tone.Good))
            .Field("file", file)
            .Field("sha256", new Cell(Convert.ToHexStringLower(summary.Sha256), Tone.Faint))
            .Field("next", "mail the file to your vendor; 'offline-license inspect' shows all that is in it")
            .Heading("Ledgers")
            .Table(["ledger", "receipts#", "first", "last"], summary.Ledgers.Select(static ledger => (IReadOnlyList<Cell>)
            [
                ledger.Ledger, Words.Number(ledger.End - ledger.Start), Words.Date(ledger.From), Words.Date(ledger.Until),
            ]));
    }

    private static void PrintJson(CommandConsole console, string file, ExportSummary? summary) => JsonAnswer.Print(console, json =>
    {
        json.WriteString("file", summary is null ? null : file);
        json.WriteString("sha256", summary is null ? null : Convert.ToHexStringLower(summary.Sha256));
        json.WriteNumber("receipts", summary?.Receipts ?? 0);
        json.WriteStartArray("ledgers");
        foreach (var ledger in summary?.Ledgers ?? [])
        {
            json.WriteStartObject();
            json.WriteString("ledger", ledger.Ledger);
            json.WriteNumber("start", ledger.Start);
            json.WriteNumber("end", ledger.End);
            json.WriteTime("first", ledger.From);
            json.WriteTime("last", ledger.Until);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
