using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Testing;

/// <summary>The samples of verifier/Testing/README.md: they compile here, run, and are the same text there.</summary>
public sealed class TestingSampleTests
{
    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public void The_sample_in_the_readme_is_this_code(string name)
    {
        var source = File.ReadAllLines(Path.Combine(Snapshot.Repository(), "tests", "Verifier", "Testing", "TestingSampleTests.cs"));
        var lines = source.SkipWhile(line => !line.EndsWith($"// {name} sample", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.EndsWith("// ends", StringComparison.Ordinal)).Select(line => line.Length > 4 ? line[4..] : line);
        var readme = File.ReadAllText(Path.Combine(Snapshot.Repository(), "verifier", "Testing", "README.md"));
        Assert.Contains($"```csharp\n{string.Join('\n', lines)}\n```\n", readme, StringComparison.Ordinal);
    }

    // first sample
    [Fact]
    public void A_session_that_runs_when_the_license_lapses_runs_on_and_no_new_one_begins()
    {
        using var licensed = TestLicensing.Create("openvidu-pro");
        licensed.Install(license => license with { Until = licensed.Time.Wall.AddDays(30) });
        using var node = licensed.OpenNode();
        Assert.True(node.TryBegin(cores: 4, out var session, out _));

        licensed.EndTerm();
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        Assert.True(node.TryBegin(cores: 4, out var another, out _));
        another.Dispose();

        licensed.EndGrace();
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        Assert.False(node.TryBegin(cores: 4, out _, out var why));
        Assert.Equal(ReasonCode.TermEnded, why.Code);

        Assert.Equal(4, node.CoresInUse);
        session.Dispose();
    }
    // ends

    // second sample
    [Theory]
    [InlineData(LicenseState.Licensed, "ready")]
    [InlineData(LicenseState.Grace, "ready, and the banner shows")]
    [InlineData(LicenseState.Lapsed, "no new sessions")]
    [InlineData(LicenseState.Unlicensed, "no new sessions")]
    public void The_front_page_says_where_the_license_stands(LicenseState state, string expected)
    {
        using var licensed = TestLicensing.Create("openvidu-pro");
        licensed.Reach(state);
        using var node = licensed.OpenNode();
        Assert.Equal(expected, FrontPage.Of(node.Verdict));
    }
    // ends

    private static class FrontPage
    {
        public static string Of(OfflineLicense.Verifier.Verdict verdict) => verdict switch
        {
            { MayBegin: false } => "no new sessions",
            { State: LicenseState.Licensed } => "ready",
            _ => "ready, and the banner shows",
        };
    }
}
