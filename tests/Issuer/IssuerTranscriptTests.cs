using System.Text.RegularExpressions;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

public sealed partial class IssuerTranscriptTests
{
    [Theory]
    [InlineData("issuer-first-day")]
    [InlineData("issuer-help")]
    [InlineData("issuer-changes")]
    [InlineData("issuer-batch")]
    public async Task A_session_of_the_vendor_reads_as_written(string name)
    {
        using var desk = IssuerDesk.Empty();
        await Transcript.Check(name, line => Line(desk, line));
    }

    private static async Task<string> Line(IssuerDesk desk, string[] words)
    {
        switch (words)
        {
            case ["sleep", var time]:
                desk.Time.Advance(Duration.Parse(time).Value);
                return "";
            case ["printf", var text, ">", var file]:
                await File.WriteAllTextAsync(Path.Combine(desk.Folder, file), text.Replace("\\n", "\n", StringComparison.Ordinal));
                return "";
        }

        Assert.Equal("issuer", words[0]);
        var run = await desk.RunIn(desk.Folder, words[1..]);
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        var code = run.ExitCode == ExitCode.Ok ? "" : $"[exit {run.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture)}]\n";
        return Stable(run.Output + run.Error, desk.Folder) + code;
    }

    private static string Stable(string printed, string folder)
    {
        var text = printed.Replace(folder, "/vendor", StringComparison.Ordinal).Replace('\\', '/');
        text = VerifierKeys().Replace(text, "+KEY");
        text = KeyIds().Replace(text, "key id KEY");
        text = PublicKeys().Replace(text, "public key KEY");
        return Ids().Replace(text, "ID");
    }

    [GeneratedRegex(@"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex VerifierKeys();

    [GeneratedRegex("key id [0-9a-f]{8}", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex KeyIds();

    [GeneratedRegex("public key [0-9a-f]{64}", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex PublicKeys();

    [GeneratedRegex(@"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b", RegexOptions.None, Timeout.Infinite)]
    private static partial Regex Ids();
}
