using System.CommandLine;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Tour;

/// <summary><c>issuer tour</c>: once round the whole loop, with the programs themselves and real files.</summary>
internal static class TourCommand
{
    internal static Command Create(CommandConsole console)
    {
        var folder = new Option<string>("--folder")
        {
            Description = "Where to do it, and what to leave behind: a folder that is not there yet, or empty",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "tour",
        };
        var command = new Command("tour", "Shows the whole loop in a folder: license, two metered nodes, receipts, import, reply, statements.")
        {
            folder,
            TourWork.Create(console),
        };
        command.SetAction(async parsed =>
        {
            var path = console.PathOf(parsed.GetRequiredValue(folder));
            if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            {
                throw new CommandFailure(
                    $"{path} is there already, and the tour overwrites nothing",
                    "remove it, or name another folder with --folder", ExitCode.Unreadable);
            }

            await new GuidedTour(new TourShell(console, path)).Walk();
        });
        return command;
    }
}
