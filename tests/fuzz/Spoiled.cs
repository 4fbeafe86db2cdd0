using System.Globalization;
using System.Text;

namespace OfflineLicense.Fuzz;

/// <summary>
/// One random change of a file's bytes: what disks, mail, editors and people do to files, and what attackers try. Knows
/// lines, numbers and words, and no format.
/// </summary>
internal static class Spoiled
{
    // At, one below and one above each bound that a reader could have, and each spelling that must not be taken.
    private static readonly byte[][] s_numbers = Bytes(
        "0", "1", "2", "59", "60", "255", "256", "1000000000", "1e9", "2147483647", "2147483648", "4294967296", "9007199254740990", "9007199254740991",
        "9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551616", "-1", "-0", "+1", "00", "01", "1.0", "0x10", "1_000");

    private static readonly byte[][] s_words = Bytes(
        "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-11-22T10:00:60Z", "2026-11-22T10:00:00+00:00",
        "", "null", "true", "~", "[]", "{}", "\"\"", "Licensed", "Grace", "Lapsed", "Unlicensed", "usage", "weather", "1s", "1h", "3600s", "9007199254740991d", "99999999999999999999d",
        "01JDA7X0R3Q8N5V2K6T9W00001", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "offline-license/mfrggzdfmztwq2lknnwg23tpoa",
        "openvidu-pro", "Acme Telemedicine", "offline-license/receipts/v2", "offline-license/license/v2", "term", "year", "month");

    private static readonly byte[][] s_pieces =
    [
        .. Bytes("{", "}", "[", "]", "[[[[[[[[[[[[", "{{{{{{{{", ",", ":", ": ", "\"", "\\", "\\u0000", "\\ud800", "'", "#", " #", "&a ", "*a", "!!str ", "- ", "- - - ", "? ", "---\n", "...\n",
            "|\n", ">\n", " ", "  ", "\n", "\n\n", "\r", "\r\n", "\t", "\0", "\u001b[2J", "\u0085", "\u00a0", "\u202e", "\u2028", "\ufeff", "\u2014 ", "\u2014 a b\n", "--", "\U0001f600",
            "-----BEGIN OFFLINE LICENSE-----\n", "-----END OFFLINE LICENSE-----\n", "-----BEGIN PRIVATE KEY-----\n", "seq", "=", "=cmd()"),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x80], [0x1f, 0x8b], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
    ];

    /// <summary>Changes anything, anywhere.</summary>
    /// <param name="random">What decides.</param>
    /// <param name="file">The file; not changed.</param>
    /// <param name="other">Another file, of which parts may be put into it.</param>
    internal static byte[] Anywhere(Random random, byte[] file, byte[] other) => random.Next(12) switch
    {
        0 => Flipped(random, file),
        1 => [.. file[..Place(random, file)], (byte)random.Next(256), .. file],
        2 => file[..Place(random, file)],
        3 => file[Place(random, file)..],
        4 => Replaced(random, file, []),
        5 => Repeated(random, file, random.Next(1, 40)),
        6 => [.. file[..Place(random, file)], .. other[Place(random, other)..]],
        7 => [.. file, .. other],
        8 => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file).Replace("\n", "\r\n", StringComparison.Ordinal)),
        9 => random.OneIn(20) ? Inserted(random, file, [.. Enumerable.Repeat((byte)random.Of("a[{ \n\"-0"u8.ToArray()), random.Next(1, 70_000))]) : Inserted(random, file, random.Of(s_pieces)),
        _ => InLine(random, file),
    };

    /// <summary>Changes a number, a word or a line, so that what is left may well be of the right form.</summary>
    internal static byte[] InLine(Random random, byte[] text) => random.Next(10) switch
    {
        0 => Lines(random, text),
        1 => Inserted(random, text, random.Of(s_pieces)),
        2 => Word(random, text, random.Of(s_words)),
        3 => Word(random, text, WordOf(random, text)),
        4 => Flipped(random, text),
        _ => Number(random, text),
    };

    /// <summary>A value such as no honest writer chooses.</summary>
    internal static byte[] Value(Random random) => random.Of(random.OneIn(3) ? s_words : s_numbers);

    /// <summary>Leaves a line out, doubles it, or exchanges it with another.</summary>
    private static byte[] Lines(Random random, byte[] text)
    {
        var lines = Encoding.Latin1.GetString(text).Split('\n').ToList();
        var (one, other) = (random.Next(lines.Count), random.Next(lines.Count));
        switch (random.Next(4))
        {
            case 0:
                lines.RemoveAt(one);
                break;
            case 1:
                lines.Insert(other, lines[one]);
                break;
            case 2:
                (lines[one], lines[other]) = (lines[other], lines[one]);
                break;
            default:
                lines[one] = new string(' ', random.Next(1, 5)) + lines[one];
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static byte[] Number(Random random, byte[] text) => Next(text, Place(random, text), static letter => letter is >= (byte)'0' and <= (byte)'9') is var (begin, end)
        ? [.. text[..begin], .. NumberFor(random, text.AsSpan(begin, end - begin)), .. text[end..]]
        : text;

    private static byte[] NumberFor(Random random, ReadOnlySpan<byte> number) =>
        random.OneIn(3) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < long.MaxValue
            ? Encoding.ASCII.GetBytes((value + random.Next(-1, 2)).ToString(CultureInfo.InvariantCulture))
            : random.Of(s_numbers);

    private static byte[] Word(Random random, byte[] text, byte[] word) => Next(text, Place(random, text), IsOfWord) is var (begin, end)
        ? [.. text[..begin], .. word, .. text[end..]]
        : text;

    private static byte[] WordOf(Random random, byte[] text) => Next(text, Place(random, text), IsOfWord) is var (begin, end) ? text[begin..end] : [];

    private static bool IsOfWord(byte letter) => letter > ' ' && letter is not ((byte)'"' or (byte)',' or (byte)'{' or (byte)'}');

    /// <summary>The next run of such letters, from a place on.</summary>
    private static (int Begin, int End)? Next(byte[] text, int from, Predicate<byte> isOfIt)
    {
        var begin = Array.FindIndex(text, from, isOfIt);
        if (begin < 0) return null;
        var end = Array.FindIndex(text, begin, letter => !isOfIt(letter));
        return (begin, end < 0 ? text.Length : end);
    }

    private static byte[] Flipped(Random random, byte[] file)
    {
        if (file.Length == 0) return file;
        var changed = (byte[])file.Clone();
        changed[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private static byte[] Inserted(Random random, byte[] file, byte[] piece)
    {
        var place = Place(random, file);
        return [.. file[..place], .. piece, .. file[place..]];
    }

    private static byte[] Replaced(Random random, byte[] file, byte[] piece)
    {
        var (begin, end) = Span(random, file);
        return [.. file[..begin], .. piece, .. file[end..]];
    }

    private static byte[] Repeated(Random random, byte[] file, int times)
    {
        var (begin, end) = Span(random, file);
        return [.. file[..begin], .. Enumerable.Repeat(file[begin..end], times).SelectMany(static part => part), .. file[end..]];
    }

    private static (int Begin, int End) Span(Random random, byte[] file)
    {
        var begin = Place(random, file);
        return (begin, Math.Min(file.Length, begin + random.Next(1, random.OneIn(4) ? 1000 : 24)));
    }

    private static int Place(Random random, byte[] file) => random.Next(file.Length + 1);

    private static byte[][] Bytes(params string[] texts) => Array.ConvertAll(texts, Encoding.UTF8.GetBytes);
}
