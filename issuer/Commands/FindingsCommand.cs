using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer findings</c>: what imports found, and the files that prove it.</summary>
internal static class FindingsCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var all = new Option<bool>("--all") { Description = "Those that are mended, too" };
        var licensee = new Option<string?>("--licensee") { Description = "Only this customer's", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("findings", "What imports found that a person has to know of, and what to do about it.") { all, licensee, json };
        command.Add(CreateSave(console, openHome));
        command.SetAction(parsed =>
        {
            using var registry = openHome(parsed).OpenRegistry();
            var findings = registry.Read(static transaction => new FindingTable(transaction).All())
                .Where(finding => parsed.GetValue(all) || finding.ClosedAt is null)
                .Where(finding => parsed.GetValue(licensee) is not { } name || finding.Customer?.Licensee == name)
                .ToList();
            if (parsed.GetValue(json))
            {
                JsonAnswer.Print(console, writer =>
                {
                    writer.WriteStartArray("findings");
                    foreach (var finding in findings)
                        ImportAnswer.Write(writer, finding);
                    writer.WriteEndArray();
                });
                return;
            }

            PageOf(findings).Print(console);
        });
        return command;
    }

    private static Command CreateSave(CommandConsole console, Func<ParseResult, VendorHome> openHome)
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
        var finding = new FindingTable(transaction).WithNumber(number)
            ?? throw new CommandFailure(Invariant($"there is no finding {number}"), "'issuer findings --all' lists them");
        if (finding.Kind == FindingKind.Fork)
        {
            var (stored, second) = ForkEvidence.Of(transaction, finding);
            return [(Invariant($"finding-{number}-first.receipts"), stored), (Invariant($"finding-{number}-second.receipts"), second)];
        }

        return finding.Kept is { } kept && new KeptTable(transaction).Section(kept) is { } waiting
            ? [(Invariant($"finding-{number}.receipts"), waiting)]
            : throw new CommandFailure(Invariant($"the registry keeps no file for finding {number}, {finding.Kind.Name()}"), "its evidence tells where to look");
    }

    private static Page PageOf(List<Finding> findings)
    {
        if (findings.Count == 0)
            return new Page().Line("nothing is open");
        var page = new Page();
        foreach (var customer in findings.GroupBy(static finding => finding.Customer).OrderBy(static group => group.Key?.Licensee ?? "", StringComparer.Ordinal))
        {
            page.Heading(customer.Key is { } known ? $"{known.Licensee}, {known.Product}" : "of no customer that is proven");
            foreach (var finding in customer)
            {
                ImportAnswer.AddFindings(page, [finding]);
                page.Field("", $"found {Words.Date(finding.FoundAt)}{(finding.ClosedAt is { } closed ? $", mended {Words.Date(closed)}" : "")}");
            }
        }

        return page;
    }
}
