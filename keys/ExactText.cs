using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// Times, whole numbers and base64 with one spelling each: what is read prints back to the same bytes, or is
/// refused. Reading UTF-8 allocates nothing but results.
/// <list type="bullet">
/// <item>time: <c>yyyy-MM-ddTHH:mm:ssZ</c>, a real date from 1970 to 9999, UTC, no leap second;</item>
/// <item>number: 0 to 2^53 - 1, digits only, no leading zero;</item>
/// <item>base64: RFC 4648 section 4, padded, spare bits zero (section 3.5), no white space.</item>
/// </list>
/// </summary>
internal static class ExactText
{
    /// <summary>Bytes of a time in text.</summary>
    internal const int TimeBytes = 20;

    /// <summary>Most digits of a number: 9007199254740991.</summary>
    internal const int NumberBytes = 16;

    /// <summary>The time without its fraction, in UTC: all formats have whole seconds.</summary>
    internal static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    internal static bool TryParseTime(ReadOnlySpan<byte> utf8, out DateTimeOffset time)
    {
        time = default;
        if (utf8.Length != TimeBytes || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != 'T'
            || utf8[13] != ':' || utf8[16] != ':' || utf8[19] != 'Z'
            || !TryDigits(utf8[..4], out var year) || !TryDigits(utf8[5..7], out var month)
            || !TryDigits(utf8[8..10], out var day) || !TryDigits(utf8[11..13], out var hour)
            || !TryDigits(utf8[14..16], out var minute) || !TryDigits(utf8[17..19], out var second)
            || year < 1970 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    internal static bool TryParseTime(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        Span<byte> utf8 = stackalloc byte[TimeBytes];
        time = default;
        return TryNarrow(text, utf8, out var length) && TryParseTime(utf8[..length], out time);
    }

    /// <exception cref="ArgumentException">The time is not of UTC, not of whole seconds, or before 1970.</exception>
    internal static string FormatTime(DateTimeOffset time)
    {
        CheckIsWritten(time);
        return time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc cref="FormatTime"/>
    internal static void AppendTime(IBufferWriter<byte> writer, DateTimeOffset time)
    {
        WriteTime(writer.GetSpan(TimeBytes), time);
        writer.Advance(TimeBytes);
    }

    /// <summary>Writes a time's <see cref="TimeBytes"/>.</summary>
    /// <inheritdoc cref="FormatTime"/>
    internal static void WriteTime(Span<byte> target, DateTimeOffset time)
    {
        CheckIsWritten(time);
        time.UtcDateTime.TryFormat(target, out var length, "s", CultureInfo.InvariantCulture);
        target[length] = (byte)'Z';
    }

    internal static bool TryParseNumber(ReadOnlySpan<byte> utf8, out long number)
    {
        number = 0;
        if (utf8.Length is 0 or > NumberBytes || (utf8[0] == '0' && utf8.Length > 1))
            return false;
        foreach (var digit in utf8)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            number = number * 10 + (digit - '0');
        }

        return number <= Limits.Number;
    }

    internal static bool TryParseNumber(ReadOnlySpan<char> text, out long number)
    {
        Span<byte> utf8 = stackalloc byte[NumberBytes];
        number = 0;
        return TryNarrow(text, utf8, out var length) && TryParseNumber(utf8[..length], out number);
    }

    /// <exception cref="ArgumentOutOfRangeException">The number is below 0 or above 2^53 - 1.</exception>
    internal static string FormatNumber(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Limits.Number);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    internal static void AppendNumber(IBufferWriter<byte> writer, long number) =>
        writer.Advance(WriteNumber(writer.GetSpan(NumberBytes), number));

    /// <summary>Writes a number.</summary>
    /// <returns>How many bytes it takes, <see cref="NumberBytes"/> at most.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 0 or above 2^53 - 1.</exception>
    internal static int WriteNumber(Span<byte> target, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Limits.Number);
        Utf8Formatter.TryFormat(number, target, out var written);
        return written;
    }

    /// <summary>Reads base64 of exactly as many bytes as <paramref name="destination"/> holds.</summary>
    internal static bool TryParseBase64(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        // The length rules out the white space that the decoder would skip; printing the last four characters back
        // rules out spare bits that are not zero.
        if (utf8.Length != Base64.GetMaxEncodedToUtf8Length(destination.Length))
            return false;
        if (Base64.DecodeFromUtf8(utf8, destination, out var consumed, out var written) != OperationStatus.Done
            || consumed != utf8.Length || written != destination.Length)
        {
            return false;
        }

        if (destination.IsEmpty)
            return true;
        Span<byte> tail = stackalloc byte[4];
        Base64.EncodeToUtf8(destination[((destination.Length - 1) / 3 * 3)..], tail, out _, out _);
        return tail.SequenceEqual(utf8[^4..]);
    }

    internal static bool TryParseBase64(ReadOnlySpan<byte> utf8, out byte[] bytes)
    {
        bytes = [];
        if (utf8.Length % 4 != 0)
            return false;
        var padding = utf8.EndsWith("=="u8) ? 2 : utf8.EndsWith("="u8) ? 1 : 0;
        var decoded = new byte[utf8.Length / 4 * 3 - padding];
        if (!TryParseBase64(utf8, decoded.AsSpan()))
            return false;
        bytes = decoded;
        return true;
    }

    internal static bool TryParseBase64(string text, Span<byte> destination) =>
        TryParseBase64(Encoding.UTF8.GetBytes(text), destination);

    internal static bool TryParseBase64(string text, out byte[] bytes) =>
        TryParseBase64(Encoding.UTF8.GetBytes(text), out bytes);

    internal static string FormatBase64(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes);

    internal static void AppendBase64(IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        var target = writer.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes, target, out _, out var written);
        writer.Advance(written);
    }

    private static void CheckIsWritten(DateTimeOffset time)
    {
        if (time.Offset != TimeSpan.Zero || time.Ticks % TimeSpan.TicksPerSecond != 0 || time.Year < 1970)
            throw new ArgumentException("a time is written in UTC and whole seconds, from 1970 on", nameof(time));
    }

    private static bool TryDigits(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = value * 10 + (digit - '0');
        }

        return true;
    }

    // Longer than the target or not ASCII: no text of ours.
    private static bool TryNarrow(ReadOnlySpan<char> text, Span<byte> utf8, out int length) =>
        Ascii.FromUtf16(text, utf8, out length) == OperationStatus.Done;
}
