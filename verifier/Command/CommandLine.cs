using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// Runs a program's commands: one way of saying what is wrong, one table of exit codes, and nothing on standard output
/// but answers.
/// </summary>
internal static class CommandLine
{
    /// <summary>A program's root, whose <c>--help</c> ends with its exit codes.</summary>
    /// <param name="name">The program's name as it is called.</param>
    /// <param name="description">What it is for, in a sentence or two.</param>
    /// <param name="exitCodes">The codes beside <see cref="ExitCode.Common"/>.</param>
    /// <param name="console">Where help and version are printed.</param>
    public static RootCommand Program(
        string name, string description, IEnumerable<ExitCodeMeaning> exitCodes, CommandConsole console)
    {
        var root = new RootCommand(description) { HelpName = name };
        var table = ExitCode.Common.Concat(exitCodes).OrderBy(static meaning => meaning.Code).ToList();
        foreach (var option in root.Options)
        {
            if (option is HelpOption help)
                help.Action = new HelpWithExitCodes(new HelpAction { MaxWidth = HelpWidth(console) }, name, table);
            if (option is VersionOption version)
                version.Action = new PrintVersion(name, console.Output);
        }

        return root;
    }

    /// <summary>Runs one command line and says on standard error what went wrong.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(RootCommand root, string[] args, CommandConsole console)
    {
        // No @FILE: a file's name is a file's name. No handling of signals: 'run' has its own, the rest just ends.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
                throw UsageFailure.Of(parsed, root);
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = console.Output,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception exception)
        {
            var failure = exception as CommandFailure ?? PlainFailure.Of(exception);
            Complain(console, failure.Message, failure.Hint);
            return failure.ExitCode;
        }
        finally
        {
            console.Output.Flush();
            console.Error.Flush();
        }
    }

    /// <summary>Says something on standard error that stops nothing.</summary>
    public static void Warn(CommandConsole console, string message, string? hint = null)
    {
        Tell(console, "warning:", "33", message);
        if (hint is not null) Tell(console, "hint:", "36", hint);
    }

    /// <summary>Says one of several things that are wrong; the command goes on to fail.</summary>
    public static void Complain(CommandConsole console, string message, string? hint)
    {
        Tell(console, "error:", "31", message);
        if (hint is not null) Tell(console, "hint:", "36", hint);
    }

    // Wrapped alike wherever it is piped to.
    private static int HelpWidth(CommandConsole console) => console.IsOutputTerminal ? console.Width : 100;

    // Messages quote names of files and texts out of them; escaped here once, no caller can forget it.
    private static void Tell(CommandConsole console, string label, string color, string message) => console.Error.WriteLine(
        console.IsErrorTerminal && console.UsesColor
            ? $"\e[1;{color}m{label}\e[0m {TerminalText.Escape(message)}"
            : $"{label} {TerminalText.Escape(message)}");

    private sealed class HelpWithExitCodes(HelpAction help, string program, IReadOnlyList<ExitCodeMeaning> table)
        : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (parseResult.CommandResult.Command is not RootCommand)
            {
                output.WriteLine($"Exit codes: see '{program} --help'.");
                return ExitCode.Ok;
            }

            output.WriteLine("Exit codes:");
            var width = table.Max(static meaning => meaning.Name.Length);
            foreach (var (code, name, meaning) in table)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {code,3}  {name.PadRight(width)}  {meaning}"));
            return ExitCode.Ok;
        }
    }

    private sealed class PrintVersion(string program, TextWriter output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"{program} {typeof(CommandLine).Assembly.GetName().Version!.ToString(3)}");
            return ExitCode.Ok;
        }
    }
}
