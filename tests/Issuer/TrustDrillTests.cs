using System.Text.RegularExpressions;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary>
/// What a vendor with roots and its customer type when a key is to change, or is stolen, or lost: both programs, one clock,
/// and a product that runs between. Each begins with a home of three roots, of which two must sign, one license and one
/// trust document, installed.
/// </summary>
public sealed partial class TrustDrillTests
{
    [Theory]
    [InlineData("trust-planned-rotation")]
    [InlineData("trust-stolen-license-key")]
    [InlineData("trust-stolen-reply-key")]
    [InlineData("trust-lost-roots")]
    [InlineData("trust-off-for-years")]
    public async Task A_drill_reads_as_written(string name)
    {
        using var desk = await IssuerDesk.WithHome();
        foreach (var setup in Setup)
            Assert.DoesNotContain("error:", await Line(desk, setup.Split(' ')), StringComparison.Ordinal);
        await Transcript.Check(name, line => Line(desk, line));
    }

    private static readonly string[] Setup =
    [
        "issuer key new roots/a --role root --no-passphrase",
        "issuer key new roots/b --role root --no-passphrase",
        "issuer key new roots/c --role root --no-passphrase",
        "issuer trust embed --quorum 2",
        "issuer trust new",
        "issuer trust sign trust/trust-000001.txt --key roots/a",
        "issuer trust sign trust/trust-000001.trust --key roots/b",
        "issuer issue plans/sample.yaml --licensee Acme --days 3650 --out acme.lic",
        "offline-license install trust/trust-000001.trust acme.lic",
        "product 1h",
    ];

    private static async Task<string> Line(IssuerDesk desk, string[] words)
    {
        if (words is ["product", var time])
            return Product(desk, Duration.Parse(time).Value);
        if (words is ["sleep", var off])
        {
            desk.Time.Advance(Duration.Parse(off).Value);
            return "";
        }

        var run = words[0] == "issuer"
            ? await desk.Run(words[1..])
            : await CommandRun.Of(OperatorProgram.Create, desk.Console(desk.Home), [.. words[1..], "--anchors", "openvidu-pro.anchors", "--licenses", "node/licenses", "--state", "node/state"]);
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        var code = run.ExitCode == ExitCode.Ok ? "" : $"[exit {run.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture)}]\n";
        var text = (run.Output + run.Error).Replace(desk.Home, "/vendor", StringComparison.Ordinal).Replace('\\', '/');
        text = PublicKeys().Replace(text, "KEY");
        text = KeyIds().Replace(VerifierKeys().Replace(text, "+KEY"), "id KEY");
        return Ids().Replace(Hashes().Replace(text, "SHA256"), "ID") + code;
    }

    // A product that is started, runs so long, and is stopped.
    private static string Product(IssuerDesk desk, TimeSpan time)
    {
        using var node = Node.Open(new NodeOptions
        {
            Product = IssuerDesk.Product,
            Trust = TrustAnchors.Parse(File.ReadAllText(desk.Path("openvidu-pro.anchors"))).ToTrust(),
            LicenseFolder = desk.Path("node/licenses"),
            StateFolder = desk.Path("node/state"),
            TimeProvider = desk.Time,
            LookEvery = TimeSpan.FromHours(1),
            Machine = new MachineId(new string('a', 32)),
            ReadVariable = static _ => null,
        });
        var may = node.TryBegin(4, out var usage, out var why);
        desk.Time.Advance(time);
        usage?.Dispose();
        return $"ran for {Words.Length(time)}: {(may ? "work began" : $"new work was refused, {why!.Code}")}, {node.Verdict.State} at the end\n";
    }

    [GeneratedRegex("key id [0-9a-f]{8}, Ed25519 public key [0-9a-f]{64}", RegexOptions.None, 1000)]
    private static partial Regex PublicKeys();

    [GeneratedRegex(@"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", RegexOptions.None, 1000)]
    private static partial Regex VerifierKeys();

    [GeneratedRegex(@"\bid [0-9a-f]{8}\b", RegexOptions.None, 1000)]
    private static partial Regex KeyIds();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b", RegexOptions.None, 1000)]
    private static partial Regex Hashes();

    [GeneratedRegex(@"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b", RegexOptions.None, 1000)]
    private static partial Regex Ids();
}
