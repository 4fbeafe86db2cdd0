using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Packing;

/// <summary>
/// Receipts' lines as the registry keeps them: exact to the byte, and a fraction of their size, since a usage receipt says
/// little that the one before it did not. The forms stand in README.md of <c>issuer/</c>, "Packed lines". Pure.
/// <code>
/// form 6 = 0x06, SHA-256 of the lines, deflated columns          form 0 = the lines, deflated
/// </code>
/// No deflated text begins with form 6's byte: bits 1 and 2 of its first byte name the block's type, and type 3 is none
/// (RFC 1951, section 3.2.3). Other bytes with both bits set are for later forms.
/// </summary>
internal static class PackedLines
{
    /// <summary>Bytes of lines at which no more are added: some 3,000 receipts, so that any of them is milliseconds away.</summary>
    internal const int FullAtBytes = 1024 * 1024;

    /// <summary>Most bytes of lines, newlines included: full but for one byte, and the longest line with its newline.</summary>
    internal const int MostBytes = FullAtBytes + Limits.ReceiptBytes;

    internal const byte Form = 0x06;

    internal const int DigestBytes = SHA256.HashSizeInBytes;

    // Of a usage receipt they take a third of its line at most; of others the line, its length and a byte.
    private const int MostColumnBytes = 2 * MostBytes;

    /// <summary>Writes the lines as they were, each with its newline.</summary>
    /// <param name="packed">As the registry has it; it may be damaged.</param>
    /// <param name="lines">Where they go. What is in it after an exception is of no use.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of a later version.</exception>
    internal static void Unpack(ReadOnlySpan<byte> packed, ArrayBufferWriter<byte> lines)
    {
        if (packed.IsEmpty)
            throw new InvalidDataException("nothing is there");
        if ((packed[0] & 6) != 6)
        {
            lines.Write(Inflate(packed, MostBytes).Span);
            if (lines.WrittenCount == 0 || lines.WrittenSpan[^1] != '\n')
                throw new InvalidDataException("the last line has no end");
            return;
        }

        if (packed[0] != Form)
            throw new InvalidDataException("it is in a form that a later version writes");
        if (packed.Length <= 1 + DigestBytes)
            throw new InvalidDataException("it is cut off");
        LineUnpacker.Unpack(Inflate(packed[(1 + DigestBytes)..], MostColumnBytes).Span, lines);
        if (!SHA256.HashData(lines.WrittenSpan).AsSpan().SequenceEqual(packed.Slice(1, DigestBytes)))
            throw new InvalidDataException("the lines are not those that were packed");
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlySpan<byte> deflated, int mostBytes)
    {
        using var inflater = new DeflateStream(new MemoryStream(deflated.ToArray()), CompressionMode.Decompress);
        var text = new ArrayBufferWriter<byte>(64 * 1024);
        while (inflater.Read(text.GetSpan(16 * 1024)) is > 0 and var count)
        {
            text.Advance(count);
            if (text.WrittenCount > mostBytes)
                throw new InvalidDataException("it expands to more than was ever packed");
        }

        return text.WrittenMemory;
    }
}
