using System.Buffers;
using System.Text;
using Limits = OfflineLicense.Keys.Limits;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Numbers, times, base64 and base32, each in the one spelling that the format's page allows. Written anew from that page:
/// a fault of the node's own reader must not be its checker's too.
/// </summary>
internal static class Spelling
{
    /// <summary>Bytes of a SHA-256 hash.</summary>
    internal const int HashBytes = 32;

    private const int MostDigits = 16;
    private const int TimeBytes = 20;
    private const int MostBase64 = 128;

    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly SearchValues<char> s_letters = SearchValues.Create(Letters);
    private static readonly int s_epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Reads a number: 0 to 2^53 - 1, digits only, no leading zero.</summary>
    internal static bool Number(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > MostDigits || (text[0] == '0' && text.Length > 1))
            return false;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            number = (10 * number) + digit - '0';
        }

        return number <= Limits.Number;
    }

    /// <summary>Reads a time, <c>yyyy-MM-ddTHH:mm:ssZ</c>, a real one from 1970 to 9999.</summary>
    /// <param name="text">The text.</param>
    /// <param name="seconds">Seconds since 1970 began.</param>
    internal static bool Time(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (text.Length != TimeBytes || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
            return false;
        var (century, ofCentury, month, day) = (Two(text, 0), Two(text, 2), Two(text, 5), Two(text, 8));
        var (hour, minute, second) = (Two(text, 11), Two(text, 14), Two(text, 17));
        var year = (100 * century) + ofCentury;
        if (century < 0 || ofCentury < 0 || year < 1970 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }

        var days = new DateOnly(year, month, day).DayNumber - s_epoch;
        seconds = (86_400L * days) + (3600 * hour) + (60 * minute) + second;
        return true;
    }

    /// <summary>Reads base64 of exactly so many bytes as there is room for, 96 at most; what is encoded otherwise is refused.</summary>
    internal static bool Base64(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        Span<byte> again = stackalloc byte[MostBase64];
        return System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var count) == OperationStatus.Done
            && count == bytes.Length
            && System.Buffers.Text.Base64.EncodeToUtf8(bytes, again, out _, out var length) == OperationStatus.Done
            && again[..length].SequenceEqual(text);
    }

    /// <summary>Lower-case base32 without padding (RFC 4648 section 6); the last character's spare bits are zero.</summary>
    internal static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (held, bits) = (0, 0);
        foreach (var value in bytes)
        {
            held = ((held << 8) | value) & 0xFFF;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Letter(held >> (bits - 5)));
        }

        return (bits > 0 ? text.Append(Letter(held << (5 - bits))) : text).ToString();
    }

    /// <summary>Whether a text is made of the letters of base32.</summary>
    internal static bool IsBase32(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(s_letters) < 0;

    private static char Letter(int value) => Letters[value & 31];

    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        var (tens, ones) = (text[at] - '0', text[at + 1] - '0');
        return tens is < 0 or > 9 || ones is < 0 or > 9 ? -1 : (10 * tens) + ones;
    }
}
