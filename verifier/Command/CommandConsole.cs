using System.Text;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// All that a command may know of its surroundings: streams, environment, clock and folders. Commands touch nothing
/// ambient, so tests run many of them side by side in one process.
/// </summary>
internal sealed record CommandConsole
{
    /// <summary>Standard input.</summary>
    public required Stream Input { get; init; }

    /// <summary>Standard output for text. Lines end in a newline on every system, so that files compare.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard output for bytes, for a command that is asked to write a file to <c>-</c>.</summary>
    public required Stream OutputBytes { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The value of an environment variable; null where it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>The folder that the program lies in.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Asks a person for a secret, with a prompt, and shows nothing of the answer; null where nobody sits at a terminal.</summary>
    public Func<string, string>? AskSecret { get; init; }

    /// <summary>Whether standard output is a terminal that shows colours and moves its cursor.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether standard error is one.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Columns of the terminal; of plain text, where nothing is ever wrapped, it has no meaning.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Whether colours are wanted (no-color.org): not where <c>NO_COLOR</c> is set to anything.</summary>
    public bool UsesColor => string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>The surroundings of the process.</summary>
    public static CommandConsole OfProcess()
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var output = Console.OpenStandardOutput();
        var isDumb = System.Environment.GetEnvironmentVariable("TERM") is "dumb" or "";
        return new CommandConsole
        {
            Input = Console.OpenStandardInput(),
            Output = Writer(output, Console.IsOutputRedirected),
            OutputBytes = output,
            Error = Writer(Console.OpenStandardError(), Console.IsErrorRedirected),
            Environment = System.Environment.GetEnvironmentVariable,
            CurrentFolder = System.Environment.CurrentDirectory,
            ProgramFolder = AppContext.BaseDirectory,
            AskSecret = Console.IsInputRedirected || Console.IsErrorRedirected ? null : SecretPrompt.Ask,
            IsOutputTerminal = !Console.IsOutputRedirected && !isDumb,
            IsErrorTerminal = !Console.IsErrorRedirected && !isDumb,
            Width = Console.IsOutputRedirected ? 80 : Math.Clamp(Console.WindowWidth, 40, 200),
        };

        // A Windows console has a code page of its own; files and pipes are UTF-8 everywhere.
        TextWriter Writer(Stream stream, bool isRedirected)
        {
            if (!isRedirected && OperatingSystem.IsWindows()) Console.OutputEncoding = encoding;
            return new StreamWriter(stream, encoding) { AutoFlush = true, NewLine = "\n" };
        }
    }

    /// <summary>A path as the user meant it: relative ones start from <see cref="CurrentFolder"/>.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, CurrentFolder);
}
