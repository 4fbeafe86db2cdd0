using System.Runtime.CompilerServices;
using System.Text;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Formats;

/// <summary>
/// The examples in <c>tests/Vectors/licenses</c>, which the README quotes. After a change of a format that is meant,
/// <c>OFFLINE_LICENSE_ACCEPT=1 dotnet test --filter FullyQualifiedName~VectorTests</c> writes them anew.
/// </summary>
public sealed class VectorTests
{
    private static readonly string Root = RootOf();

    public static TheoryData<string> Files => ["example.lic", "smallest.lic", "unicode.lic", "example.reply", "example.reset", "example.request", "example.anchors", "example.trust", "rooted.anchors"];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_vector_is_what_the_fixed_keys_sign(string file)
    {
        var path = Path.Combine(Root, "tests", "Vectors", "licenses", file);
        var made = Make(file);
        if (Environment.GetEnvironmentVariable("OFFLINE_LICENSE_ACCEPT") == "1") File.WriteAllBytes(path, made);
        Assert.Equal(Encoding.UTF8.GetString(made), File.ReadAllText(path));
    }

    [Theory]
    [InlineData("example.lic")]
    [InlineData("example.reply")]
    [InlineData("example.reset")]
    [InlineData("example.request")]
    [InlineData("example.anchors")]
    [InlineData("example.trust")]
    [InlineData("rooted.anchors")]
    public void The_README_shows_each_example_byte_for_byte(string file)
    {
        var readme = File.ReadAllText(Path.Combine(Root, "verifier", "README.md"));
        Assert.Contains($"```\n{Encoding.UTF8.GetString(Make(file))}```\n", readme, StringComparison.Ordinal);
    }

    private static byte[] Make(string file) => file switch
    {
        "example.lic" => Examples.Sign(Examples.License),
        "smallest.lic" => Examples.Sign(Examples.SmallestLicense),
        "unicode.lic" => Examples.Sign(Examples.UnicodeLicense),
        "example.reply" => Examples.Reply.Sign(TestKeys.Reply),
        "example.reset" => Examples.Reset.Sign(TestKeys.License),
        "example.request" => InstallationRequest.Sign("openvidu-pro", TestKeys.Installation),
        "example.trust" => OfflineLicense.Keys.SignedNote.Sign(TrustFormat.Print(Examples.Trust), TestKeys.RootA, TestKeys.RootB),
        "rooted.anchors" => Encoding.UTF8.GetBytes(TrustAnchors.Print(Examples.RootedAnchors)),
        "example.anchors" => Encoding.UTF8.GetBytes(TrustAnchors.Print(Examples.Anchors)),
        _ => throw new ArgumentException($"no vector is called {file}", nameof(file)),
    };

    // This file lies three folders below the repository's root.
    private static string RootOf([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
