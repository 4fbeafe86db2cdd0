using System.Runtime.CompilerServices;
using System.Text;
using Xunit;
using Xunit.Sdk;

namespace OfflineLicense.Tests;

/// <summary>
/// A session at a terminal as a test: <c>Transcripts/NAME.txt</c> has commands after <c>$ </c>, under each what it prints
/// (standard output, then standard error, then <c>[exit N]</c> if it failed), and comments after <c># </c>. Set
/// <c>OFFLINE_LICENSE_ACCEPT=1</c> to accept what comes, and read the change before committing it.
/// </summary>
internal static class Transcript
{
    /// <param name="name">The file's name without its ending.</param>
    /// <param name="run">Runs one command line, split into words, and gives back what it prints, stable over runs.</param>
    public static async Task Check(string name, Func<string[], Task<string>> run)
    {
        var path = Path.Combine(Folder(), name + ".txt");
        var expected = await File.ReadAllTextAsync(path);
        var actual = new StringBuilder();
        foreach (var line in expected.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
                actual.Append(line).Append('\n');
            if (!line.StartsWith("$ ", StringComparison.Ordinal)) continue;
            actual.Append(line).Append('\n');
            var printed = (await run(Split(line[2..]))).TrimEnd('\n');
            actual.Append(printed).Append(printed.Length > 0 ? "\n\n" : "\n");
        }

        var text = actual.ToString().TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("OFFLINE_LICENSE_ACCEPT") == "1")
            await File.WriteAllTextAsync(path, text);
        else
            Assert.Equal(expected, text);
    }

    /// <summary>Words as a shell splits them: by spaces, but for what stands in single quotes.</summary>
    private static string[] Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var isQuoted = false;
        foreach (var character in line)
        {
            if (character == '\'')
            {
                isQuoted = !isQuoted;
                word ??= new StringBuilder();
            }
            else if (character == ' ' && !isQuoted)
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else
            {
                (word ??= new StringBuilder()).Append(character);
            }
        }

        if (isQuoted) throw new XunitException($"a quote is left open: {line}");
        if (word is not null) words.Add(word.ToString());
        return [.. words];
    }

    private static string Folder([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "Transcripts");
}
