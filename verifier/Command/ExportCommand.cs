using System.CommandLine;
using System.Globalization;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license export</c>: everything that the vendor has not acknowledged, in one file to be mailed, of this node and of
/// as many others as are named. Works beside a running product: it takes no ledger's lock and reads only what is durable.
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
        var from = new Option<string[]>("--from")
        {
            HelpName = "PATH...",
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            Description = "Beside this node's own ledgers: state folders, earlier exports, and folders of those",
        };
        var folder = new Option<string?>("--out") { HelpName = "FOLDER", Description = "The folder of a file that is not named [default: this one]" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand("export", "Writes what the vendor does not have yet into one file, to be mailed. Nothing new: no file.")
        {
            file, from, folder, json,
        };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(file);
            if (named is not null && parsed.GetValue(folder) is not null)
                throw new CommandFailure("a file and --out are both given", "name one of them", ExitCode.Usage);
            if (named == StandardOutput && parsed.GetValue(json))
                throw new CommandFailure("--json and the file cannot both go to standard output", "name a file", ExitCode.Usage);
            var product = products.OfExisting(parsed, mayBeNew: parsed.GetValue(from) is { Length: > 0 });
            using var sources = ExportSources.Read(console, product.StateFolder, parsed.GetValue(from) ?? []);
            var target = named == StandardOutput ? Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())
                : named is not null ? console.PathOf(named)
                : DefaultFile(console.PathOf(parsed.GetValue(folder) ?? "."), sources, console.Time.GetUtcNow());
            CheckFolder(target);

            var summary = Export(console, product, sources, target, isForOutput: named == StandardOutput);
            if (named == StandardOutput && summary is null)
                CommandLine.Warn(console, ExportPage.Nothing);
            else if (named == StandardOutput)
                LedgerDisk.Real.Delete(target);
            else if (parsed.GetValue(json))
                ExportPage.PrintJson(console, target, summary);
            else
                ExportPage.Of(target, summary).Print(console);
            Warn(console, sources, summary);
            return summary?.Missing.Count > 0 ? ExitCode.Gap : ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Writes the file and records it. An export that is not recorded did not happen: its file goes again.</summary>
    private static ExportSummary? Export(CommandConsole console, ProductFiles product, ExportSources sources, string target, bool isForOutput)
    {
        var acknowledged = sources.Acknowledged(product);
        var summary = LedgerExport.Write(LedgerDisk.Real, target, LedgerPlan.Of(sources.Parts, acknowledged.GetValueOrDefault));
        if (summary is null) return null;
        try
        {
            var folders = sources.StateFolders.Where(folder => sources.ExportedOf(folder, summary).Any()).ToList();
            using var record = ExportRecord.Prepare(
                LedgerDisk.Real, folders, ExactText.WholeSeconds(product.Time.GetUtcNow()), summary.Sha256,
                folder => sources.ExportedOf(folder, summary));
            // Standard output may be full or closed: only what it took is recorded as exported.
            if (isForOutput) PassOn(console, target);
            Commit(record, folders, target);
            return summary;
        }
        catch (LedgerDiskException exception)
        {
            LedgerDisk.Real.Delete(target);
            throw new CommandFailure(
                $"the export cannot be recorded: {PlainFailure.Sentence(exception.Message)}",
                DiskMend.IsOfFullDisk(exception)
                    ? "the disk of the state folder is full: free some space; no file was made"
                    : "run this as a user who may write into the state folder; no file was made",
                ExitCode.Unreadable);
        }
        catch (Exception exception) when (exception is not CommandFailure)
        {
            LedgerDisk.Real.Delete(target);
            throw;
        }
    }

    // A log that tells of an export needs its file: from the first log on, the file stays.
    private static void Commit(ExportRecord record, List<string> folders, string target)
    {
        try
        {
            record.Commit();
        }
        catch (LedgerDiskException exception) when (record.Committed > 0)
        {
            throw new CommandFailure(
                $"the export is not recorded everywhere: {PlainFailure.Sentence(exception.Message)}",
                $"'{target}' is good, and may be mailed; run this again for {string.Join(", ", folders.Skip(record.Committed))}",
                ExitCode.Unreadable);
        }
    }

    private static void Warn(CommandConsole console, ExportSources sources, ExportSummary? summary)
    {
        foreach (var damage in sources.Damage)
            CommandLine.Warn(console, PlainFailure.OfDamage(damage).Message, "what comes before the damage is exported, and what comes after the damaged file; mail it, and keep the folder");
        foreach (var ledger in summary?.Contradicting ?? [])
        {
            CommandLine.Warn(
                console, $"the vendor's reply is about other receipts of {ledger} than these, so all of these are exported",
                "probably a state folder was copied or restored; mail the file, and your vendor sees what happened");
        }

        foreach (var hole in summary?.Missing ?? [])
        {
            CommandLine.Warn(
                console, $"receipts {Words.Number(hole.Start)} to {Words.Number(hole.End - 1)} of {hole.Ledger} are missing",
                hole.Start == 0
                    ? "name the export or state folder that has them; if your vendor has them already, put the newest reply beside the license"
                    : "name the export or state folder that has them; the file can be mailed as it is, and your vendor keeps what comes after the hole");
        }
    }

    // A second export of a day gets a number: no file that may have been mailed is ever overwritten.
    private static string DefaultFile(string folder, ExportSources sources, DateTimeOffset now)
    {
        var installation = sources.Parts is [var part, ..] ? InstallationName.InstallationOf(part.Ledger).Split('/')[1][..16] : "none";
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
}
