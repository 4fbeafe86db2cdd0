using System.CommandLine;
using OfflineLicense.Issuer.Books;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer registry rebuild</c>: a new registry from files that were issued and mailed.</summary>
internal static class RegistryRebuildCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var from = new Option<string[]>("--from")
        {
            Description = "A folder with *.lic, *.reply, *.receipts and *.receipts.gz, its sub-folders too; may be repeated",
            HelpName = "FOLDER",
            Required = true,
        };
        var into = new Option<string>("--into") { Description = "The new registry: a SQLite file, or settings of a PostgreSQL database", HelpName = "NEW", Required = true };
        var command = new Command(
            "rebuild", "Makes a new registry from licenses, replies and receipts, each verified, and checks it. No registry is ever overwritten.") { from, into };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var sources = BookSources.Find(console, parsed.GetRequiredValue(from));
            var place = RegistryStore.Of(parsed.GetRequiredValue(into), console.PathOf("."));
            place.CheckIsFree();

            // Under a name of its own until all is in it: half a registry is never taken for one.
            var making = place.Beside();
            try
            {
                var report = Fill(making, console, home, sources, out var leftOut);
                making.MoveTo(place);
                foreach (var (file, why) in leftOut)
                    CommandLine.Warn(console, $"left out: {file}: {why}");
                RegistryCheckCommand.PageOf(report).Field("registry", place.Name).Field("files", FilesOf(sources, leftOut.Count)).Print(console);
                return report.Faults.Count == 0 ? ExitCode.Ok : ExitCode.Inconsistent;
            }
            finally
            {
                making.Remove();
            }
        });
        return command;
    }

    private static BookReport Fill(
        RegistryStore making, CommandConsole console, VendorHome home, BookSources sources, out IReadOnlyList<(string File, string Why)> leftOut)
    {
        VendorRegistry.Create(making);
        using var registry = VendorRegistry.Open(making);
        var rebuild = new BookRebuild(registry, console, VendorKeys.Of(home));
        rebuild.Fill(sources);
        leftOut = rebuild.LeftOut;
        return BookCheck.Run(registry, VendorKeys.Of(home));
    }

    private static string FilesOf(BookSources sources, int leftOut) =>
        $"{Words.Number(sources.Licenses.Count + sources.Replies.Count + sources.Receipts.Count + sources.Decisions.Count)}, "
        + $"{Words.Number(leftOut)} left out, {Words.Number(sources.Others)} of other kinds";
}
