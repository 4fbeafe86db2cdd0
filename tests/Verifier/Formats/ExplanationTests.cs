using System.IO.Compression;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Explanations;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Formats;

public sealed class ExplanationTests
{
    private static readonly KnownKeys Trusted = new([TestKeys.License.VerifierKey], [TestKeys.Reply.VerifierKey]);

    [Fact]
    public void Every_field_of_a_license_is_told_in_words()
    {
        var explanation = Explanation.Of(Examples.Sign(Examples.License), "acme.lic", Trusted);
        Assert.Equal("license", explanation.Kind);
        Assert.True(explanation.IsVerified);
        var text = Told(explanation);
        string[] told =
        [
            "file: acme.lic", Examples.LicenseId, "01JC0000000000000000000000", "openvidu-pro", "Acme Telemedicine", "purpose: production",
            "issued: 2026-11-22 10:00:00 UTC", "term begins: 2026-11-22", "term ends: 2027-11-22", "made before 2027-11-22",
            "14 days, and 1 day more for each full 30 days that the node has run licensed, 60 days at most",
            "64 cores in use at one moment, over all nodes", "1,051,200 node-minutes", "33,638,400 core-minutes", "16 cores in use at one moment, on each node alone",
            "minutes count in the whole term", "overage: grace", "enforced", "one every 5 minutes", "at least every 90 days", TestKeys.Reply.VerifierKey.ToString(),
            "version 3 or later", "number 7 or later", TestKeys.InstallationName, "feature recording: true", "hint region: eu", "note order: A-1027",
            "vendor.example/licenses/2026, key id 72d5b744",
        ];
        Assert.All(told, field => Assert.Contains(field, text, StringComparison.Ordinal));
        Assert.Equal("this file contains nothing else", explanation.Lines[^1].Text);
    }

    [Fact]
    public void What_a_license_does_not_say_is_told_as_what_holds()
    {
        var text = Told(Explanation.Of(Examples.Sign(Examples.SmallestLicense), "small.lic", Trusted));
        string[] told =
        [
            "purpose: production (the file does not say)", "term ends: never", "builds: any", "grace: 14 days, from the term's end",
            "quota: none", "receipts: one every 5 minutes that the product is open (the file does not say)", "no duty to export", "installations: any",
        ];
        Assert.All(told, field => Assert.Contains(field, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_other_kind_is_told_too()
    {
        var request = InstallationRequest.Sign("openvidu-pro", TestKeys.Installation);
        Check("reply", true, Examples.Reply.Sign(TestKeys.Reply), "7; a node takes no lower", "24 h 0 min of nodes (86,400 node-seconds)", "192 h 0 min of cores (691,200 core-seconds)", "first 4 receipts");
        Check("time reset", true, Examples.Reset.Sign(TestKeys.License), Examples.Reset.Id, "same 4 receipts", "2026-12-01 08:00:00 UTC", Examples.Reset.Ledgers[0].Root);
        Check("installation request", true, request, TestKeys.InstallationName, "openvidu-pro");
        Check("trust anchors", false, Encoding.UTF8.GetBytes(TrustAnchors.Print(Examples.Anchors)), "vendor.example/licenses/2027");
        Check("verifier key", false, Encoding.UTF8.GetBytes($"{TestKeys.License.VerifierKey}\n"), "72d5b744", Convert.ToHexStringLower(TestKeys.License.VerifierKey.PublicKey));

        static void Check(string kind, bool isVerified, byte[] file, params string[] told)
        {
            var explanation = Explanation.Of(file, "a file", Trusted);
            Assert.Equal((kind, isVerified), (explanation.Kind, explanation.IsVerified));
            Assert.All(told, field => Assert.Contains(field, Told(explanation), StringComparison.Ordinal));
            Assert.Equal("this file contains nothing else", explanation.Lines[^1].Text);
        }
    }

    [Fact]
    public void A_file_by_a_stranger_is_told_and_said_to_be_not_verified()
    {
        var explanation = Explanation.Of(SignedNote.Sign(LicenseFormat.Print(Examples.License), TestKeys.OtherLicense), "a", Trusted);
        Assert.False(explanation.IsVerified);
        Assert.Contains("vendor.example/licenses/2027", explanation.NotVerifiedReason, StringComparison.Ordinal);
        Assert.Contains("Acme Telemedicine", Told(explanation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a license of tomorrow\n", "unknown")]
    [InlineData("format: offline-license/license/v2\n", "license")]
    [InlineData("offline-license/reply/v1\nproduct x\n", "reply")]
    public void What_is_not_understood_is_not_said_to_be_all(string text, string kind)
    {
        var explanation = Explanation.Of(SignedNote.Sign(text, TestKeys.License), "a", Trusted);
        Assert.Equal(kind, explanation.Kind);
        Assert.False(explanation.IsVerified);
        Assert.Equal("not understood", explanation.Lines[^1].Label);
    }

    [Fact]
    public void Receipts_are_told_by_ledger_and_hide_no_word()
    {
        var file = ReceiptsFile(Usage);
        foreach (var mailed in (byte[][])[file, Gzipped(file), [.. file, .. ReceiptsFile()]])
        {
            var explanation = Explanation.Of(mailed, "november.receipts", KnownKeys.None);
            Assert.Equal(("receipts", "", true), (explanation.Kind, explanation.NotVerifiedReason, explanation.IsVerified));
            var text = Told(explanation);
            string[] told =
            [
                TestKeys.LedgerName, "2 receipts from number 0 on, from 2026-11-22 10:00:00 UTC to 2026-11-22 11:00:00 UTC",
                "1 of kind start", "1 of kind usage", $"holds the words: {Examples.LicenseId}", "holds the words: Licensed", "meter: 0 h 50 min", "3 h 20 min of cores",
            ];
            Assert.All(told, field => Assert.Contains(field, text, StringComparison.Ordinal));
            Assert.Equal("this file contains nothing else", explanation.Lines[^1].Text);
        }
    }

    [Fact]
    public void Damaged_receipts_are_told_up_to_the_damage_and_behind_it()
    {
        var file = ReceiptsFile(Usage);
        var text = Encoding.UTF8.GetString(file).Replace("\"cores\":8", "\"cores\":9", StringComparison.Ordinal) + Encoding.UTF8.GetString(ReceiptsFile());
        var explanation = Explanation.Of(Encoding.UTF8.GetBytes(text), "november.receipts", KnownKeys.None);
        Assert.False(explanation.IsVerified);
        Assert.Contains(explanation.Lines, static line => line.Label == "not understood");
        Assert.Contains("1 receipt from number 0 on", Told(explanation), StringComparison.Ordinal);
        Assert.DoesNotContain("nothing else", Told(explanation), StringComparison.Ordinal);
    }

    [Fact]
    public void Receipts_of_a_later_version_are_not_said_to_be_all_told()
    {
        var explanation = Explanation.Of(ReceiptsFile(new UnknownReceipt("tale", ",\"host\":\"db1\"}") { At = At }), "a", KnownKeys.None);
        Assert.True(explanation.IsVerified);
        Assert.DoesNotContain("nothing else", Told(explanation), StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_is_named_and_never_shown()
    {
        var plain = KeyFile.WriteUnencrypted(TestKeys.License);
        var text = Told(Explanation.Of(Encoding.UTF8.GetBytes(plain), "license.pem", Trusted));
        Assert.Contains("a private key, not encrypted", text, StringComparison.Ordinal);
        Assert.DoesNotContain(plain.Split('\n')[1], text, StringComparison.Ordinal);
        text = Told(Explanation.Of("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"u8.ToArray(), "license.pem", Trusted));
        Assert.Contains("a private key, encrypted", text, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_steers_a_terminal_comes_through()
    {
        var text = Told(Explanation.Of(Examples.Sign(Examples.UnicodeLicense), "\u001b[31m.lic", Trusted));
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202E', text);
        Assert.Contains("file: \\u{001B}[31m.lic", text, StringComparison.Ordinal);
        Assert.Contains("note delta: \\u{202E}right to left\\u{202C}", text, StringComparison.Ordinal);
        Assert.Contains("licensee: Ünïtéd “Ärzte” 東京 😀", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_get_an_explanation()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 2_000; i++)
        {
            var file = i % 2 == 0 ? Examples.Sign(Examples.UnicodeLicense) : new byte[1 + random.Next(200)];
            random.NextBytes(file.AsSpan(random.Next(file.Length)));
            Assert.False(Explanation.Of(file, "seed 20261122", Trusted).IsVerified);
        }
    }

    private static DateTimeOffset At { get; } = Examples.At("2026-11-22T10:00:00Z");

    private static UsageReceipt Usage { get; } = new()
    {
        At = At.AddHours(1),
        From = At,
        License = Examples.LicenseId,
        State = LicenseState.Licensed,
        Since = At,
        OpenSeconds = 3_600,
        Cores = 8,
        Seconds = 3_000,
        CoreSeconds = 12_000,
        TotalSeconds = 3_000,
        TotalCoreSeconds = 12_000,
        LicensedSeconds = 3_600,
        GraceSeconds = 0,
    };

    private static byte[] ReceiptsFile(params Receipt[] receipts)
    {
        var key = TestKeys.Installation.WithName(TestKeys.LedgerName);
        var group = new LedgerGroup(first: 0);
        group.Add([new StartReceipt { At = At, Clean = 1 }, .. receipts]);
        return [.. Encoding.UTF8.GetBytes(LedgerHead.After(new MerkleTree(), key.VerifierKey).Print()), .. group.Seal(new MerkleTree(), key)];
    }

    private static byte[] Gzipped(byte[] file)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(file);
        return stream.ToArray();
    }

    private static string Told(Explanation explanation) =>
        string.Join('\n', explanation.Lines.Select(static line => $"{line.Label}: {line.Text}"));

    [Fact]
    public void A_key_of_another_role_is_as_good_as_an_unknown_one()
    {
        Assert.False(Explanation.Of(SignedNote.Sign(LicenseFormat.Print(Examples.License), TestKeys.Reply), "a", Trusted).IsVerified);
        Assert.False(Explanation.Of(Examples.Reply.Sign(TestKeys.License), "a", Trusted).IsVerified);
        Assert.False(Explanation.Of(Examples.Reset.Sign(TestKeys.Reply), "a", Trusted).IsVerified);
    }

    [Fact]
    public void A_license_whose_replies_would_be_signed_by_a_license_key_is_not_called_good()
    {
        var twoRoles = Examples.License with
        {
            Receipts = new LicenseReceipts { RepliesBy = [TestKeys.License.VerifierKey.ToString()] },
        };
        var explained = Explanation.Of(SignedNote.Sign(LicenseFormat.Print(twoRoles), TestKeys.License), "a", Trusted);
        Assert.Contains("no node takes it", explained.NotVerifiedReason, StringComparison.Ordinal);
    }
}
