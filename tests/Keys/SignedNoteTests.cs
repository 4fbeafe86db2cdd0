using System.Globalization;
using System.Text;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class SignedNoteTests
{
    private const string PeterText =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    private const string PeterSignature =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private static readonly VerifierKey s_peter =
        VerifierKey.Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");

    [Fact]
    public void The_example_of_the_first_implementation_verifies_and_is_signed_byte_for_byte()
    {
        var reading = SignedNote.Read(Utf8(PeterText + "\n" + PeterSignature), [s_peter]);
        Assert.True(reading.IsGood, reading.Reason);
        Assert.Equal(PeterText, reading.Text);
        Assert.Equal([s_peter], reading.Signers);

        var seed = Convert.FromBase64String("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1..];
        using var signer = SigningKey.Import("PeterNeumann", seed);
        Assert.Equal(PeterText + "\n" + PeterSignature, Encoding.UTF8.GetString(SignedNote.Sign(PeterText, signer)));
    }

    [Fact]
    public void The_example_of_the_specification_verifies()
    {
        var key = VerifierKey.Parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        var reading = SignedNote.Read(
            "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"u8,
            [key]);
        Assert.Equal("This is an example message.\n", reading.Text);
    }

    [Fact]
    public void The_text_ends_at_the_last_blank_line()
    {
        using var signer = Signer(1);
        foreach (var text in (string[])["\n", "\n\n", "a\n\nb\n", "a\n\n", "a\n\n— b AAAA\n", "\n\na\n\n\n"])
        {
            var reading = SignedNote.Read(SignedNote.Sign(text, signer), [signer.VerifierKey]);
            Assert.Equal(text, reading.Text);
        }
    }

    [Fact]
    public void Sixteen_signatures_are_read_and_a_seventeenth_is_refused()
    {
        var signers = Enumerable.Range(1, 17).Select(i => Signer((byte)i)).ToArray();
        var note = SignedNote.Sign("text\n", signers[..16]);
        var reading = SignedNote.Read(note, Array.ConvertAll(signers, signer => signer.VerifierKey));
        Assert.Equal(signers[..16].Select(signer => signer.VerifierKey), reading.Signers);
        Assert.Throws<ArgumentException>(() => SignedNote.Sign("text\n", signers));
        Assert.Throws<ArgumentException>(() => SignedNote.AddSignature(note, signers[16]));

        var line = Encoding.UTF8.GetString(SignedNote.Sign("text\n", signers[16]))["text\n\n".Length..];
        Refused(Encoding.UTF8.GetString(note) + line, NoteOutcome.Malformed, 19, "more than 16 signatures", signers[0]);
    }

    [Fact]
    public void A_signature_by_an_unknown_key_is_ignored_of_whatever_type_and_length()
    {
        using var known = Signer(1);
        var note = Encoding.UTF8.GetString(SignedNote.Sign("text\n", known));
        foreach (var length in (int[])[5, 6, 68, 76, 2424])
        {
            var reading = SignedNote.Read(Utf8(note + $"— witness {Convert.ToBase64String(new byte[length])}\n"), [known.VerifierKey]);
            Assert.True(reading.IsGood, reading.Reason);
        }

        // A known name with another id is another key.
        Assert.True(SignedNote.Read(Utf8(note + $"— {known.VerifierKey.Name} {Convert.ToBase64String(new byte[68])}\n"), [known.VerifierKey]).IsGood);
    }

    [Fact]
    public void A_bad_signature_by_a_known_key_fails_the_note_though_another_is_good()
    {
        using var good = Signer(1);
        using var bad = Signer(2);
        var line = Encoding.UTF8.GetString(SignedNote.Sign("other\n", bad))["other\n\n".Length..];
        var note = Encoding.UTF8.GetString(SignedNote.Sign("text\n", good)) + line;
        Assert.True(SignedNote.Read(Utf8(note), [good.VerifierKey]).IsGood);
        Refused(note, NoteOutcome.BadSignature, 4, "the signature by key2 does not fit the text", good, bad);
    }

    [Fact]
    public void A_known_key_with_a_signature_of_another_length_is_a_bad_signature()
    {
        using var signer = Signer(1);
        var parts = SignedNote.Split(SignedNote.Sign("text\n", signer));
        foreach (var length in (int[])[1, 63])
        {
            var cut = parts.Signatures[0] with { Signature = parts.Signatures[0].Signature[..length] };
            Assert.Equal(NoteOutcome.BadSignature, SignedNote.Read(SignedNote.Assemble("text\n", cut), [signer.VerifierKey]).Outcome);
        }
    }

    [Fact]
    public void A_second_line_of_the_same_name_and_id_is_refused_known_or_not()
    {
        using var signer = Signer(1);
        var note = Encoding.UTF8.GetString(SignedNote.Sign("text\n", signer));
        Refused(note + note["text\n\n".Length..], NoteOutcome.Malformed, 4, "a second signature by key1", signer);
        Refused(note + "— w AAAAAAE=\n— w AAAAAAI=\n", NoteOutcome.Malformed, 5, "a second signature by w", signer);
        Assert.Throws<ArgumentException>(() => SignedNote.AddSignature(Utf8(note), signer));
        Assert.Throws<ArgumentException>(() => SignedNote.Sign("text\n", signer, signer));
    }

    [Theory]
    [InlineData("", 0, "the file is empty")]
    [InlineData("text", 1, "the last line does not end with a newline")]
    [InlineData("text\n", 0, "there is no blank line between text and signatures")]
    [InlineData("text\n\n", 2, "no signature line follows the last blank line")]
    [InlineData("text\n\n— a AAAAAAE=\n\n", 4, "no signature line follows the last blank line")]
    [InlineData("text\n\n— a AAAAAAE=", 3, "the last line does not end with a newline")]
    [InlineData("text\n\n- a AAAAAAE=\n", 3, "a signature line begins with a dash (U+2014) and a space")]
    [InlineData("text\n\n—a AAAAAAE=\n", 3, "a signature line begins with a dash (U+2014) and a space")]
    [InlineData("text\n\n—  AAAAAAE=\n", 3, "the key name is empty")]
    [InlineData("text\n\n— a+b AAAAAAE=\n", 3, "the key name holds a plus")]
    [InlineData("text\n\n— a\u3000b AAAAAAE=\n", 3, "the key name holds a space")]
    [InlineData("text\n\n— a\n", 3, "a signature line is a dash, a key name and base64")]
    [InlineData("text\n\n— a \n", 3, "the signature is too short")]
    [InlineData("text\n\n— a AAAAAA==\n", 3, "the signature is too short")]
    [InlineData("text\n\n— a AAAAAAE\n", 3, "the signature is not canonical base64")]
    [InlineData("text\n\n— a AAAAAAF=\n", 3, "the signature is not canonical base64")]
    [InlineData("text\n\n— a AAAAAAE= \n", 3, "the signature is not canonical base64")]
    [InlineData("text\n\n— a AAAA AAE=\n", 3, "the signature is not canonical base64")]
    [InlineData("text\n\n— a AAAA_AE=\n", 3, "the signature is not canonical base64")]
    [InlineData("te\txt\n\n— a AAAAAAE=\n", 1, "the line holds the control character U+0009")]
    [InlineData("text\r\n\n— a AAAAAAE=\n", 1, "the line holds the control character U+000D")]
    [InlineData("a\nb\0\n\n— a AAAAAAE=\n", 2, "the line holds the control character U+0000")]
    [InlineData("text\u007f\n\n— a AAAAAAE=\n", 1, "the line holds the control character U+007F")]
    [InlineData("text\u0085\n\n— a AAAAAAE=\n", 1, "the line holds the control character U+0085")]
    [InlineData("text\u009f\n\n— a AAAAAAE=\n", 1, "the line holds the control character U+009F")]
    public void A_note_that_breaks_a_rule_is_malformed_and_says_where_and_why(string note, int line, string reason)
    {
        using var signer = Signer(1);
        Refused(note, NoteOutcome.Malformed, line, reason, signer);
        var refusal = Assert.Throws<NoteFormatException>(() => SignedNote.Split(Utf8(note)));
        Assert.Equal(line, refusal.Line);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_malformed()
    {
        foreach (var bytes in (byte[][])[[0xff], [0xc2], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]])
        {
            var reading = SignedNote.Read([(byte)'a', (byte)'\n', .. bytes, .. "\n\n— a AAAAAAE=\n"u8], [s_peter]);
            Assert.Equal((NoteOutcome.Malformed, 2, "the line is not valid UTF-8"), (reading.Outcome, reading.Line, reading.Reason));
        }
    }

    [Fact]
    public void A_line_may_have_4096_bytes_and_no_more()
    {
        using var signer = Signer(1);
        Assert.True(SignedNote.Read(SignedNote.Sign(new string('a', 4096) + "\n", signer), [signer.VerifierKey]).IsGood);
        Assert.Throws<ArgumentException>(() => SignedNote.Sign(new string('a', 4097) + "\n", signer));
        Refused(new string('a', 4097) + "\n\n— a AAAAAAE=\n", NoteOutcome.Malformed, 1, "the line is longer than 4096 bytes", signer);
    }

    [Fact]
    public void Nothing_is_signed_that_would_not_be_read()
    {
        using var signer = Signer(1);
        foreach (var text in (string[])["", "a", "a\r\n", "a\tb\n", "\ud800\n", "a\u0080\n"])
            Assert.Throws<ArgumentException>(() => SignedNote.Sign(text, signer));
        Assert.Throws<ArgumentException>(() => SignedNote.Sign("text\n"));
    }

    [Fact]
    public void Every_single_byte_change_of_a_note_is_refused_with_a_named_outcome()
    {
        using var signer = Signer(1);
        var note = SignedNote.Sign("licensee: Zürich\ncores: 64\n", signer);
        var outcomes = new Dictionary<NoteOutcome, int>();
        for (var i = 0; i < note.Length; i++)
        {
            for (var value = 0; value < 256; value++)
            {
                if (value == note[i])
                    continue;
                var changed = note.ToArray();
                changed[i] = (byte)value;
                var reading = SignedNote.Read(changed, [signer.VerifierKey]);
                Assert.False(reading.IsGood, string.Create(CultureInfo.InvariantCulture, $"byte {i} as {value}"));
                Assert.Null(reading.Text);
                Assert.Null(reading.TextBytes);
                Assert.Empty(reading.Signers);
                Assert.NotEmpty(reading.Reason);
                outcomes[reading.Outcome] = outcomes.GetValueOrDefault(reading.Outcome) + 1;
            }
        }

        Assert.Equal([NoteOutcome.Malformed, NoteOutcome.UnknownKey, NoteOutcome.BadSignature], outcomes.Keys.Order());
    }

    [Fact]
    public void No_beginning_of_a_note_is_a_note()
    {
        using var signer = Signer(1);
        var note = SignedNote.Sign("a\n\nb\n", signer);
        for (var length = 0; length < note.Length; length++)
            Assert.False(SignedNote.Read(note.AsSpan(0, length), [signer.VerifierKey]).IsGood);
    }

    [Fact]
    public void A_note_by_others_only_names_who_signed_it()
    {
        using var signer = Signer(1);
        using var other = Signer(2);
        Refused(Encoding.UTF8.GetString(SignedNote.Sign("text\n", other)), NoteOutcome.UnknownKey, 3, "not signed by a key trusted here, but by key2", signer);
        using var renamed = other.WithName("key1");
        Refused(Encoding.UTF8.GetString(SignedNote.Sign("text\n", renamed)), NoteOutcome.UnknownKey, 3, "signed by another key named key1", signer);
        Assert.Equal(NoteOutcome.UnknownKey, SignedNote.Read(SignedNote.Sign("text\n", signer), []).Outcome);
    }

    [Fact]
    public void A_quorum_can_sign_one_after_the_other_on_different_machines()
    {
        using var first = Signer(1);
        using var second = Signer(2);
        var note = SignedNote.AddSignature(SignedNote.Sign("text\n", first), second);
        Assert.Equal(SignedNote.Sign("text\n", first, second), note);
        Assert.Equal([first.VerifierKey, second.VerifierKey], SignedNote.Read(note, [second.VerifierKey, first.VerifierKey]).Signers);
        var parts = SignedNote.Split(note);
        Assert.Equal("text\n", parts.UntrustedText);
        Assert.Equal(["key1", "key2"], parts.Signatures.Select(signature => signature.Name));
        Assert.Equal([3, 4], parts.Signatures.Select(signature => signature.Line));
        Assert.Equal(note, SignedNote.Assemble(parts.UntrustedText, [.. parts.Signatures]));
    }

    [Fact]
    public void The_same_trusted_key_given_twice_counts_once()
    {
        using var signer = Signer(1);
        var reading = SignedNote.Read(SignedNote.Sign("text\n", signer), [signer.VerifierKey, VerifierKey.Parse(signer.ToString())]);
        Assert.Single(reading.Signers);
    }

    [Fact]
    public void A_text_that_was_pasted_gets_the_hint_to_send_it_as_an_attachment()
    {
        using var signer = Signer(1);
        var note = Encoding.UTF8.GetString(SignedNote.Sign("licensee: Acme Telemedicine\n", signer));
        foreach (var dashes in (string[])["--", "-", "–"])
        {
            var pasted = SignedNote.Read(Utf8(note.Replace("—", dashes, StringComparison.Ordinal)), [signer.VerifierKey]);
            Assert.Equal(NoteOutcome.Malformed, pasted.Outcome);
            Assert.Contains("pasted", pasted.Hint, StringComparison.Ordinal);
        }

        var spaced = SignedNote.Read(Utf8(note.Replace("Acme ", "Acme\u00a0", StringComparison.Ordinal)), [signer.VerifierKey]);
        Assert.Equal(NoteOutcome.BadSignature, spaced.Outcome);
        Assert.Contains("attachment", spaced.Hint, StringComparison.Ordinal);

        var forged = SignedNote.Read(Utf8(note.Replace("Acme", "Acne", StringComparison.Ordinal)), [signer.VerifierKey]);
        Assert.Equal(NoteOutcome.BadSignature, forged.Outcome);
        Assert.Null(forged.Hint);
    }

    internal static SigningKey Signer(byte number) =>
        SigningKey.Import($"key{number}", Enumerable.Repeat(number, 32).ToArray());

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static void Refused(string note, NoteOutcome outcome, int line, string reason, params SigningKey[] trusted)
    {
        var reading = SignedNote.Read(Utf8(note), Array.ConvertAll(trusted, key => key.VerifierKey));
        Assert.Equal((outcome, line), (reading.Outcome, reading.Line));
        Assert.Contains(reason, reading.Reason, StringComparison.Ordinal);
        Assert.Null(reading.Text);
    }
}
