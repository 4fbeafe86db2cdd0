using System.Security.Cryptography;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>A file of a <see cref="LedgerDisk"/> as a stream to write to, which hashes what goes through. Not thread-safe.</summary>
/// <param name="file">The file, which is closed with the stream.</param>
internal sealed class LedgerFileStream(LedgerFile file) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Writes what is left, and returns when all is on the disk.</summary>
    /// <returns>SHA-256 of all bytes.</returns>
    internal byte[] Finish()
    {
        Flush();
        file.Sync();
        return _hash.GetHashAndReset();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_count == _buffer.Length)
                Flush();
            var taken = buffer[..Math.Min(buffer.Length, _buffer.Length - _count)];
            taken.CopyTo(_buffer.AsSpan(_count));
            _count += taken.Length;
            buffer = buffer[taken.Length..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        file.Append(_buffer.AsSpan(0, _count));
        _hash.AppendData(_buffer, 0, _count);
        _count = 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
