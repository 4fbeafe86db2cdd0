using System.Diagnostics;
using System.Globalization;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Tour;

/// <summary>
/// Runs the two programs as a person would type them, and shows each line with what it answered. What they are told
/// beside their arguments is set as environment variables, and shown too.
/// </summary>
internal sealed class TourShell
{
    private readonly CommandConsole _console;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal)
    {
        // The programs lie beside this one, and are found by their names.
        ["PATH"] = AppContext.BaseDirectory + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
    };

    private string _at;

    public TourShell(CommandConsole console, string folder) => (_console, Folder, _at) = (console, folder, folder);

    /// <summary>The tour's folder.</summary>
    public string Folder { get; }

    /// <summary>A path in the tour's folder.</summary>
    public string this[string path] => Path.Combine(Folder, path);

    /// <summary>Says what comes next, and why.</summary>
    public void Chapter(string title, string text)
    {
        _console.Output.WriteLine();
        Style("1;36", title);
        _console.Output.WriteLine(text);
    }

    /// <summary>Says something between two commands.</summary>
    public void Say(string text, bool isGood = false) => Style(isGood ? "32" : "0", text);

    /// <summary>Goes to a folder of the tour.</summary>
    public void GoTo(string name, string typed)
    {
        _at = this[name];
        Prompt($"cd {typed}");
    }

    /// <summary>Sets an environment variable for what follows.</summary>
    public void Export(string variable, string value)
    {
        _environment[variable] = value;
        Prompt($"export {variable}={Quoted(value)}");
    }

    /// <summary>Runs a command and shows it with its answer.</summary>
    /// <exception cref="CommandFailure">It did not end with the exit code that it should end with.</exception>
    public async Task<string> Run(string[] words, int expected = ExitCode.Ok, string? into = null)
    {
        Prompt(string.Join(' ', words.Select(Quoted)) + (into is null ? "" : $" > {into}"));
        var (code, output, error) = await Start(words);
        if (into is null)
            _console.Output.Write(output);
        else
            await File.WriteAllTextAsync(Path.Combine(_at, into), output);
        _console.Output.Write(error);
        if (expected != ExitCode.Ok)
            Say(string.Create(CultureInfo.InvariantCulture, $"(exit code {code})"));
        return Check(words, code, expected, output);
    }

    /// <summary>Runs commands side by side and shows them, then what each answered.</summary>
    /// <exception cref="CommandFailure">One of them failed.</exception>
    public async Task RunTogether(params string[][] commands)
    {
        foreach (var words in commands)
            Prompt(string.Join(' ', words.Select(Quoted)) + " &");
        Prompt("wait");
        foreach (var (words, (code, output, error)) in commands.Zip(await Task.WhenAll(commands.Select(Start))))
        {
            _console.Output.Write(output + error);
            Check(words, code, ExitCode.Ok, output);
        }
    }

    private async Task<(int Code, string Output, string Error)> Start(string[] words)
    {
        var start = new ProcessStartInfo { WorkingDirectory = _at, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        start.Environment.Remove("OFFLINE_LICENSE_HOME");
        foreach (var word in Program(words[0]).Concat(words.Skip(1)))
        {
            if (start.FileName.Length == 0)
                start.FileName = word;
            else
                start.ArgumentList.Add(word);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    // Where there is no program file, as after a build for any system, there is the assembly.
    private static string[] Program(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);
        return File.Exists(path) ? [path] : ["dotnet", Path.Combine(AppContext.BaseDirectory, name + ".dll")];
    }

    private static string Check(string[] words, int code, int expected, string output) => code == expected
        ? output
        : throw new CommandFailure(
            string.Create(CultureInfo.InvariantCulture, $"the tour stops: '{words[0]} {words[1]}' ended with exit code {code}, and {expected} was expected"),
            "what it said stands above; the folder is left as it is", ExitCode.Failure);

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"\"{word}\"";

    private void Prompt(string line)
    {
        _console.Output.WriteLine();
        Style("1", "$ " + line);
    }

    private void Style(string style, string text) => _console.Output.WriteLine(
        _console.IsOutputTerminal && _console.UsesColor ? $"\e[{style}m{text}\e[0m" : text);
}
