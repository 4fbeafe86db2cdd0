using System.Diagnostics;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Home;

/// <summary>Keys that lie in no file of the home: programs sign with them, and are believed nothing.</summary>
public sealed class SignerTests
{
    private const string OpenSslSigns = "openssl pkeyutl -sign -rawin -inkey \"$KEY\" -in /dev/stdin";

    // Where the distributions put it.
    private static readonly string[] s_modules =
    [
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
    ];

    [ToolFact("openssl")]
    public async Task A_key_that_never_lies_in_the_home_signs_by_the_program_that_holds_it()
    {
        using var desk = await IssuerDesk.WithHome();
        var pem = await Adopt(desk);
        Assert.False(File.Exists(desk.OpenHome().KeyOf(KeyRole.License, "licenses/2027").Path));

        var program = OpenSslSigns.Replace("$KEY", pem, StringComparison.Ordinal);
        await desk.IssueId("--licensee", "First", "--key", "licenses/2027", "--signer", program);
        await desk.IssueId("--licensee", "Second", "--key", "licenses/2027", "--signer", $"{program} | base64");
        Assert.All(desk.Signings(), static signing => Assert.StartsWith("vendor.example/licenses/2027+", signing.SignedBy, StringComparison.Ordinal));
    }

    [ToolFact("openssl")]
    public async Task One_program_serves_all_keys_by_the_name_that_stands_in_its_environment()
    {
        using var desk = await IssuerDesk.WithHome();
        var pem = await Adopt(desk);
        File.Copy(pem, desk.Path("vendor.example-licenses-2027.pem"));
        var program = $"cd '{desk.Home}' && KEY=$(echo $OFFLINE_LICENSE_KEY | tr / -).pem && {OpenSslSigns}";
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        var run = await desk.RunWithVariable(SignerSource.Variable, program, "issue", "plan.yaml", "--key", "licenses/2027");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        run = await desk.RunWithVariable(SignerSource.Variable, program, "issue", "plan.yaml", "--licensee", "Second");
        Assert.Equal(ExitCode.NotTrusted, run.ExitCode);
    }

    [ToolFact("softhsm2-util pkcs11-tool")]
    public async Task A_hardware_module_signs_through_PKCS_11()
    {
        using var desk = await IssuerDesk.WithHome();
        Directory.CreateDirectory(desk.Path("tokens"));
        File.WriteAllText(desk.Path("softhsm.conf"), $"directories.tokendir = {desk.Path("tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n");
        var tool = $"SOFTHSM2_CONF='{desk.Path("softhsm.conf")}' pkcs11-tool --module {SoftHsm()} --token-label vendor --pin 5678";
        Shell(desk.Home, $"SOFTHSM2_CONF='{desk.Path("softhsm.conf")}' softhsm2-util --init-token --free --label vendor --so-pin 1234 --pin 5678");
        Shell(desk.Home, $"{tool} --login --keypairgen --key-type EC:edwards25519 --label licenses --id 01");
        Shell(desk.Home, $"{tool} --read-object --type pubkey --id 01 -o module.pem");

        var run = await desk.Run("key", "new", "licenses/2027", "--role", "license", "--public", "module.pem");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        await desk.IssueId("--key", "licenses/2027", "--signer", $"{tool} --login --sign --mechanism EDDSA --id 01");
        Assert.StartsWith("vendor.example/licenses/2027+", desk.Signings()[^1].SignedBy, StringComparison.Ordinal);
    }

    [ToolTheory("openssl")]
    [InlineData("false", "error: the signer 'false' failed with exit code 1")]
    [InlineData("true", "error: the signer answered with 0 bytes that are no signature")]
    [InlineData("head -c 63 /dev/zero", "error: the signer answered with 63 bytes that are no signature")]
    [InlineData("head -c 64 /dev/zero", "error: what the signer answered is no signature of vendor.example/licenses/2026 over these bytes")]
    [InlineData("yes", "error: the signer answered with 1,024 bytes that are no signature")]
    [InlineData("no-such-program 2>/dev/null", "error: the signer 'no-such-program 2>/dev/null' failed with exit code 127")]
    [InlineData("{ cat; echo more; } | openssl pkeyutl -sign -rawin -inkey keys/licenses-2026.key -in /dev/stdin 2>/dev/null", "error: the signer")]
    public async Task What_a_program_answers_is_verified_and_else_nothing_is_signed_or_recorded(string program, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        var before = desk.Everything();
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        var run = await desk.Run("issue", "plan.yaml", "--signer", program);
        Assert.Equal(ExitCode.NotTrusted, run.ExitCode);
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        File.Delete(desk.Path("plan.yaml"));
        Assert.Equal(before, desk.Everything());
    }

    [Theory]
    [InlineData("key new x --role license --public plan.pem", "error: plan.pem: the file holds no PEM key")]
    [InlineData("key new x --role license --public keys/licenses-2026.key", "error: keys/licenses-2026.key: the file holds 'PRIVATE KEY', not a public key")]
    [InlineData("key new x --role license --public weak.pem", "error: weak.pem: the file's public key is one with which anybody can sign")]
    [InlineData("key new x --role license --public curve.pem", "error: curve.pem: the file's public key is none of Ed25519")]
    [InlineData("key new x --role license --public weak.pem --from weak.pem", "error: '--public' and '--from' contradict each other")]
    public async Task A_public_key_that_is_none_leaves_the_home_as_it_was(string line, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("plan.pem"), "licensee: Acme\n");
        File.WriteAllText(desk.Path("weak.pem"), Pem([0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00, 1, .. new byte[31]]));
        File.WriteAllText(desk.Path("curve.pem"), Pem([0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x6E, 0x03, 0x21, 0x00, 9, .. new byte[31]]));
        var before = desk.Everything();
        var run = await desk.Run(line.Split(' '));
        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task A_passphrase_changes_and_the_key_stays()
    {
        using var desk = await IssuerDesk.WithHome();
        var key = desk.OpenHome().KeyOf(KeyRole.License);
        Assert.Equal(ExitCode.Ok, (await desk.RunAnswering(["horse", "horse"], "key", "passphrase", "licenses/2026")).ExitCode);
        Assert.True(KeyFile.IsEncrypted(File.ReadAllText(key.Path)));
        KeyFile.CheckCustody(key.Path);
        File.WriteAllText(desk.Path("horse"), "horse\n");
        File.WriteAllText(desk.Path("house"), "house\n");
        Assert.Equal(ExitCode.Ok, (await desk.Run("key", "passphrase", "licenses/2026", "--old-passphrase-file", "horse", "--passphrase-file", "house")).ExitCode);
        using var opened = KeyFile.Read(key.Verifier.Name, File.ReadAllText(key.Path), "house");
        Assert.Equal(key.Verifier, opened.VerifierKey);
        Assert.Equal(["keys"], Directory.GetFiles(desk.Home, "*.tmp", SearchOption.AllDirectories).DefaultIfEmpty("keys"));
    }

    [Theory]
    [InlineData("horse", "house", "mouse", "error: the two passphrases differ; the key's stays what it was")]
    [InlineData("mouse", "house", "house", "error: keys/licenses-2026.key: ")]
    [InlineData("horse", "", "", "error: the passphrase is empty")]
    public async Task A_passphrase_that_is_mistyped_changes_nothing(string old, string first, string second, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        await desk.RunAnswering(["horse", "horse"], "key", "passphrase", "licenses/2026");
        var before = desk.Everything();
        var run = await desk.RunAnswering([old, first, second], "key", "passphrase", "licenses/2026");
        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, desk.Everything());
    }

    // A key that OpenSSL made and keeps: its public half joins the home.
    private static async Task<string> Adopt(IssuerDesk desk)
    {
        Shell(desk.Home, "openssl genpkey -algorithm ed25519 -out outside.pem && openssl pkey -in outside.pem -pubout -out public.pem");
        var run = await desk.Run("key", "new", "licenses/2027", "--role", "license", "--public", "public.pem");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return desk.Path("outside.pem");
    }

    private static string Pem(byte[] encoded) => $"-----BEGIN PUBLIC KEY-----\n{Convert.ToBase64String(encoded)}\n-----END PUBLIC KEY-----\n";

    private static string SoftHsm() => s_modules.First(File.Exists);

    private static void Shell(string folder, string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{line}\n{said}");
    }
}
