using System.Buffers;
using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// Any file's exact bytes as plain ASCII, for mail and tickets that change what they carry:
/// <code>
/// -----BEGIN OFFLINE LICENSE-----
/// Zm9ybWF0OiBvZmZsaW5lLWxpY2Vuc2UvbGljZW5zZS92MQo=
/// -----END OFFLINE LICENSE-----
/// </code>
/// Written in lines of 64 characters; read with ASCII white space ignored, but nothing else before, between or after.
/// The base64 is canonical (RFC 4648). Pure and thread-safe.
/// </summary>
public static class Armor
{
    /// <summary>Bytes that the two framing lines and some white space take at most, for bounds on armored files.</summary>
    internal const int FrameBytes = 1024;

    private const int LineCharacters = 64;

    private static readonly SearchValues<byte> s_whiteSpace = SearchValues.Create(" \t\r\n\f\v"u8);

    private static ReadOnlySpan<byte> Begin => "-----BEGIN OFFLINE LICENSE-----"u8;

    private static ReadOnlySpan<byte> End => "-----END OFFLINE LICENSE-----"u8;

    /// <summary>Wraps the bytes.</summary>
    /// <returns>ASCII, lines ending in a newline.</returns>
    public static byte[] Wrap(ReadOnlySpan<byte> bytes)
    {
        var base64 = Convert.ToBase64String(bytes);
        var armor = new StringBuilder(base64.Length + base64.Length / LineCharacters + FrameBytes);
        armor.Append(Encoding.ASCII.GetString(Begin)).Append('\n');
        for (var i = 0; i < base64.Length; i += LineCharacters)
            armor.Append(base64.AsSpan(i, Math.Min(LineCharacters, base64.Length - i))).Append('\n');
        armor.Append(Encoding.ASCII.GetString(End)).Append('\n');
        return Encoding.ASCII.GetBytes(armor.ToString());
    }

    /// <summary>Whether the bytes begin as armor does, after white space.</summary>
    internal static bool IsArmored(ReadOnlySpan<byte> untrusted) => Trim(untrusted).StartsWith(Begin);

    /// <exception cref="NoteFormatException">The armor is cut off, followed by something, or not canonical base64.</exception>
    internal static byte[] Unwrap(ReadOnlySpan<byte> untrusted)
    {
        var armor = Trim(untrusted);
        var end = armor.IndexOf(End);
        if (end < 0)
        {
            throw new NoteFormatException(0, "the armor has no last line '-----END OFFLINE LICENSE-----'",
                "copy the whole block, with its first and last line");
        }

        if (end + End.Length != armor.Length)
            throw new NoteFormatException(0, "something follows the armor", "keep only the block in the file");

        // White space goes first: the decoder is exact, and line lengths are nobody's promise.
        var base64 = new byte[end - Begin.Length];
        var length = 0;
        foreach (var value in armor[Begin.Length..end])
        {
            if (!s_whiteSpace.Contains(value))
                base64[length++] = value;
        }

        if (!ExactText.TryParseBase64(base64.AsSpan(0, length), out byte[] bytes))
            throw new NoteFormatException(0, "the armor does not hold canonical base64", "copy the whole block, without marks that quote it");
        return IsArmored(bytes)
            ? throw new NoteFormatException(0, "there is armor within the armor", "armor a file once")
            : bytes;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOfAnyExcept(s_whiteSpace);
        return start < 0 ? default : bytes[start..(bytes.LastIndexOfAnyExcept(s_whiteSpace) + 1)];
    }
}
