using System.Buffers;

namespace OfflineLicense.Keys;

/// <summary>
/// Base32 in lower case without padding (RFC 4648 section 6). Names are compared and never decoded, so there is no
/// reader, only the question whether a text is a canonical encoding.
/// </summary>
internal static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int BitsPerCharacter = 5;

    private static readonly SearchValues<char> s_alphabet = SearchValues.Create(Alphabet);

    internal static string Encode(ReadOnlySpan<byte> bytes) =>
        string.Create(EncodedLength(bytes.Length), bytes, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                var bit = i * BitsPerCharacter;
                int pair = source[bit / 8] << 8;
                if (bit / 8 + 1 < source.Length)
                    pair |= source[bit / 8 + 1];
                text[i] = Alphabet[(pair >> (16 - BitsPerCharacter - bit % 8)) & 31];
            }
        });

    /// <summary>Whether the text is what <see cref="Encode"/> gives for some that many bytes.</summary>
    internal static bool IsEncodingOf(int byteCount, ReadOnlySpan<char> text)
    {
        if (text.Length != EncodedLength(byteCount) || text.IndexOfAnyExcept(s_alphabet) >= 0)
            return false;
        var spareBits = text.Length * BitsPerCharacter - byteCount * 8;
        return text.IsEmpty || (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & ((1 << spareBits) - 1)) == 0;
    }

    private static int EncodedLength(int byteCount) => (byteCount * 8 + BitsPerCharacter - 1) / BitsPerCharacter;
}
