using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace OfflineLicense.Keys;

/// <summary>
/// Takes a signed note apart: the rules of c2sp.org/signed-note "Format" that need no key. <see cref="SignedNote"/>
/// has the format's page.
/// </summary>
internal static class NoteParser
{
    internal const string PastedHint =
        "it looks pasted into a message, which changes characters; send it as an attachment, or armored";

    private const string Utf16Hint = "an editor saved it so, as 'Unicode'; get it again, as an attachment, or armored";

    private const string QuotedHint = "its lines begin with '> ', as in an answer to a mail; take the file from the mail that brought it";

    private const string ArmorHint = "keep only the armored block in the file, with its first and last line";

    private const int KeyIdBytes = 4;

    /// <exception cref="NoteFormatException">The bytes are no signed note.</exception>
    internal static NoteParts Parse(ReadOnlySpan<byte> untrustedNote)
    {
        if (untrustedNote.IsEmpty)
            throw new NoteFormatException(0, "the file is empty");
        if (untrustedNote.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || untrustedNote.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new NoteFormatException(0, "the file is in UTF-16, and has to be in UTF-8", Utf16Hint);
        var lines = CheckLines(untrustedNote);
        if (untrustedNote[^1] != '\n')
            throw new NoteFormatException(lines, "the last line does not end with a newline");

        // The last blank line, because a text may hold blank lines itself and a signature line cannot.
        var split = untrustedNote.LastIndexOf("\n\n"u8);
        if (split < 0)
            throw new NoteFormatException(0, "there is no blank line between text and signatures", HintFor(untrustedNote));
        var text = untrustedNote[..(split + 1)];
        var signatures = ParseSignatures(untrustedNote[(split + 2)..], text.Count((byte)'\n') + 2);
        return new NoteParts
        {
            UntrustedText = Encoding.UTF8.GetString(text),
            UntrustedTextBytes = text.ToArray(),
            Signatures = signatures,
        };
    }

    /// <summary>Checks what holds for every line of a note: length, UTF-8, no control character.</summary>
    /// <returns>The number of lines.</returns>
    /// <exception cref="NoteFormatException">A line breaks a rule.</exception>
    internal static int CheckLines(ReadOnlySpan<byte> untrusted)
    {
        var number = 0;
        while (!untrusted.IsEmpty)
        {
            number++;
            var end = untrusted.IndexOf((byte)'\n');
            var line = end < 0 ? untrusted : untrusted[..end];
            if (line.Length > Limits.LineBytes)
                throw new NoteFormatException(number, $"the line is longer than {Limits.LineBytes} bytes");
            if (!Utf8.IsValid(line))
                throw new NoteFormatException(number, "the line is not valid UTF-8", HintFor(line));
            if (ControlCharacter(line) is { } control)
                throw new NoteFormatException(number, $"the line holds the control character U+{control:X4}", HintFor(line));
            untrusted = end < 0 ? default : untrusted[(end + 1)..];
        }

        return number;
    }

    /// <summary>What probably happened to a text whose bytes are not what was signed, or null.</summary>
    internal static string? HintFor(ReadOnlySpan<byte> untrusted) =>
        untrusted.StartsWith("> "u8) ? QuotedHint
        : untrusted.IndexOf("-----BEGIN OFFLINE LICENSE-----"u8) >= 0 || untrusted.IndexOf("-----END OFFLINE LICENSE-----"u8) >= 0 ? ArmorHint
        : untrusted.IndexOf("\u00a0"u8) >= 0 || untrusted.IndexOf("\n-- "u8) >= 0 || untrusted.IndexOf(DashTwice) >= 0
        || untrusted.StartsWith("-- "u8) || untrusted.Contains((byte)0xA0) && !Utf8.IsValid(untrusted)
            ? PastedHint : null;

    // U+2014 in UTF-8 that was taken for Latin-1, and written as UTF-8 again.
    private static ReadOnlySpan<byte> DashTwice => "\u00e2\u0080\u0094"u8;

    // U+0000 to U+001F, U+007F, and U+0080 to U+009F, which are the bytes C2 80 to C2 9F.
    private static int? ControlCharacter(ReadOnlySpan<byte> validUtf8)
    {
        for (var i = 0; i < validUtf8.Length; i++)
        {
            if (validUtf8[i] is < 0x20 or 0x7F)
                return validUtf8[i];
            if (validUtf8[i] == 0xC2 && validUtf8[i + 1] < 0xA0)
                return validUtf8[i + 1];
        }

        return null;
    }

    private static List<NoteSignature> ParseSignatures(ReadOnlySpan<byte> lines, int firstLine)
    {
        if (lines.IsEmpty)
            throw new NoteFormatException(firstLine - 1, "no signature line follows the last blank line");
        var signatures = new List<NoteSignature>();
        for (var number = firstLine; !lines.IsEmpty; number++)
        {
            if (signatures.Count == Limits.Signatures)
                throw new NoteFormatException(number, $"there are more than {Limits.Signatures} signatures");
            var end = lines.IndexOf((byte)'\n');
            var signature = ParseSignature(lines[..end], number);
            foreach (var earlier in signatures)
            {
                if (earlier.KeyId == signature.KeyId && earlier.Name == signature.Name)
                    throw new NoteFormatException(number, $"a second signature by {signature.Name}");
            }

            signatures.Add(signature);
            lines = lines[(end + 1)..];
        }

        return signatures;
    }

    private static NoteSignature ParseSignature(ReadOnlySpan<byte> line, int number)
    {
        if (!line.StartsWith("— "u8))
            throw new NoteFormatException(number, "a signature line begins with a dash (U+2014) and a space", DashHint(line));
        line = line["— "u8.Length..];
        var space = line.IndexOf((byte)' ');
        if (space < 0)
            throw new NoteFormatException(number, "a signature line is a dash, a key name and base64", HintFor(line));
        var name = Encoding.UTF8.GetString(line[..space]);
        if (KeyName.Problem(name) is { } problem)
            throw new NoteFormatException(number, problem, HintFor(line));
        if (!ExactText.TryParseBase64(line[(space + 1)..], out byte[] bytes))
            throw new NoteFormatException(number, "the signature is not canonical base64", HintFor(line));
        if (bytes.Length <= KeyIdBytes)
            throw new NoteFormatException(number, "the signature is too short to hold a key id and a signature");
        return new NoteSignature
        {
            Name = name,
            KeyId = BinaryPrimitives.ReadUInt32BigEndian(bytes),
            Signature = bytes[KeyIdBytes..],
            Line = number,
        };
    }

    // Mail and word processors write other dashes for U+2014, and U+00A0 for the space after it.
    private static string? DashHint(ReadOnlySpan<byte> line) =>
        line.StartsWith("-"u8) || line.StartsWith("–"u8) || line.StartsWith("—"u8) ? PastedHint : null;
}
