using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Formats;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Trusts;

/// <summary>The text of a trust document: one spelling, and nothing in it that a later reader could take otherwise.</summary>
public sealed class TrustFormatTests
{
    private static readonly string Text = TrustFormat.Print(Examples.Trust);

    [Fact]
    public void What_is_printed_is_read_back_to_the_same()
    {
        Assert.Equal(Examples.Trust, TrustFormat.Parse(Text));
        Assert.Equal(TrustVendor.First, TrustFormat.Parse(TrustFormat.Print(TrustVendor.First)));
        var onlyLicenses = TrustVendor.First with { RevokedLicenses = [Licenses.Id(1), Licenses.Id(2)] };
        Assert.Equal(onlyLicenses, TrustFormat.Parse(TrustFormat.Print(onlyLicenses)));
        var bare = TrustVendor.First with { Keys = [], Version = Limits.Number };
        Assert.Equal(bare, TrustFormat.Parse(TrustFormat.Print(bare)));
    }

    public static TheoryData<int> Lines => [.. Enumerable.Range(1, Text.Count(static c => c == '\n'))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_that_is_missing_twice_there_or_spelled_otherwise_never_reads_as_the_same(int line)
    {
        var lines = Text.Split('\n');
        string[] changed =
        [
            string.Join('\n', lines.Where((_, i) => i != line - 1)),
            string.Join('\n', lines.SelectMany((text, i) => i == line - 1 ? [text, text] : (string[])[text])),
            .. ((string[])[" {0}", "{0} ", "{0} # why", "{0}\r", "\n{0}", "\t{0}"]).Select(layout => string.Join('\n',
                lines.Select((text, i) => i == line - 1 ? layout.Replace("{0}", text, StringComparison.Ordinal) : text))),
        ];
        foreach (var text in changed)
        {
            try
            {
                Assert.NotEqual(Examples.Trust, TrustFormat.Parse(text));
                Assert.Equal(text, TrustFormat.Print(TrustFormat.Parse(text)));
            }
            catch (DocumentFormatException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory]
    [InlineData("version: 3", "version: 0", "'version' is no whole number from 1")]
    [InlineData("version: 3", "version: 03", "'version' is no whole number")]
    [InlineData("version: 3", "version: 9007199254740992", "'version' is no whole number")]
    [InlineData("quorum: 2", "quorum: 0", "'quorum' is no whole number from 1 to 16")]
    [InlineData("quorum: 2", "quorum: 3", "'quorum' is more than there are roots")]
    [InlineData("issued: 2026-11-22T10:00:00Z", "issued: 2026-11-22", "'issued' is no time")]
    [InlineData("role: reply", "role: root", "'keys.role' is none of license, reply")]
    [InlineData("until: 2028-01-01T00:00:00Z", "until: 2026-01-01T00:00:00Z", "'keys.until' is not later than 'from'")]
    [InlineData("    - 01JC", "    - 81JC", "'revoked.licenses' is no ULID")]
    [InlineData("9f86d081884c", "9F86D081884C", "no SHA-256 in lower-case hexadecimal")]
    [InlineData("        - 9f86d081884c", "        - ff86d081884c", "'revoked.keys.stays-good' is not in ordinal order")]
    [InlineData("role: reply", "role: reply\n    colour: blue", "unknown key 'keys.colour'")]
    public void A_wrong_value_is_told_by_its_name(string old, string changed, string reason)
    {
        Assert.Contains(old, Text, StringComparison.Ordinal);
        var exception = Assert.Throws<DocumentFormatException>(() => TrustFormat.Parse(Text.Replace(old, changed, StringComparison.Ordinal)));
        Assert.Contains(reason, exception.Reason, StringComparison.Ordinal);
        Assert.Equal(reason.StartsWith("unknown key", StringComparison.Ordinal), exception.NeedsNewerVersion);
    }

    [Fact]
    public void A_later_version_of_the_format_needs_a_newer_product() =>
        Assert.True(Assert.Throws<DocumentFormatException>(
            () => TrustFormat.Parse(Text.Replace("trust/v1", "trust/v2", StringComparison.Ordinal))).NeedsNewerVersion);

    [Fact]
    public void A_public_key_stands_in_one_place_under_whatever_name()
    {
        var renamed = TrustVendor.A.WithName("vendor.example/licenses/renamed");
        var first = TrustVendor.First;
        Refused(first with { Keys = [.. first.Keys, TrustVendor.Signs(renamed)] });
        Refused(first with { Keys = [.. first.Keys, TrustVendor.Signs(Licenses.Key.WithName("vendor.example/replies/renamed"), TrustedRole.Reply)] });
        Refused(first with { RevokedKeys = [new RevokedKey { Key = Licenses.Key.VerifierKey }] });
        Refused(first with { Roots = [.. first.Roots, renamed.VerifierKey] });
    }

    [Fact]
    public void A_key_for_which_anybody_could_sign_is_refused()
    {
        // The neutral element, under its right id: well spelled, and of order 1.
        var id = System.Security.Cryptography.SHA256.HashData([.. Encoding.UTF8.GetBytes("vendor.example/roots/small\n"), 1, 1, .. new byte[31]])[..4];
        var line = $"vendor.example/roots/small+{Convert.ToHexStringLower(id)}+{Convert.ToBase64String([1, 1, .. new byte[31]])}";
        var text = TrustFormat.Print(TrustVendor.First).Replace(TrustVendor.C.VerifierKey.ToString(), line, StringComparison.Ordinal);
        Assert.Contains("prime order", Assert.Throws<DocumentFormatException>(() => TrustFormat.Parse(text)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_of_eight_hundred_licenses_that_stay_good_fits_its_bound()
    {
        var names = Enumerable.Range(0, 800).Select(static i => TrustDocument.NameOf(BitConverter.GetBytes(i))).Order(StringComparer.Ordinal).ToArray();
        var document = TrustVendor.WithoutStolenKey() with { RevokedKeys = [new RevokedKey { Key = Licenses.Key.VerifierKey, StaysGood = names }] };
        Assert.Equal(document, TrustVendor.Product.Open(TrustVendor.Sign(document)).Document);
    }

    private static void Refused(TrustDocument document) => Assert.Contains(
        "a public key has one role", Assert.Throws<DocumentFormatException>(() => TrustFormat.Parse(TrustFormat.Print(document))).Reason, StringComparison.Ordinal);
}
