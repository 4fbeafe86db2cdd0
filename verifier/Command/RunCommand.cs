using System.CommandLine;
using System.Globalization;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license run</c>: meters a program that knows nothing of licenses. Once the program runs, nothing about
/// licenses ends it, slows it or changes its exit code.
/// </summary>
internal static class RunCommand
{
    /// <summary>More cores than any machine has: what is above is a slip of the finger.</summary>
    private const int MostCores = 1_000_000;

    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var cores = new Option<int?>("--cores")
        {
            HelpName = "N",
            Description = "How many cores the command takes [default: all that this process may use]",
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostCores)
                    return number;
                result.AddError($"--cores '{text}' is not a whole number from 1 to {Words.Number(MostCores)}");
                return null;
            },
        };
        var words = new Argument<string[]>("COMMAND")
        {
            Arity = ArgumentArity.OneOrMore,
            CaptureRemainingTokens = true,
            Description = "The command and its arguments, to the end of the line",
        };
        var command = new Subcommand(
            "run",
            "Runs a command and meters it while it runs. Passes signals and the exit code on. Refuses to start only when "
            + "no new work may begin; never ends what runs.")
        {
            cores, words,
        };
        command.SetAction(parsed =>
        {
            try
            {
                return Run(console, products.Of(parsed), parsed.GetValue(cores) ?? Environment.ProcessorCount, parsed.GetRequiredValue(words));
            }
            catch (CommandFailure failure) when (failure.ExitCode < ExitCode.Refused)
            {
                // The low numbers are the command's own.
                throw new CommandFailure(failure.Message, failure.Hint, ExitCode.RunFailed);
            }
        });
        return command;
    }

    private static async Task<int> Run(CommandConsole console, ProductFiles product, int cores, string[] words)
    {
        var program = ChildProcess.Find(words[0], console);
        LookFirst(product, cores);
        using var node = Node.Open(product.ToNode());

        // What changed since the look counts, either way.
        if (!node.TryBegin(cores, out var usage, out var why))
            throw Refused(why);

        using (usage)
        {
            WarnOfGrace(console, node.Verdict);
            return await ChildProcess.Run(program, words, console.CurrentFolder);
        }
    }

    /// <summary>
    /// Refuses what a node would refuse, without opening one: a timer that tries every minute would fill the ledger with
    /// starts and stops. The first start of all opens it in any case, since it makes the installation's key, which a bound
    /// license names.
    /// </summary>
    private static void LookFirst(ProductFiles product, int cores)
    {
        if (product.HasInstallation && Admission.WhyNotAtStart(Node.Peek(product.ToNode()), cores) is { } why)
            throw Refused(why);
    }

    private static CommandFailure Refused(Reason why) => new(
        $"new work may not begin: {why.Sentence}", $"{why.Mend}; 'offline-license status' tells more", ExitCode.Refused);

    private static void WarnOfGrace(CommandConsole console, Verdict verdict)
    {
        if (verdict is not { State: LicenseState.Grace, Reasons: [var first, ..] }) return;
        var until = verdict.GraceEnds is { } end ? $"; from {Words.Date(end)} on, new work is refused" : "";
        CommandLine.Warn(console, $"{first.Sentence}{until}", first.Mend);
    }
}
