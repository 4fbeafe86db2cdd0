using System.CommandLine;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Home;

/// <summary>
/// Where the passphrase of a key file comes from: the file named by <c>--passphrase-file</c>, else the environment
/// variable <c>ISSUER_PASSPHRASE</c>, else a person at the terminal.
/// </summary>
internal sealed class PassphraseSource
{
    internal const string Variable = "ISSUER_PASSPHRASE";

    private readonly string? _file;
    private readonly bool _none;

    private PassphraseSource(string? file, bool none) => (_file, _none) = (file, none);

    /// <summary>Adds the option to a command that opens a key.</summary>
    /// <returns>What reads it.</returns>
    internal static Func<ParseResult, PassphraseSource> ToOpen(Command command)
    {
        var file = FileOption();
        command.Add(file);
        return parsed => Of(parsed.GetValue(file));
    }

    /// <summary>The file, if one is named, and else the variable or the terminal.</summary>
    internal static PassphraseSource Of(string? file) => new(file, none: false);

    /// <summary>Adds the options to a command that makes a key.</summary>
    /// <returns>What reads them.</returns>
    internal static Func<ParseResult, PassphraseSource> ToMake(Command command)
    {
        var file = FileOption();
        var none = new Option<bool>("--no-passphrase") { Description = "Write the key unencrypted: who reads the file has the key" };
        command.Add(file);
        command.Add(none);
        return parsed => new PassphraseSource(parsed.GetValue(file), parsed.GetValue(none));
    }

    /// <summary>The passphrase of a key that exists.</summary>
    /// <param name="console">Where it is asked for.</param>
    /// <param name="keyFile">The key's file, for the prompt.</param>
    /// <exception cref="CommandFailure">There is none, and nobody to ask.</exception>
    internal string ToOpen(CommandConsole console, string keyFile) =>
        Given(console) ?? Ask(console, $"passphrase of {keyFile}: ");

    /// <summary>The passphrase for new keys, asked for twice; null when the keys are to be written unencrypted.</summary>
    /// <param name="console">Where it is asked for.</param>
    /// <param name="isChange">Whether the variable holds the passphrase of today, and so not the new one.</param>
    /// <exception cref="CommandFailure">There is none and nobody to ask, or the two answers differ.</exception>
    internal string? ForNew(CommandConsole console, bool isChange = false)
    {
        if (_none && _file is not null)
            throw new CommandFailure("'--no-passphrase' and '--passphrase-file' contradict each other", null, ExitCode.Usage);
        if (_none) return null;
        if ((isChange && _file is null ? null : Given(console)) is { } given) return given;
        var first = Ask(console, "new passphrase: ");
        return Ask(console, "the same again: ") == first
            ? first
            : throw new CommandFailure($"the two passphrases differ; {(isChange ? "the key's stays what it was" : "no key was made")}", "try again");
    }

    private static Option<string?> FileOption() => new("--passphrase-file")
    {
        Description = $"File whose first line is the key's passphrase; else {Variable}, else the terminal",
        HelpName = "FILE",
    };

    private string? Given(CommandConsole console)
    {
        if (_file is null) return console.Environment(Variable) is { Length: > 0 } variable ? variable : null;
        var text = System.Text.Encoding.UTF8.GetString(console.Read(_file, Limits.LineBytes));
        var line = text.Split('\n')[0].TrimEnd('\r');
        return line.Length > 0
            ? line
            : throw new CommandFailure($"the first line of the passphrase file '{_file}' is empty", null, ExitCode.Malformed);
    }

    private static string Ask(CommandConsole console, string prompt)
    {
        if (console.AskSecret is not { } ask)
        {
            throw new CommandFailure("no passphrase is given, and nobody is at a terminal to ask",
                $"give --passphrase-file, or set {Variable}");
        }

        return ask(prompt) is { Length: > 0 } answer ? answer : throw new CommandFailure("the passphrase is empty");
    }
}
