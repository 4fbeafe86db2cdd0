using System.Text;
using OfflineLicense.Keys;
using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>What can be wrong with a signed note before anybody asks what its text says.</summary>
internal static class HostileNotes
{
    private const string Install = "offline-license install FILE";

    private static readonly SigningKey s_key = Vendor.LicenseKey;
    private static readonly string s_line = ForgedNote.LineOf(NextText, s_key);
    private static readonly byte[] s_signature = s_key.Sign(Utf8(NextText));

    internal static HostileChapter Envelopes { get; } = new("envelopes",
        "Signed notes whose signature lines are not what they should be. The text is a good license each time, and none of them may be installed "
        + "unless its vendor signed this very text.", Install)
    {
        { "empty.lic", "nothing at all", "" },
        { "newline.lic", "one newline", "\n" },
        { "no-blank-line.lic", "text and signature with no blank line between them", NextText + s_line },
        { "no-signature.lic", "a text, a blank line, and nobody signed it", NextText + "\n" },
        { "nobody-known.lic", "signed by a stranger", ForgedNote.Of(NextText, Stranger) },
        { "impostor.lic", "signed under the vendor's name by another key", ForgedNote.Of(NextText, Impostor) },
        { "impostor-with-id.lic", "signed by another key under the vendor's name and the vendor's key id", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, Impostor.Sign(Utf8(NextText)))) },
        { "by-the-reply-key.lic", "signed by the key that answers mails, whose machine was broken into", ForgedNote.Of(NextText, Vendor.ReplyKey) },
        { "of-another-text.lic", "the vendor's signature of another license", ForgedNote.Over(NextText, ForgedNote.LineOf(Acme.Text, s_key)) },
        { "one-bit.lic", "one bit of the signature is another", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, [.. s_signature[..63], (byte)(s_signature[63] ^ 1)])) },
        { "s-over-the-order.lic", "S is raised by the order of the group: the same equation, another signature", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, ForgedNote.WithSOverTheOrder(s_signature))) },
        { "neutral-r.lic", "R is the neutral element and S is zero, which fits every text under a key of small order", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, ForgedNote.BySmallOrder)) },
        { "zeros.lic", "a signature of 64 zeros", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, new byte[64])) },
        { "too-short.lic", "a signature of 63 bytes", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, s_signature[..63])) },
        { "too-long.lic", "a good signature and one byte more", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, [.. s_signature, 0])) },
        { "id-alone.lic", "a key id and no signature", ForgedNote.Over(NextText, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, [])) },
        { "signed-twice.lic", "the same signature line two times", ForgedNote.Over(NextText, s_line, s_line) },
        { "good-and-forged.lic", "a good signature, and a forged one of the same key", ForgedNote.Over(NextText, s_line, ForgedNote.Line(s_key.VerifierKey.Name, s_key.VerifierKey.Id, new byte[64])) },
        { "stranger-and-impostor.lic", "signed by a stranger, and under the vendor's name by another key", ForgedNote.Over(NextText, ForgedNote.LineOf(NextText, Stranger), ForgedNote.LineOf(NextText, Impostor)) },
        { "seventeen.lic", "seventeen signatures, of which the last is good", ForgedNote.Over(NextText, [.. Strangers(16), s_line]) },
        { "sixteen.lic", "sixteen signatures, of which the last is good: as many as a note may have", ForgedNote.Over(NextText, [.. Strangers(15), s_line]) },
        { "hyphen.lic", "a hyphen where the dash was", ForgedNote.Over(NextText, "-" + s_line[1..]) },
        { "two-hyphens.lic", "two hyphens where the dash was, as mail programs write it", ForgedNote.Over(NextText, "--" + s_line[1..]) },
        { "two-spaces.lic", "two spaces after the dash", ForgedNote.Over(NextText, s_line.Insert(2, " ")) },
        { "nameless.lic", "a signature line without a name", ForgedNote.Over(NextText, s_line.Replace(" " + s_key.VerifierKey.Name, "", StringComparison.Ordinal)) },
        { "name-with-plus.lic", "a plus in the key's name", ForgedNote.Over(NextText, s_line.Replace("licenses", "lic+nses", StringComparison.Ordinal)) },
        { "name-steers-a-terminal.lic", "the signer's name turns the line around", ForgedNote.Over(NextText, ForgedNote.Line("evil\u202Eelpmaxe.rodnev", 1, s_signature)) },
        { "base64-of-the-web.lic", "the signature in the alphabet of URLs", ForgedNote.Over(NextText, s_line.Replace('+', '-').Replace('/', '_')) },
        { "base64-unpadded.lic", "the padding is cut off", ForgedNote.Over(NextText, s_line.Replace("=", "", StringComparison.Ordinal)) },
        { "base64-second-spelling.lic", "other bits where base64 has none to spare", ForgedNote.Over(NextText, OtherTail(s_line)) },
        { "something-after.lic", "a sentence after the signature", ForgedNote.Over(NextText, s_line, "thank you for your order\n") },
        { "space-after.lic", "a space after the signature", ForgedNote.Over(NextText, s_line[..^1] + " \n") },
        { "line-before.lic", "a line of greeting before the text", "Dear customer,\n" + Encoding.UTF8.GetString(Next) },
        { "two-licenses.lic", "two good licenses, one after the other", [.. Next, .. Vendor.Note(Acme.License)] },
    };

    internal static HostileChapter Transport { get; } = new("transport",
        "Good licenses after what mail, tickets, editors and chat do to them, some on purpose. What can be undone without a doubt is undone; of all else the reader says what happened.", Install)
    {
        { "crlf.lic", "every line ends in CRLF, as Windows mails write it: undone", Encoding.UTF8.GetString(Next).Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "crlf-here-and-there.lic", "some lines end in CRLF, so nobody knows what was signed", Encoding.UTF8.GetString(Next).Replace("term:\n", "term:\r\n", StringComparison.Ordinal) },
        { "cr.lic", "lines end in CR alone, as they did long ago", Encoding.UTF8.GetString(Next).Replace('\n', '\r') },
        { "bom.lic", "a byte-order mark before it: undone", [0xef, 0xbb, 0xbf, .. Next] },
        { "two-boms.lic", "two byte-order marks before it", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, .. Next] },
        { "no-last-newline.lic", "the last newline was lost: undone", Next[..^1] },
        { "utf16.lic", "saved as 'Unicode' by an editor", [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(Next))] },
        { "latin1.lic", "saved in Latin-1: the dash became another byte", Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(Next)) },
        { "utf8-twice.lic", "UTF-8 that was taken for Latin-1 and written as UTF-8 again", Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(Next)) },
        { "overlong.lic", "a slash in two bytes", Spliced("openvidu-pro"u8, [.. "openvidu"u8, 0xc0, 0xaf, .. "pro"u8]) },
        { "half-a-pair.lic", "half of a surrogate pair", Spliced("Acme "u8, [.. "Acme "u8, 0xed, 0xa0, 0x80]) },
        { "nul.lic", "a NUL in the name", Spliced("Acme "u8, "Acme\0"u8.ToArray()) },
        { "escape.lic", "a terminal escape in the name, under the vendor's signature", ForgedNote.Of(NextText.Replace("Acme", "\u001b[2JAcme", StringComparison.Ordinal), s_key) },
        { "del.lic", "a DEL in the name, under the vendor's signature", ForgedNote.Of(NextText.Replace("Acme", "Ac\u007fme", StringComparison.Ordinal), s_key) },
        { "next-line.lic", "U+0085, which some terminals take for a new line, under the vendor's signature", ForgedNote.Of(NextText.Replace("Acme", "Acme\u0085", StringComparison.Ordinal), s_key) },
        { "tab.lic", "a tab, under the vendor's signature", ForgedNote.Of(NextText.Replace("  until", "\tuntil", StringComparison.Ordinal), s_key) },
        { "no-break-spaces.lic", "copied out of a web page: spaces that do not break", Encoding.UTF8.GetString(Next).Replace("  ", "\u00a0\u00a0", StringComparison.Ordinal) },
        { "quoted.lic", "answered to: each line begins with '> '", "> " + Encoding.UTF8.GetString(Next).TrimEnd('\n').Replace("\n", "\n> ", StringComparison.Ordinal) + "\n" },
        { "html.lic", "saved as a web page", $"<html><body><pre>\n{Encoding.UTF8.GetString(Next)}</pre></body></html>\n" },
        { "cut.lic", "the first 200 bytes", Next[..200] },
        { "cut-in-the-signature.lic", "all but the last ten bytes", Next[..^10] },
        { "long-line.lic", "a line of 4,097 bytes", ForgedNote.Of(NextText.Replace("A-1027", new string('A', 4097), StringComparison.Ordinal), s_key) },
        { "endless-line.lic", "70,000 letters and no newline", new string('x', 70_000) },
        { "too-large.lic", "more than 64 KiB of a license", ForgedNote.Of(NextText + string.Concat(Enumerable.Repeat("# and so on\n", 6000)), s_key) },
        { "armored.txt", "armored, as for a ticket: undone", Armor.Wrap(Next) },
        { "armored-on-one-line.txt", "armored, and all on one line: undone", Encoding.ASCII.GetString(Armor.Wrap(Next)).Replace('\n', ' ') },
        { "armor-crlf.txt", "armored, with CRLF and indented: undone", "  " + Encoding.ASCII.GetString(Armor.Wrap(Next)).Replace("\n", "\r\n  ", StringComparison.Ordinal) },
        { "armor-without-end.txt", "the armor's last line was not copied", Armored(static text => text[..text.IndexOf("-----END", StringComparison.Ordinal)]) },
        { "armor-without-begin.txt", "the armor's first line was not copied", Armored(static text => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]) },
        { "armor-and-greeting.txt", "a greeting after the armor", Armored(static text => text + "best regards\n") },
        { "greeting-and-armor.txt", "a greeting before the armor", Armored(static text => "hello,\n" + text) },
        { "armor-quoted.txt", "armor in an answer: each line begins with '> '", Armored(static text => "> " + text.TrimEnd('\n').Replace("\n", "\n> ", StringComparison.Ordinal) + "\n") },
        { "armor-quoted-inside.txt", "only the lines within the armor are quoted", Armored(static text => text.Replace("\nZ", "\n> Z", StringComparison.Ordinal).Replace("\nI", "\n> I", StringComparison.Ordinal)) },
        { "armor-cut-inside.txt", "a line in the midst of the armor is missing", Armored(static text => text.Remove(text.IndexOf('\n', 200), 65)) },
        { "armor-empty.txt", "armor around nothing", "-----BEGIN OFFLINE LICENSE-----\n-----END OFFLINE LICENSE-----\n" },
        { "armor-in-armor.txt", "armored two times", Armor.Wrap(Armor.Wrap(Next)) },
        { "two-armors.txt", "two licenses in armor in one file", [.. Armor.Wrap(Next), .. Armor.Wrap(Vendor.Note(Acme.License))] },
        { "armor-of-pgp.txt", "armor of another product", "-----BEGIN PGP MESSAGE-----\n\nhQEMA5vJ\n=abcd\n-----END PGP MESSAGE-----\n" },
        { "armor-second-spelling.txt", "base64 in the armor with other bits where none are to spare", Armored(static text => text.Replace("=\n", "B\n", StringComparison.Ordinal)) },
        { "armor-of-much.txt", "armor around more than a license may have", Armor.Wrap(new byte[100_000]) },
    };

    private static IEnumerable<string> Strangers(int count) => Enumerable.Range(1, count).Select(static number =>
    {
        using var key = FleetVendor.KeyOf(FormattableString.Invariant($"stranger.example/{number}"));
        return ForgedNote.LineOf(NextText, key);
    });

    // 68 bytes in base64 end in one '=', so the last letter has two bits that mean nothing.
    private static string OtherTail(string line)
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var at = line.IndexOf('=', StringComparison.Ordinal) - 1;
        return $"{line[..at]}{Letters[Letters.IndexOf(line[at], StringComparison.Ordinal) ^ 1]}{line[(at + 1)..]}";
    }

    private static string Armored(Func<string, string> change) => change(Encoding.ASCII.GetString(Armor.Wrap(Next)));

    private static byte[] Spliced(ReadOnlySpan<byte> from, byte[] to)
    {
        var text = Utf8(NextText);
        var at = text.AsSpan().IndexOf(from);
        return ForgedNote.Of([.. text[..at], .. to, .. text[(at + from.Length)..]], s_key);
    }
}
