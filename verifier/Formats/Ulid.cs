using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// Names for licenses and time resets that nobody has to hand out and that sort by time:
/// 48 bits of milliseconds since 1970 and 80 random bits, in 26 characters of Crockford's base32.
/// <code>
/// 01JDA7X0R3Q8N5V2K6T9W4M1ZC
/// |--------||--------------|
///   time        random
/// </code>
/// One spelling: upper case, no I L O U, the first character at most 7 (the 26 characters hold 130 bits, of which the
/// first two are zero).
/// </summary>
internal static class Ulid
{
    internal const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>A new name. Thread-safe.</summary>
    internal static string New(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        return Of(time.GetUtcNow(), random);
    }

    /// <param name="at">The time, from 1970 on; kept to the millisecond.</param>
    /// <param name="random">10 bytes.</param>
    internal static string Of(DateTimeOffset at, ReadOnlySpan<byte> random)
    {
        if (random.Length != 10) throw new ArgumentException("a ULID takes 10 random bytes", nameof(random));
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        random.CopyTo(bytes[6..]);
        var rest = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[Length];
        for (var i = Length - 1; i >= 0; i--, rest >>= 5)
            text[i] = Alphabet[(int)(uint)(rest & 31)];
        return new string(text);
    }

    internal static bool IsUlid(ReadOnlySpan<char> untrustedText) =>
        untrustedText.Length == Length && untrustedText[0] <= '7' && !untrustedText.ContainsAnyExcept(Characters);
}
