using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary><c>issuer trust</c>: what it refuses, and what it records.</summary>
public sealed class TrustCommandTests
{
    [Fact]
    public async Task A_home_that_pins_license_keys_writes_no_document()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await desk.Run("trust", "new");
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("trust embed --quorum", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quorum_that_the_roots_cannot_meet_is_not_embedded()
    {
        using var desk = await IssuerDesk.WithHome();
        await desk.Run("key", "new", "roots/a", "--role", "root", "--no-passphrase");
        var before = desk.Everything();
        Assert.Equal(ExitCode.Usage, (await desk.Run("trust", "embed", "--quorum", "2")).ExitCode);
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task A_root_joins_the_home_and_leaves_the_anchors_alone()
    {
        using var desk = await IssuerDesk.WithHome();
        var anchors = await File.ReadAllTextAsync(desk.Path("openvidu-pro.anchors"));
        Assert.Equal("", (await desk.Run("key", "new", "roots/a", "--role", "root", "--no-passphrase")).Error);
        Assert.Equal("", (await desk.Run("key", "new", "roots/b", "--role", "root", "--no-passphrase")).Error);
        Assert.Equal(anchors, await File.ReadAllTextAsync(desk.Path("openvidu-pro.anchors")));
        Assert.Equal(2, desk.OpenHome().VerifiersOf(OfflineLicense.Issuer.Home.KeyRole.Root).Count);
    }

    [Fact]
    public async Task Until_a_quorum_has_signed_nothing_is_issued_that_nobody_could_verify()
    {
        using var desk = await WithRoots();
        Assert.Equal(ExitCode.NotTrusted, (await desk.Issue(IssuerDesk.SmallPlan)).ExitCode);
        await New(desk);
        await desk.Run("trust", "sign", "trust/trust-000001.txt", "--key", "roots/a");
        Assert.Equal(ExitCode.NotTrusted, (await desk.Issue(IssuerDesk.SmallPlan)).ExitCode);
        await desk.Run("trust", "sign", "trust/trust-000001.trust", "--key", "roots/b");
        Assert.Equal("", (await desk.Issue(IssuerDesk.SmallPlan)).Error);
    }

    [Fact]
    public async Task Every_signing_is_recorded_and_a_version_is_signed_with_one_text()
    {
        using var desk = await Complete();
        var signings = desk.Signings().Where(static signing => signing.Kind == "trust").ToList();
        Assert.Equal([("1", "roots/a"), ("1", "roots/b")], signings.Select(static signing => (signing.Subject, signing.SignedBy.Split('/', 2)[1].Split('+')[0])));

        // Another text under the version's number, such as a second draft.
        var other = (await File.ReadAllTextAsync(desk.Path("trust/trust-000001.txt"))).Replace("quorum: 2", "quorum: 1", StringComparison.Ordinal);
        await File.WriteAllTextAsync(desk.Path("other.txt"), other);
        var run = await desk.Run("trust", "sign", "other.txt", "--key", "roots/c");
        Assert.Equal(ExitCode.DoesNotFit, run.ExitCode);
        Assert.False(File.Exists(desk.Path("other.trust")));
    }

    [Fact]
    public async Task A_license_that_is_taken_back_is_told_by_the_dry_run_with_its_date()
    {
        using var desk = await Complete();
        var (good, bad) = (await desk.IssueId(), await desk.IssueId("--licensee", "Beta"));
        Assert.Equal("", (await desk.Run("trust", "new", "--revoke-license", bad)).Error);
        var check = await desk.Run("trust", "check", "trust/trust-000002.txt");
        Assert.Equal(ExitCode.Failure, check.ExitCode);
        Assert.Contains($"Beta: the license {bad} was revoked", check.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(good, check.Output, StringComparison.Ordinal);
        Assert.NotEqual(ExitCode.Ok, (await desk.Run("trust", "new", "--revoke-license", "01JDA7X0R3Q8N5V2K6T9W4M1ZC")).ExitCode);
    }

    [Fact]
    public async Task After_a_theft_the_licenses_on_file_stay_good_and_a_forged_one_does_not()
    {
        using var desk = await Complete();
        var id = await desk.IssueId();
        await desk.Run("key", "new", "licenses/2027", "--role", "license", "--no-passphrase");
        Assert.Equal("", (await desk.Run("trust", "new", "--revoke", "licenses/2026")).Error);
        Assert.Equal(ExitCode.Ok, (await desk.Run("trust", "check", "trust/trust-000002.txt")).ExitCode);
        await desk.Run("trust", "sign", "trust/trust-000002.txt", "--key", "roots/c");
        await desk.Run("trust", "sign", "trust/trust-000002.trust", "--key", "roots/b");

        var trust = desk.OpenHome().ReadTrust();
        var file = await File.ReadAllBytesAsync(desk.Path($"licenses/{id}.lic"));
        var good = SignedLicense.Open(file, trust).License!;
        using var stolen = KeyFile.Read("vendor.example/licenses/2026", await File.ReadAllTextAsync(desk.Path("keys/licenses-2026.key")), "");
        var forged = SignedNote.Sign(good.Text.Replace("cores: 64", "cores: 640", StringComparison.Ordinal), stolen);
        Assert.Equal(ReadingOutcome.Good, SignedLicense.Open(file, trust).Outcome);
        Assert.Equal(ReadingOutcome.Revoked, SignedLicense.Open(forged, trust).Outcome);
        Assert.Empty(good.License.Receipts?.RepliesBy ?? []);
        Assert.Single(trust.ReplyKeysFor(good.License));
    }

    [Fact]
    public async Task A_file_that_is_no_trust_document_is_neither_signed_nor_checked()
    {
        using var desk = await Complete();
        await File.WriteAllTextAsync(desk.Path("bad.txt"), "format: offline-license/trust/v1\nversion: 0\n", Encoding.UTF8);
        foreach (var words in (string[][])[["sign"], ["check"], ["show"]])
            Assert.Equal(ExitCode.Malformed, (await desk.Run(["trust", .. words, "bad.txt"])).ExitCode);
    }

    private static async Task<IssuerDesk> WithRoots()
    {
        var desk = await IssuerDesk.WithHome();
        foreach (var root in (string[])["roots/a", "roots/b", "roots/c"])
            Assert.Equal("", (await desk.Run("key", "new", root, "--role", "root", "--no-passphrase")).Error);
        Assert.Equal("", (await desk.Run("trust", "embed", "--quorum", "2")).Error);
        return desk;
    }

    private static async Task<IssuerDesk> Complete()
    {
        var desk = await WithRoots();
        await New(desk);
        foreach (var (file, root) in ((string, string)[])[("txt", "roots/a"), ("trust", "roots/b")])
            Assert.Equal("", (await desk.Run("trust", "sign", $"trust/trust-000001.{file}", "--key", root)).Error);
        return desk;
    }

    private static async Task New(IssuerDesk desk) => Assert.Equal("", (await desk.Run("trust", "new")).Error);
}
