using System.Text.RegularExpressions;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Deploy;

/// <summary>What <c>verifier/deploy/README.md</c> tells an operator to type is what the program takes.</summary>
public sealed partial class DeployReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Snapshot.Repository(), "verifier", "deploy", "README.md"));

    [Fact]
    public void Each_command_line_is_one_of_the_program()
    {
        using var folder = new TemporaryFolder();
        var root = OperatorProgram.Create(CommandRun.Console(folder.Path, TimeProvider.System));
        var lines = Lines().Matches(Readme).Select(match => match.Value).ToList();
        Assert.True(lines.Count >= 5);
        Assert.All(lines, line => Assert.Empty(root.Parse(line.Split(' ')[1..]).Errors));
    }

    [Fact]
    public void Each_file_that_is_linked_or_installed_is_there()
    {
        var folder = Path.Combine(Snapshot.Repository(), "verifier", "deploy");
        Assert.All(Links().Matches(Readme), link => Assert.True(Path.Exists(Path.Combine(folder, link.Value)), link.Value));
        Assert.All(Units().Matches(Readme), unit => Assert.True(File.Exists(Path.Combine(folder, "systemd", unit.Value)), unit.Value));
    }

    [ToolFact("openssl")]
    public async Task A_key_made_as_it_says_is_taken_for_the_installations()
    {
        using var site = new OperatorSite();
        File.Delete(site["state/installation.key"]);
        var words = KeyCommand().Match(Readme).Value.Split(' ');
        var made = await ToolRun.Of(words[0], [.. words[1..^1], site["state/installation.key"]]);
        Assert.True(made.ExitCode == 0, made.Error);

        await site.Run("install", "mail/acme.lic");
        site.Work(cores: 4, TimeSpan.FromHours(2));
        Assert.Single(Directory.GetDirectories(site["state/ledgers"]));
    }

    // Whatever has arguments, in a block or in a sentence; what a shell makes of the rest is left out.
    [GeneratedRegex("(?<=^|`|-- )offline-license [a-z]+ [^`\n>|]*[^`\n>| ]", RegexOptions.Multiline, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Lines();

    [GeneratedRegex("(?<=\\]\\()[^)#]+", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Links();

    [GeneratedRegex("openssl genpkey [^`]* installation\\.key", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex KeyCommand();

    [GeneratedRegex("streaming-rooms[a-z-]*\\.(?:service|timer|sysusers)", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Units();
}
