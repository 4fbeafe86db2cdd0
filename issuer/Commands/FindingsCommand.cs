using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer findings</c>: what a person has to know of, and what was decided about it.</summary>
internal static class FindingsCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var all = new Option<bool>("--all") { Description = "Those that are settled or mended, too" };
        var states = new Option<string[]>("--state") { Description = $"Only those that stand so: {string.Join(", ", FindingStates.Names)}", HelpName = "STATE" };
        var kinds = new Option<string[]>("--kind") { Description = "Only this kind, such as fork; may be repeated", HelpName = "KIND" };
        var licensee = new Option<string?>("--licensee") { Description = "Only this customer's", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("findings", "What a person has to know of and see to, and what was decided about it.") { all, states, kinds, licensee, json };
        command.Add(CreateShow(console, openHome));
        command.Add(FindingDecisionCommand.Confirm(console, openHome));
        command.Add(FindingDecisionCommand.Decline(console, openHome));
        command.Add(FindingDecisionCommand.Settle(console, openHome));
        command.Add(FindingFilesCommand.Create(console, openHome));
        command.SetAction(parsed =>
        {
            var ofState = Named(parsed.GetValue(states), FindingStates.Parse, FindingStates.Names);
            var ofKind = Named(parsed.GetValue(kinds), FindingKinds.Parse, FindingKinds.Names);
            using var registry = openHome(parsed).OpenRegistry();
            var asked = registry.Write(transaction => Judged(transaction, ExactText.WholeSeconds(console.Time.GetUtcNow())))
                .Where(finding => parsed.GetValue(licensee) is not { } name || finding.Customer?.Licensee == name)
                .Where(finding => ofKind.Count == 0 || ofKind.Contains(finding.Kind)).ToList();
            var findings = asked.FindAll(finding => ofState.Count > 0 ? ofState.Contains(finding.State) : parsed.GetValue(all) || finding.IsDue);
            if (parsed.GetValue(json))
                PrintJson(console, findings);
            else
                PageOf(findings, asked.Count - findings.Count).Print(console);
        });
        return command;
    }

    internal static void PrintJson(CommandConsole console, IEnumerable<Finding> findings) => JsonAnswer.Print(console, json =>
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
            FindingAnswer.Write(json, finding);
        json.WriteEndArray();
    });

    // A mail that does not come is found when somebody looks, not when one comes.
    private static List<Finding> Judged(RegistryTransaction transaction, DateTimeOffset now)
    {
        var book = LicenseBook.Load(transaction);
        var judge = new CustomerJudge(transaction, book, now);
        foreach (var customer in book.Customers)
            judge.JudgeMail(customer);
        return new FindingTable(transaction).All();
    }

    private static Command CreateShow(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var number = new Argument<long>("NUMBER") { Description = "The finding's number" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("show", "One finding: its evidence, what it means, what to do next, and all that was decided about it.") { number, json };
        command.SetAction(parsed =>
        {
            using var registry = openHome(parsed).OpenRegistry();
            var asked = parsed.GetValue(number);
            var (finding, decisions) = registry.Read(transaction =>
                (FindingSettlement.Find(new FindingTable(transaction), asked), new FindingJournal(transaction).Of(asked)));
            if (!parsed.GetValue(json))
            {
                FindingAnswer.PageOf(finding, decisions).Print(console);
                return;
            }

            JsonAnswer.Print(console, writer =>
            {
                FindingAnswer.WriteFields(writer, finding);
                writer.WriteStartArray("decisions");
                foreach (var decision in decisions)
                    FindingAnswer.Write(writer, decision);
                writer.WriteEndArray();
            });
        });
        return command;
    }

    private static HashSet<T> Named<T>(string[]? names, Func<string, T> parse, IEnumerable<string> known)
    {
        try
        {
            return [.. (names ?? []).Select(parse)];
        }
        catch (ArgumentException)
        {
            var wrong = names!.First(name => !known.Contains(name, StringComparer.Ordinal));
            throw new CommandFailure($"'{wrong}' is none of the names for this", $"one of {string.Join(", ", known)}", ExitCode.Usage);
        }
    }

    private static Page PageOf(List<Finding> findings, int others)
    {
        var page = new Page();
        if (findings.Count == 0)
            page.Line(others == 0 ? "nothing was found" : "nothing of that is to be seen to");
        foreach (var customer in findings.GroupBy(static finding => finding.Customer).OrderBy(static group => group.Key?.Licensee ?? "", StringComparer.Ordinal))
        {
            page.Heading(customer.Key is { } known ? $"{known.Licensee}, {known.Product}" : "of no customer that is proven");
            foreach (var finding in customer)
            {
                FindingAnswer.Add(page, [finding]);
                page.Field("", FindingAnswer.Standing(finding));
            }
        }

        return others == 0 ? page : page.Line().Line($"{Words.Count(others, "finding")} more: --all lists them", Tone.Faint);
    }
}
