using System.Text;
using OfflineLicense.Keys;
using Xunit;
using static OfflineLicense.Tests.Keys.SignedNoteTests;

namespace OfflineLicense.Tests.Keys;

public sealed class NoteRepairTests
{
    private const int MaxBytes = 1024;

    private static readonly SigningKey s_signer = Signer(1);
    private static readonly byte[] s_note = SignedNote.Sign("licensee: Zürich\n\ncores: 64\n", s_signer);

    [Fact]
    public void A_license_that_lost_its_last_newline_still_verifies() =>
        Mended(s_note[..^1], NoteMending.FinalNewline);

    [Fact]
    public void A_license_saved_with_a_byte_order_mark_still_verifies() =>
        Mended([0xEF, 0xBB, 0xBF, .. s_note], NoteMending.ByteOrderMark);

    [Fact]
    public void A_license_mailed_with_CRLF_still_verifies() =>
        Mended(WithCrLf(s_note), NoteMending.CarriageReturns);

    [Fact]
    public void An_armored_license_still_verifies() => Mended(Armor.Wrap(s_note), NoteMending.Armor);

    [Fact]
    public void A_license_that_nothing_happened_to_is_read_as_it_is() => Mended(s_note);

    [Fact]
    public void Every_combination_of_what_transport_does_is_mended()
    {
        for (var mask = 0; mask < 16; mask++)
        {
            var file = s_note;
            var expected = new List<NoteMending>();
            if ((mask & 1) != 0)
                file = WithCrLf(file);
            if ((mask & 2) != 0)
                file = file.AsSpan().TrimEnd("\r\n"u8).ToArray();
            if ((mask & 4) != 0)
                file = Armor.Wrap(file);
            if ((mask & 8) != 0)
                file = [0xEF, 0xBB, 0xBF, .. file];
            if ((mask & 8) != 0)
                expected.Add(NoteMending.ByteOrderMark);
            if ((mask & 4) != 0)
                expected.Add(NoteMending.Armor);
            if ((mask & 1) != 0)
                expected.Add(NoteMending.CarriageReturns);
            if ((mask & 2) != 0)
                expected.Add(NoteMending.FinalNewline);
            Mended(file, [.. expected]);
        }
    }

    [Fact]
    public void Armor_itself_survives_CRLF_indentation_and_a_lost_newline()
    {
        var armor = Armor.Wrap(s_note);
        Mended(WithCrLf(armor), NoteMending.Armor);
        Mended(armor[..^1], NoteMending.Armor);
        Mended(Utf8("\n\n  " + Encoding.UTF8.GetString(armor).Replace("\n", "\n\t  ", StringComparison.Ordinal)), NoteMending.Armor);
        Mended(Utf8(Encoding.UTF8.GetString(armor).Replace("\n", "", StringComparison.Ordinal)), NoteMending.Armor);
    }

    [Fact]
    public void A_file_in_which_only_some_lines_end_in_CRLF_is_not_mended()
    {
        var note = Utf8(Encoding.UTF8.GetString(s_note).Replace("64\n", "64\r\n", StringComparison.Ordinal));
        var reading = SignedNote.ReadFile(note, [s_signer.VerifierKey], MaxBytes);
        Assert.Equal((NoteOutcome.Malformed, 3), (reading.Outcome, reading.Line));
    }

    [Fact]
    public void Reading_a_note_mends_nothing_in_secret()
    {
        Assert.Equal(NoteOutcome.Malformed, SignedNote.Read(s_note.AsSpan()[..^1], [s_signer.VerifierKey]).Outcome);
        Assert.Equal(NoteOutcome.Malformed, SignedNote.Read(WithCrLf(s_note), [s_signer.VerifierKey]).Outcome);
        Assert.Equal(NoteOutcome.Malformed, SignedNote.Read(Armor.Wrap(s_note), [s_signer.VerifierKey]).Outcome);
        // A byte-order mark is a character like others where nothing is mended: the text is not the signed one.
        Assert.Equal(NoteOutcome.BadSignature, SignedNote.Read([0xEF, 0xBB, 0xBF, .. s_note], [s_signer.VerifierKey]).Outcome);
    }

    [Theory]
    [InlineData("-----BEGIN OFFLINE LICENSE-----\nAAAA\n", "no last line")]
    [InlineData("-----BEGIN OFFLINE LICENSE-----\nAAAA\n-----END OFFLINE LICENSE-----\nRegards", "something follows")]
    [InlineData("-----BEGIN OFFLINE LICENSE-----\n> AAAA\n-----END OFFLINE LICENSE-----\n", "canonical base64")]
    [InlineData("-----BEGIN OFFLINE LICENSE-----\nAAA\n-----END OFFLINE LICENSE-----\n", "canonical base64")]
    [InlineData("-----BEGIN OFFLINE LICENSE-----\nAAB=\n-----END OFFLINE LICENSE-----\n", "canonical base64")]
    [InlineData("-----BEGIN OFFLINE LICENSE----------END OFFLINE LICENSE-----\n", "the file is empty")]
    public void Armor_that_was_damaged_says_what_to_copy(string file, string reason)
    {
        var reading = SignedNote.ReadFile(Utf8(file), [s_signer.VerifierKey], MaxBytes);
        Assert.Equal(NoteOutcome.Malformed, reading.Outcome);
        Assert.Contains(reason, reading.Reason, StringComparison.Ordinal);
        Assert.Throws<NoteFormatException>(() => SignedNote.SplitFile(Utf8(file), MaxBytes));
    }

    [Fact]
    public void Armor_gives_back_any_bytes_exactly()
    {
        for (var length = 0; length < 200; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)(i * 7 % 256)).ToArray();
            var armor = Armor.Wrap(bytes);
            Assert.Equal(bytes, Armor.Unwrap(armor));
            Assert.All(Encoding.ASCII.GetString(armor).Split('\n'), line => Assert.True(line.Length <= 64));
        }
    }

    [Fact]
    public void A_file_over_its_bound_is_refused_and_armor_may_take_what_it_needs()
    {
        var largest = SignedNote.Sign(new string('a', MaxBytes - 120) + "\n", s_signer);
        Assert.True(SignedNote.ReadFile(largest, [s_signer.VerifierKey], largest.Length).IsGood);
        Assert.True(SignedNote.ReadFile(Armor.Wrap(largest), [s_signer.VerifierKey], largest.Length).IsGood);
        var reading = SignedNote.ReadFile(Armor.Wrap(largest), [s_signer.VerifierKey], largest.Length - 1);
        Assert.Contains("larger than", reading.Reason, StringComparison.Ordinal);
        Assert.Equal(NoteOutcome.Malformed, SignedNote.ReadFile(new byte[10 * MaxBytes], [s_signer.VerifierKey], MaxBytes).Outcome);
    }

    private static void Mended(byte[] file, params NoteMending[] expected)
    {
        var reading = SignedNote.ReadFile(file, [s_signer.VerifierKey], MaxBytes);
        Assert.True(reading.IsGood, reading.Reason);
        Assert.Equal("licensee: Zürich\n\ncores: 64\n", reading.Text);
        Assert.Equal(expected, reading.Mended);
        Assert.Equal(s_note, NoteRepair.Repair(file).Note.ToArray());
        Assert.Equal(expected, SignedNote.SplitFile(file, MaxBytes).Mended);
    }

    private static byte[] WithCrLf(byte[] file) =>
        Utf8(Encoding.UTF8.GetString(file).Replace("\n", "\r\n", StringComparison.Ordinal));
}
