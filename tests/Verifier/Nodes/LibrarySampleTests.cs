using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>The sample of verifier/README.md, "Using the library": it compiles here, runs, and is the same text there.</summary>
public sealed class LibrarySampleTests
{
    [Fact]
    public void The_sample_in_the_readme_is_this_code()
    {
        var source = File.ReadAllLines(Path.Combine(Snapshot.Repository(), "tests", "Verifier", "Nodes", "LibrarySampleTests.cs"));
        var lines = source.SkipWhile(line => !line.EndsWith("// sample begins", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.EndsWith("// sample ends", StringComparison.Ordinal)).ToList();
        var indent = lines.Min(line => line.Length == 0 ? int.MaxValue : line.Length - line.TrimStart().Length);
        var sample = string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
        var readme = File.ReadAllText(Path.Combine(Snapshot.Repository(), "verifier", "README.md"));
        Assert.Contains($"```csharp\n{sample}\n```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_runs()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with { Features = new Dictionary<string, string> { ["recording"] = "true" } });
        var sessions = new List<string>();
        Run(Licenses.Key.VerifierKey.ToString(), site.LicenseFolder, site.StateFolder, () => sessions.Add("ran"));
        Assert.Equal(["ran"], sessions);
        Assert.Equal(4, site.UsageReceipts().Single().Cores);
    }

    private static void Run(string vendorKey, string licenses, string state, Action runSession)
    {
        // sample begins
        using var node = Node.Open(new NodeOptions
        {
            Product = "openvidu-pro",
            Trust = Trust.Pinned(vendorKey),
            LicenseFolder = licenses,
            StateFolder = state,
        });

        if (!node.TryBegin(cores: 4, out var usage, out var why))
            throw new InvalidOperationException($"{why.Sentence}; to mend it: {why.Mend}");
        using (usage)
            runSession();
        // sample ends
    }
}
