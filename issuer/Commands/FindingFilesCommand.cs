using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer findings save</c>: the receipts files that prove a finding.</summary>
internal static class FindingFilesCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var number = new Argument<long>("NUMBER") { Description = "The finding's number" };
        var folder = new Option<string>("--out") { Description = "The folder that the files are put into", HelpName = "FOLDER", Required = true };
        var command = new Command("save", "Saves the receipts files that prove a finding: of a fork both histories, of a gap the file that waits.")
        {
            number, folder,
        };
        command.SetAction(parsed =>
        {
            using var registry = openHome(parsed).OpenRegistry();
            var asked = parsed.GetValue(number);
            var files = registry.Read(transaction => FilesOf(transaction, asked));
            var path = console.PathOf(parsed.GetRequiredValue(folder));
            try
            {
                Directory.CreateDirectory(path);
                foreach (var (name, section) in files)
                {
                    using var receipts = section.Open();
                    using var file = new FileStream(Path.Combine(path, name), FileMode.CreateNew, FileAccess.Write);
                    receipts.CopyTo(file);
                }
            }
            catch (Exception e) when (PlainFailure.IsOfFiles(e))
            {
                throw PlainFailure.At("write", path, e);
            }

            var page = new Page();
            foreach (var (name, section) in files)
                page.Field(Path.Combine(parsed.GetRequiredValue(folder), name), Invariant($"receipts {section.Start} to {section.End - 1} of {section.Ledger}"));
            page.Print(console);
        });
        return command;
    }

    private static List<(string Name, ReceiptsSection Section)> FilesOf(RegistryTransaction transaction, long number)
    {
        var finding = FindingSettlement.Find(new FindingTable(transaction), number);
        if (finding.Kind == FindingKind.Fork)
        {
            var (stored, second) = ForkEvidence.Of(transaction, finding);
            return [(Invariant($"finding-{number}-first.receipts"), stored), (Invariant($"finding-{number}-second.receipts"), second)];
        }

        return finding.Kept is { } kept && new KeptTable(transaction).Section(kept) is { } waiting
            ? [(Invariant($"finding-{number}.receipts"), waiting)]
            : throw new CommandFailure(Invariant($"the registry keeps no file for finding {number}, {finding.Kind.Name()}"), "its evidence tells where to look");
    }
}
