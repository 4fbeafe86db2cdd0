using System.CommandLine;

namespace OfflineLicense.Verifier.Command;

/// <summary>A command line that cannot be read, in the words of all other errors.</summary>
internal static class UsageFailure
{
    public static CommandFailure Of(ParseResult parsed, RootCommand root)
    {
        var path = PathOf(parsed, root);
        var message = parsed.UnmatchedTokens.Count > 0
            ? Unmatched(parsed.UnmatchedTokens[0], parsed)
            : PlainFailure.Sentence(string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return new CommandFailure(message, Nearest(parsed) ?? $"see '{path} --help'", ExitCode.Usage);
    }

    private static string Unmatched(string token, ParseResult parsed) =>
        token.StartsWith('-') ? $"there is no option '{token}'"
        : parsed.CommandResult.Command.Subcommands.Count > 0 ? $"there is no command '{token}'"
        : $"'{token}' is one argument too many";

    private static string? Nearest(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0) return null;
        var token = parsed.UnmatchedTokens[0];
        var command = parsed.CommandResult.Command;
        var names = token.StartsWith('-')
            ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(static option => option.Name)
            : command.Subcommands.Select(static subcommand => subcommand.Name);
        var best = names.Distinct(StringComparer.Ordinal).MinBy(name => NearestWord.Distance(token, name));
        return best is not null && NearestWord.IsNear(token, best) ? $"did you mean '{best}'?" : null;
    }

    private static string PathOf(ParseResult parsed, RootCommand root)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result.Command is not RootCommand; result = (System.CommandLine.Parsing.CommandResult)result.Parent!)
            names.Push(result.Command.Name);
        names.Push(root.HelpName ?? root.Name);
        return string.Join(' ', names);
    }
}
