using System.Diagnostics;
using System.Text.Json;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Home;

public sealed class KeyTests
{
    [Fact]
    public async Task A_new_license_key_is_trusted_at_once_and_signs_when_asked()
    {
        using var desk = await IssuerDesk.WithHome();
        File.AppendAllText(desk.Path("issuer.yaml"), "# a remark that stays\n");
        var run = await desk.Run("key", "new", "licenses/2027", "--role", "license", "--no-passphrase");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var home = desk.OpenHome();
        Assert.Equal(
            ["vendor.example/licenses/2026", "vendor.example/licenses/2027"],
            home.VerifiersOf(KeyRole.License).Select(static key => key.Name));
        Assert.Equal(home.VerifiersOf(KeyRole.License), home.ReadAnchors().LicenseKeys);
        Assert.Contains("    - keys/licenses-2026.key\n    - keys/licenses-2027.key\n", File.ReadAllText(desk.Path("issuer.yaml")), StringComparison.Ordinal);
        Assert.EndsWith("# a remark that stays\n", File.ReadAllText(desk.Path("issuer.yaml")), StringComparison.Ordinal);
        await desk.IssueId("--licensee", "First");
        await desk.IssueId("--licensee", "Second", "--key", "licenses/2027");
        Assert.Equal(
            ["vendor.example/licenses/2026", "vendor.example/licenses/2027"],
            desk.Signings().ConvertAll(static signing => signing.SignedBy.Split('+')[0]));
    }

    [Fact]
    public async Task Show_prints_public_lines_and_never_a_secret()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await desk.Run("key", "show");
        var home = desk.OpenHome();
        Assert.Equal(
            $"{home.Keys[0].Verifier}\nrole  license, signs\nfile  keys/licenses-2026.key\n\n"
            + $"{home.Keys[1].Verifier}\nrole  reply, signs\nfile  keys/replies-2026.key\n", run.Output);
        File.Delete(home.Keys[0].Path);
        run = await desk.Run("key", "show", "licenses/2026", "--json");
        var key = JsonDocument.Parse(run.Output).RootElement.GetProperty("keys")[0];
        Assert.Equal((home.Keys[0].Verifier.ToString(), "license", false),
            (key.GetProperty("verifierKey").GetString(), key.GetProperty("role").GetString(), key.GetProperty("isHere").GetBoolean()));
    }

    [Theory]
    [InlineData("key new licenses/2026 --role license --no-passphrase", "error: the key vendor.example/licenses/2026 exists; a key is never overwritten")]
    [InlineData("key new licenses-2026 --role license --no-passphrase", "error: the key vendor.example/licenses-2026 exists; a key is never overwritten")]
    [InlineData("key new ../x --role license --no-passphrase", "error: '..' in the key's name is not 1 to 63 of a-z 0-9 . - that begin with a letter or digit")]
    [InlineData("key new x --role boss --no-passphrase", "error: argument 'boss' not recognized")]
    [InlineData("key new x --no-passphrase", "error: option '--role' is required")]
    [InlineData("key new x --role license", "error: no passphrase is given, and nobody is at a terminal to ask")]
    [InlineData("key new x --role license --passphrase-file empty", "error: the first line of the passphrase file 'empty' is empty")]
    [InlineData("key new x --role license --passphrase-file none", "error: cannot read '")]
    [InlineData("key new x --role license --no-passphrase --from plan.pem", "error: plan.pem: the file holds no PEM key")]
    [InlineData("key new x --role reply --no-passphrase --from keys/licenses-2026.key",
        "error: keys/licenses-2026.key and keys/x.key are one key; a public key has one role and one file")]
    [InlineData("key show nobody", "error: no key is named 'nobody'")]
    public async Task A_key_that_cannot_be_made_leaves_the_home_as_it_was(string line, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("empty"), "\n");
        File.WriteAllText(desk.Path("plan.pem"), "licensee: Acme\n");
        var before = desk.Everything();
        var run = await desk.Run(line.Split(' '));
        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith(error, run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task A_person_types_a_new_passphrase_twice()
    {
        using var desk = await IssuerDesk.WithHome();
        var before = desk.Everything();
        var run = await desk.RunAnswering(["horse", "house"], "key", "new", "x", "--role", "license");
        Assert.Equal("error: the two passphrases differ; no key was made\nhint: try again\n", run.Error);
        Assert.Equal(before, desk.Everything());
        run = await desk.RunAnswering(["horse", "horse"], "key", "new", "x", "--role", "license");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        run = await desk.RunAnswering(["house"], "issue", "plan.yaml", "--key", "x");
        Assert.Equal("error: keys/x.key: the passphrase does not open the key file\n", run.Error);
        run = await desk.RunAnswering(["horse"], "issue", "plan.yaml", "--key", "x");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_list_of_keys_in_one_line_is_for_a_person_to_change()
    {
        using var desk = await IssuerDesk.WithHome();
        var settings = File.ReadAllText(desk.Path("issuer.yaml"))
            .Replace("  license:\n    - keys/licenses-2026.key\n", "  license: [keys/licenses-2026.key]\n", StringComparison.Ordinal);
        File.WriteAllText(desk.Path("issuer.yaml"), settings);
        var before = desk.Everything();
        var run = await desk.Run("key", "new", "x", "--role", "license", "--no-passphrase");
        Assert.Equal((ExitCode.Malformed,
            "error: line 9 of issuer.yaml: no line can be added to the list 'keys.license'; write it with one '- FILE' a line\n"), (run.ExitCode, run.Error));
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task One_public_key_in_two_roles_opens_no_home()
    {
        using var desk = await IssuerDesk.WithHome();
        var reply = File.ReadAllText(desk.Path("keys/licenses-2026.pub"));
        File.WriteAllText(desk.Path("keys/replies-2026.pub"), reply);
        var run = await desk.Run("list");
        Assert.Equal(ExitCode.Malformed, run.ExitCode);
        Assert.StartsWith("error: keys/licenses-2026.key and keys/replies-2026.key are one key", run.Error, StringComparison.Ordinal);
    }

    [ToolFact("openssl")]
    public async Task A_key_made_by_OpenSSL_signs_a_license()
    {
        using var desk = await IssuerDesk.WithHome();
        using (var openssl = Process.Start(new ProcessStartInfo("openssl", ["genpkey", "-algorithm", "ed25519", "-out", desk.Path("own.pem")])))
            await openssl!.WaitForExitAsync();
        var run = await desk.Run("key", "new", "own", "--role", "license", "--from", "own.pem", "--no-passphrase");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var id = await desk.IssueId("--key", "own");
        var reading = SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{id}.lic")), desk.OpenHome().ReadAnchors().ToTrust());
        Assert.Equal("vendor.example/own", reading.License!.SignedBy.Name);
    }
}
