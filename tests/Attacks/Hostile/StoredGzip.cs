using System.Buffers.Binary;
using System.IO.Compression;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// Gzip members (RFC 1952) that are the same bytes on every machine: their blocks are stored and not compressed, since a
/// compressor's choices are its own.
/// </summary>
internal static class StoredGzip
{
    /// <summary>One member.</summary>
    /// <param name="content">What it holds, up to 64 KiB.</param>
    /// <param name="flags">The header's flags.</param>
    /// <param name="extra">What the flags announce.</param>
    internal static byte[] Of(byte[] content, byte flags = 0, byte[]? extra = null)
    {
        var block = new byte[5];
        block[0] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(1), checked((ushort)content.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(3), (ushort)(ushort.MaxValue - content.Length));
        var end = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(end, Crc32(content));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(4), (uint)content.Length);
        return [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0xff, .. extra ?? [], .. block, .. content, .. end];
    }

    /// <summary>One byte over and over, compressed as far as it goes. Not the same on every machine, so never stored.</summary>
    internal static byte[] Bomb(byte value, int count, byte[] before)
    {
        using var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(before);
            var piece = new byte[1024 * 1024];
            Array.Fill(piece, value);
            for (var written = 0; written < count; written += piece.Length)
                gzip.Write(piece);
        }

        return gzipped.ToArray();
    }

    // RFC 1952 section 8.
    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb88320;
        }

        return ~crc;
    }
}
