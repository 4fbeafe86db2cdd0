using System.CommandLine;
using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer statement</c>: what a customer used, byte for byte as the customer's own program computes it.</summary>
internal static class StatementCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var id = new Argument<string?>("LICENSE") { Description = "The newest license of the chain", Arity = ArgumentArity.ZeroOrOne };
        var licensee = new Option<string?>("--licensee") { Description = "The customer, in the place of a license", HelpName = "NAME" };
        var month = new Option<string?>("--month") { Description = "A calendar month", HelpName = "YYYY-MM" };
        var from = new Option<string?>("--from") { Description = "The first day, as in 2026-12-01", HelpName = "DAY" };
        var until = new Option<string?>("--until") { Description = "The day after the last one", HelpName = "DAY" };
        var output = new Option<string?>("--out") { Description = "Write it to a new file", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object that holds the text" };
        var command = new Command(
            "statement", "What was used under a license and those it replaced. Without days: the running quota period, up to the newest receipt.")
        {
            id, licensee, month, from, until, output, json,
        };
        command.SetAction(parsed =>
        {
            var period = Verifier.Command.StatementCommand.PeriodOf(parsed.GetValue(month), parsed.GetValue(from), parsed.GetValue(until));
            var home = openHome(parsed);
            using var registry = home.OpenRegistry();
            var (request, text) = registry.Read(transaction =>
            {
                var book = LicenseBook.Load(transaction);
                return RegistryStatement.Print(transaction, book, LicenseOf(book, home.Product, parsed.GetValue(id), parsed.GetValue(licensee)), period);
            });
            if (parsed.GetValue(output) is { } file)
                CommandFiles.Write(console.PathOf(file), Encoding.UTF8.GetBytes(text), replace: false);
            if (parsed.GetValue(json))
                PrintJson(console, request, text);
            else if (parsed.GetValue(output) is null)
                console.Output.Write(text);
        });
        return command;
    }

    private static StoredLicense LicenseOf(LicenseBook book, string product, string? id, string? licensee)
    {
        if (id is null == licensee is null)
            throw new CommandFailure("name a license, or a customer by --licensee", "'issuer list' shows both", ExitCode.Usage);
        if (id is not null)
        {
            return book.All.LastOrDefault(license => license.Id == id)
                ?? throw new CommandFailure($"no license '{id}' was issued here", "'issuer list' shows all licenses");
        }

        CustomerName.Check(licensee!, [.. book.All.Where(license => license.Product == product)]);

        // The ends of the customer's chains: what nothing replaced.
        var ends = book.Of(new Customer(product, licensee!))
            .Where(license => !book.All.Any(other => other.Replaces == license.Id)).DistinctBy(static license => license.Id).ToList();
        return ends switch
        {
            [var one] => one,
            [] => throw new CommandFailure($"each license of '{licensee}' takes another's place", "name one; 'issuer list' shows them"),
            _ => throw new CommandFailure($"'{licensee}' has {Words.Count(ends.Count, "license")} side by side, each with a statement of its own",
                $"name one: {string.Join(", ", ends.Select(static license => license.Id))}"),
        };
    }

    private static void PrintJson(CommandConsole console, StatementRequest request, string text) => JsonAnswer.Print(console, json =>
    {
        json.WriteString("license", request.Newest.License.Id);
        json.WriteTime("from", request.Period.Start);
        json.WriteTime("until", request.Period.End);
        json.WriteString("text", text);
    });
}
