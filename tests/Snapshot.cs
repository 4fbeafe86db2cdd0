using System.Globalization;
using System.Text;
using Xunit.Sdk;

namespace OfflineLicense.Tests;

/// <summary>
/// Holds a text that a person has read and found right, byte for byte, by the conventions of the Verify package:
/// <c>Snapshots/NAME.verified.txt</c> is what was accepted; on a difference <c>NAME.received.txt</c> is written beside
/// it. Set <c>OFFLINE_LICENSE_ACCEPT=1</c> to accept what comes, and read the change before committing it.
/// </summary>
internal static class Snapshot
{
    private const string AcceptVariable = "OFFLINE_LICENSE_ACCEPT";

    // Text that is not UTF-16 must fail the test, not become question marks in the file.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="actual">The text, whole; nothing is trimmed or replaced.</param>
    /// <param name="name">The file's name without its ends, different in every test: tests run side by side.</param>
    internal static void Match(string actual, string name)
    {
        var verified = Path.Combine(Folder(), name + ".verified.txt");
        var received = Path.Combine(Folder(), name + ".received.txt");
        var bytes = Strict.GetBytes(actual);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllBytes(verified, bytes);
            File.Delete(received);
            return;
        }

        var expected = File.Exists(verified) ? File.ReadAllBytes(verified) : null;
        if (expected is not null && bytes.AsSpan().SequenceEqual(expected))
        {
            File.Delete(received);
            return;
        }

        File.WriteAllBytes(received, bytes);
        throw new XunitException(expected is null
            ? $"nothing is accepted for '{name}' yet; read {received}, then run again with {AcceptVariable}=1"
            : $"'{name}' is not what was accepted: {FirstDifference(Strict.GetString(expected), actual)}; "
                + $"compare {received} with the file beside it");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (was, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < Math.Min(was.Length, now.Length) && was[line] == now[line])
            line++;
        return $"line {(line + 1).ToString(CultureInfo.InvariantCulture)} was '{was.ElementAtOrDefault(line)}' and is '{now.ElementAtOrDefault(line)}'";
    }

    /// <summary>The repository's folder, in which the tests run.</summary>
    internal static string Repository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "OfflineLicense.sln")))
                return folder;
        }

        throw new XunitException("snapshots are kept in the repository, and the tests do not run inside it");
    }

    private static string Folder() => Directory.CreateDirectory(Path.Combine(Repository(), "tests", "Snapshots")).FullName;
}
