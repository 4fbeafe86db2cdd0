using System.Text;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

/// <summary>The examples in <c>keys/README.md</c> are what the code makes, byte for byte.</summary>
public sealed class ReadmeTests
{
    private const string Text = "format: offline-license/license/v1\nlicensee: Zürich Telemedicine\nfeatures:\n  recording: \"true\"\n";

    private static readonly SigningKey s_key =
        SigningKey.Import("vendor.example/licenses/2026", Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    public static TheoryData<string> Examples
    {
        get
        {
            var note = SignedNote.Sign(Text, s_key);
            var installation = InstallationName.Of(s_key.VerifierKey.PublicKey);
            return
            [
                Encoding.UTF8.GetString(note),
                $"{s_key.VerifierKey}\n",
                KeyFile.WriteUnencrypted(s_key),
                Encoding.UTF8.GetString(Armor.Wrap(note)),
                $"{installation}\n{InstallationName.OfLedger(installation, "hello worl"u8)}\n",
            ];
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_of_the_readme_is_what_the_code_makes(string example)
    {
        var readme = File.ReadAllText(Path.Combine(VectorFile.RepositoryFolder, "keys", "README.md"));
        Assert.Contains($"\n```\n{example}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_text_is_canonical_YAML() => Assert.NotNull(CanonicalYaml.Read(Text));

    [Fact]
    public void Every_file_that_the_readme_names_is_there()
    {
        var readme = File.ReadAllText(Path.Combine(VectorFile.RepositoryFolder, "keys", "README.md"));
        foreach (var word in readme.Split('`').Where(word => word.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var path = word.Contains('/', StringComparison.Ordinal) ? word : "keys/" + word;
            Assert.True(File.Exists(Path.Combine(VectorFile.RepositoryFolder, path)), path);
        }
    }
}
