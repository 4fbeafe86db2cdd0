using System.CommandLine;
using System.Text;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>What one command line came to.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error, byte[] OutputBytes)
{
    /// <summary>Runs a program in this process, with nothing ambient: own folders, environment and clock.</summary>
    public static async Task<CommandRun> Of(
        Func<CommandConsole, RootCommand> program, CommandConsole console, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var bytes = new MemoryStream();
        var own = console with { Output = output, Error = error, OutputBytes = bytes };
        var code = await CommandLine.Run(program(own), args, own);
        return new CommandRun(code, output.ToString(), error.ToString(), bytes.ToArray());
    }

    /// <summary>Surroundings with empty standard input and no environment variables.</summary>
    public static CommandConsole Console(string folder, TimeProvider time, string input = "", params (string Name, string Value)[] environment) => new()
    {
        Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
        Output = TextWriter.Null,
        OutputBytes = Stream.Null,
        Error = TextWriter.Null,
        Environment = name => environment.FirstOrDefault(variable => variable.Name == name).Value,
        CurrentFolder = folder,
        ProgramFolder = folder,
        Time = time,
    };
}
