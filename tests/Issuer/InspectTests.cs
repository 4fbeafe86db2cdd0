using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

public sealed class InspectTests
{
    [Fact]
    public async Task A_license_of_the_home_is_told_in_words_and_as_verified()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId();
        var run = await desk.Run("inspect", $"licenses/{id}.lic");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("\nverified: a key that is trusted here signed it\nthis file contains nothing else\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Acme Telemedicine", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_a_home_it_explains_and_says_that_nothing_is_verified()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId();
        var run = await desk.RunIn(desk.Folder, "inspect", $"home/licenses/{id}.lic");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("\nnot verified: no trust anchors are at hand\nthis file contains nothing else\n", run.Output, StringComparison.Ordinal);
        run = await desk.RunIn(desk.Folder, "inspect", $"home/licenses/{id}.lic", "--home", "elsewhere");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
    }

    [Fact]
    public async Task A_strangers_license_is_explained_and_not_believed()
    {
        using var desk = await IssuerDesk.WithHome();
        using var stranger = await IssuerDesk.WithHome();
        var id = await stranger.IssueId();
        var run = await desk.Run("inspect", stranger.Path($"licenses/{id}.lic"));
        Assert.Equal(ExitCode.NotTrusted, run.ExitCode);
        Assert.Contains("\nnot verified: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_key_is_named_and_not_shown()
    {
        using var desk = await IssuerDesk.WithHome();
        var secret = File.ReadAllLines(desk.Path("keys/licenses-2026.key"))[1];
        var run = await desk.Run("inspect", "keys/licenses-2026.key");
        Assert.Contains("a private key, not encrypted; never mail it", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openvidu-pro.anchors", ExitCode.Ok)]
    [InlineData("keys/licenses-2026.pub", ExitCode.Ok)]
    [InlineData("registry.db", ExitCode.Malformed)]
    [InlineData("none", ExitCode.Unreadable)]
    public async Task Every_file_of_the_home_has_its_answer(string file, int code)
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await desk.Run("inspect", file);
        Assert.Equal(code, run.ExitCode);
        if (code == ExitCode.Ok) Assert.EndsWith("this file contains nothing else\n", run.Output, StringComparison.Ordinal);
    }
}
