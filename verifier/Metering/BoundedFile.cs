using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>Reads whole files that may not be larger than they have any right to be.</summary>
internal static class BoundedFile
{
    /// <summary>Reads a file; whatever its length claims to be, no more than the bound and one byte are read.</summary>
    /// <exception cref="IOException">The file is larger than the bound, or cannot be read.</exception>
    public static byte[] Read(LedgerDisk disk, string path, int maxBytes)
    {
        using var stream = disk.OpenRead(path);
        return Read(stream, maxBytes, path);
    }

    /// <inheritdoc cref="Read(LedgerDisk, string, int)"/>
    public static byte[] Read(Stream stream, int maxBytes, string name)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (stream.Read(bytes, length, bytes.Length - length) is > 0 and var read)
        {
            length += read;
            if (length > maxBytes)
                throw new IOException($"{name} is larger than {Words.Number(maxBytes)} bytes, which no file of its kind is");
            if (length == bytes.Length)
                Array.Resize(ref bytes, Math.Min(bytes.Length * 4, maxBytes + 1));
        }

        return bytes[..length];
    }
}
