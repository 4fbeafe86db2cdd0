using System.CommandLine;
using OfflineLicense.Issuer.Books;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer registry export</c>: all that the registry holds, as the files that it came in.</summary>
internal static class RegistryExportCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var folder = new Argument<string>("FOLDER") { Description = "A new folder" };
        var command = new Command(
            "export", "Writes all that the registry holds as files: licenses, replies, receipts, and what was decided. 'rebuild' makes the same registry of them.") { folder };
        command.SetAction(parsed =>
        {
            var path = Path.TrimEndingDirectorySeparator(console.PathOf(parsed.GetRequiredValue(folder)));
            using var registry = openHome(parsed).OpenRegistryAsItIs();
            using var pending = PendingFolder.Begin(path);
            var export = registry.Read(transaction =>
            {
                var export = new BookExport(transaction, pending.Temporary);
                try
                {
                    export.Write();
                }
                catch (Exception e) when (PlainFailure.IsOfFiles(e))
                {
                    throw PlainFailure.At("write", path, e);
                }

                return export;
            });
            pending.Put();
            foreach (var fault in export.Faults)
                CommandLine.Complain(console, $"{fault.Where}: {fault.What}", fault.Mend);
            new Page().Field(parsed.GetRequiredValue(folder), new Cell(Words.Count(export.Files, "file"), Tone.Good)).Print(console);
            return export.Faults.Count == 0 ? ExitCode.Ok : ExitCode.Inconsistent;
        });
        return command;
    }
}
