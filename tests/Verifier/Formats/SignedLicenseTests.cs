using System.Globalization;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Formats;

public sealed class SignedLicenseTests
{
    private static readonly byte[] File = Examples.Sign(Examples.License);
    private static readonly byte[] UnicodeFile = Examples.Sign(Examples.UnicodeLicense);

    [Fact]
    public void A_license_by_a_trusted_key_opens_with_the_text_that_was_signed()
    {
        var license = Good(File);
        Assert.Equal(Examples.License, license.License);
        Assert.Equal(LicenseFormat.Print(Examples.License), license.Text);
        Assert.Equal(Encoding.UTF8.GetBytes(license.Text), license.TextBytes);
        Assert.Equal(TestKeys.License.VerifierKey, license.SignedBy);
    }

    [Fact]
    public void A_licensee_of_any_script_keeps_every_character() =>
        Assert.Equal("Ünïtéd “Ärzte” 東京 😀", Good(UnicodeFile).License.Licensee);

    [Fact]
    public void A_license_that_came_through_mail_still_verifies()
    {
        var crlf = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(UnicodeFile).Replace("\n", "\r\n", StringComparison.Ordinal));
        byte[][] mailed =
        [
            crlf, crlf[..^2], UnicodeFile[..^1], [0xEF, 0xBB, 0xBF, .. UnicodeFile], [0xEF, 0xBB, 0xBF, .. crlf],
            Armor.Wrap(UnicodeFile), [.. Armor.Wrap(UnicodeFile).Where(b => b != '\n')],
        ];
        foreach (var file in mailed) Assert.Equal(Good(UnicodeFile), Good(file));
    }

    [Fact]
    public void Every_change_of_a_byte_of_a_signed_license_is_refused()
    {
        var file = UnicodeFile;
        var wrong = new List<string>();
        for (var i = 0; i < file.Length; i++)
        {
            foreach (var change in (ReadOnlySpan<byte>)[(byte)(file[i] ^ 1), (byte)(file[i] ^ 0x20), (byte)(file[i] ^ 0x80), (byte)'\n', (byte)' '])
            {
                if (change == file[i]) continue;
                var changed = (byte[])file.Clone();
                changed[i] = change;
                var reading = SignedLicense.Open(changed, TestKeys.Trust);
                if (reading is { License: null, Reason.Length: > 0 }
                    && reading.Outcome is ReadingOutcome.Malformed or ReadingOutcome.BadSignature or ReadingOutcome.UnknownKey) continue;
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"byte {i} to {change}: {reading.Outcome}"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_license_cut_off_anywhere_is_refused_but_for_its_last_newline()
    {
        for (var length = 0; length < File.Length - 1; length++)
            Assert.NotEqual(ReadingOutcome.Good, SignedLicense.Open(File.AsMemory(0, length), TestKeys.Trust).Outcome);
        Assert.Equal(ReadingOutcome.Good, SignedLicense.Open(File.AsMemory(0, File.Length - 1), TestKeys.Trust).Outcome);
    }

    [Fact]
    public void The_outcomes_are_told_apart()
    {
        var text = LicenseFormat.Print(Examples.License);
        Expect(ReadingOutcome.UnknownKey, SignedNote.Sign(text, TestKeys.OtherLicense));
        Expect(ReadingOutcome.BadSignature, Replaced(File, "cores: 64", "cores: 65"));
        Expect(ReadingOutcome.Malformed, "no license at all\n"u8.ToArray());
        Expect(ReadingOutcome.Malformed, SignedNote.Sign("offline-license/reply/v1\n", TestKeys.License));
        Expect(ReadingOutcome.Malformed, SignedNote.Sign(text + "# why\n", TestKeys.License));
        Expect(ReadingOutcome.Malformed, new byte[Limits.DocumentBytes + 1]);
        Expect(ReadingOutcome.Malformed, []);
    }

    [Theory]
    [InlineData("overage: grace", "overage: grace\nsurcharge: 3", "unknown key 'surcharge'")]
    [InlineData("license/v1", "license/v2", "the format is 'offline-license/license/v2', not 'offline-license/license/v1'")]
    public void A_license_of_a_later_version_says_whose_it_is_and_what_it_needs(string old, string changed, string reason)
    {
        var text = LicenseFormat.Print(Examples.License).Replace(old, changed, StringComparison.Ordinal);
        var reading = Expect(ReadingOutcome.NeedsNewerVersion, SignedNote.Sign(text, TestKeys.License));
        Assert.Equal($"signed by your vendor, but needs a newer version of the product: {reason}", reading.Reason);
    }

    [Fact]
    public void What_nobody_trusted_signed_is_never_said_to_be_the_vendors()
    {
        var text = LicenseFormat.Print(Examples.License) + "zebra: 1\n";
        var reading = Expect(ReadingOutcome.UnknownKey, SignedNote.Sign(text, TestKeys.OtherLicense));
        Assert.DoesNotContain("signed by your vendor", reading.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_license_that_was_pasted_gets_a_hint()
    {
        var reading = Expect(ReadingOutcome.Malformed, Replaced(File, "— vendor", "-- vendor"));
        Assert.NotNull(reading.Hint);
    }

    [Fact]
    public void A_license_key_may_not_sign_replies_too()
    {
        var license = Examples.License with
        {
            // Under another name, which would hide it from a comparison of lines.
            Receipts = new LicenseReceipts { RepliesBy = [TestKeys.License.VerifierKey.WithName("vendor.example/replies").ToString()] },
        };
        var reading = Expect(ReadingOutcome.Malformed, Examples.Sign(license));
        Assert.Contains("receipts.replies-by", reading.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reply_key_that_is_called_what_cannot_stand_plain_is_refused_not_thrown()
    {
        var text = LicenseFormat.Print(Examples.License);
        var plain = TestKeys.Reply.VerifierKey.ToString();
        var quoted = $"\"{TestKeys.Reply.VerifierKey.WithName("-replies")}\"";
        Expect(ReadingOutcome.Malformed, SignedNote.Sign(text.Replace(plain, quoted, StringComparison.Ordinal), TestKeys.License));
    }

    [Fact]
    public void Reasons_are_safe_to_print()
    {
        var text = LicenseFormat.Print(Examples.License).Replace("overage: grace", "overage: \"\\u202eecarg\"", StringComparison.Ordinal);
        var reading = Expect(ReadingOutcome.Malformed, SignedNote.Sign(text, TestKeys.License));
        Assert.Contains("\\u{202E}", reading.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Trust_without_a_key_is_a_mistake_of_the_product()
    {
        Assert.Throws<ArgumentException>(() => Trust.Pinned(Array.Empty<string>()));
        Assert.Throws<ArgumentException>(() => Trust.Pinned("vendor.example+00000000+AAAA"));
        Assert.Throws<ArgumentException>(() => Trust.Pinned(TestKeys.License.VerifierKey, TestKeys.License.VerifierKey));
    }

    private static SignedLicense Good(byte[] file)
    {
        var reading = SignedLicense.Open(file, TestKeys.Trust);
        Assert.Equal("", reading.Reason);
        return reading.License!;
    }

    private static LicenseReading Expect(ReadingOutcome outcome, byte[] file)
    {
        var reading = SignedLicense.Open(file, TestKeys.Trust);
        Assert.Equal(outcome, reading.Outcome);
        Assert.NotEmpty(reading.Reason);
        Assert.Null(reading.License);
        return reading;
    }

    private static byte[] Replaced(byte[] file, string old, string changed) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file).Replace(old, changed, StringComparison.Ordinal));
}
