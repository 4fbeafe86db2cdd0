using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer findings confirm</c>, <c>decline</c> and <c>settle</c>: what a person decided, who and why, for the journal.</summary>
internal static class FindingDecisionCommand
{
    private const int MostLetters = 2000;

    internal static Command Confirm(CommandConsole console, Func<ParseResult, VendorHome> openHome) => Create(
        console, openHome, "confirm", "It is as it is told, and somebody sees to it. Of an installation that is new: it is the customer's.", FindingState.Confirmed);

    internal static Command Decline(CommandConsole console, Func<ParseResult, VendorHome> openHome) => Create(
        console, openHome, "decline", "An installation that is new is not the customer's: what it used is not billed to them, and no reply counts it.", FindingState.Declined);

    internal static Command Settle(CommandConsole console, Func<ParseResult, VendorHome> openHome) => Create(
        console, openHome, "settle", "Somebody saw to it. It is listed no more, until more is found.", FindingState.Settled);

    private static Command Create(
        CommandConsole console, Func<ParseResult, VendorHome> openHome, string name, string description, FindingState state)
    {
        var numbers = new Argument<long[]>("NUMBER") { Description = "The findings' numbers", Arity = ArgumentArity.OneOrMore };

        // To confirm says all by itself; who lets go of something says why.
        var why = new Option<string?>("--why") { Description = "The reason, for whoever asks later", HelpName = "TEXT", Required = state != FindingState.Confirmed };
        var by = new Option<string?>("--by") { Description = "Who decides; else who is logged in", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command(name, description) { numbers, why, by, json };
        command.SetAction(parsed =>
        {
            var decision = new FindingDecision(ExactText.WholeSeconds(console.Time.GetUtcNow()), Person(console, parsed.GetValue(by)), state, Reason(parsed.GetValue(why), state));
            using var registry = openHome(parsed).OpenRegistry();
            var decided = registry.Write(transaction => FindingSettlement.Decide(transaction, parsed.GetRequiredValue(numbers), decision));
            if (parsed.GetValue(json))
            {
                FindingsCommand.PrintJson(console, decided);
                return;
            }

            var page = new Page();
            foreach (var finding in decided)
                page.Field(Invariant($"{finding.Number} {finding.Kind.Name()}"), new Cell(FindingAnswer.Standing(decision), Tone.Good));
            page.Print(console);
        });
        return command;
    }

    private static string Person(CommandConsole console, string? by) =>
        new[] { by, console.Environment("USER"), console.Environment("USERNAME") }.FirstOrDefault(static name => !string.IsNullOrWhiteSpace(name))?.Trim()
        ?? throw new CommandFailure("nobody knows who decides this", "name yourself by --by", ExitCode.Usage);

    private static string Reason(string? why, FindingState state)
    {
        var reason = why?.Trim() ?? "";
        if (reason.Length == 0 && state != FindingState.Confirmed)
            throw new CommandFailure("the reason is empty", "--why is for whoever asks later", ExitCode.Usage);
        return reason.Length <= MostLetters
            ? reason
            : throw new CommandFailure(Invariant($"the reason has {reason.Length} letters, and {MostLetters} are kept"), "name the ticket that has the rest", ExitCode.Usage);
    }
}
