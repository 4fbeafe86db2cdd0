using System.IO.Compression;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Tells a file that was never receipts (a license, a picture, an empty one) from one that is damaged. Whoever sent the first
/// took the wrong file, which is nothing that the books have to remember.
/// </summary>
internal static class ForeignFile
{
    private const int LookedAtBytes = 64 * 1024;

    private static readonly byte[] GzipMark = [0x1f, 0x8b];

    // What every receipts file has at its beginning. A file in which all three are damaged says nothing anyway.
    private static readonly byte[][] Marks = ["offline-license/receipts/v"u8.ToArray(), "\nkey offline-license/"u8.ToArray(), "{\"seq\":"u8.ToArray()];

    /// <summary>Whether nothing at a file's beginning is of receipts, gzipped or not. What cannot be expanded may be.</summary>
    /// <param name="untrusted">The file, from its first byte.</param>
    internal static bool Is(Stream untrusted)
    {
        var begin = new byte[LookedAtBytes];
        var length = untrusted.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> seen = begin.AsSpan(0, length);
        if (seen.StartsWith(GzipMark))
        {
            seen = Expanded(begin, length);
            if (seen.IsEmpty)
                return false;
        }

        foreach (var mark in Marks)
        {
            if (seen.IndexOf(mark) >= 0)
                return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Expanded(byte[] gzipped, int length)
    {
        var text = new byte[LookedAtBytes];
        var count = 0;
        try
        {
            using var expansion = new GZipStream(new MemoryStream(gzipped, 0, length), CompressionMode.Decompress);
            for (int read; count < text.Length && (read = expansion.Read(text, count, text.Length - count)) > 0;)
                count += read;
        }
        catch (InvalidDataException)
        {
            // Cut off, here or on the way: what came before it tells.
        }

        return text.AsSpan(0, count);
    }
}
