using System.IO.Compression;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Expands a gzipped file: all of its members, joined, and nothing but members to its last byte. Not thread-safe.
/// </summary>
/// <remarks>
/// .NET's <see cref="GZipStream"/> joins members, but stops without a word at the first byte that begins none, and
/// takes a member that was cut off for one that ended; so <c>cat a.gz b.receipts</c> would lose b unseen. Therefore it
/// is given one member more than the file has, with content that is known: when that comes out last, everything
/// before it was whole.
/// </remarks>
internal sealed class GzipExpansion : IDisposable
{
    private static readonly byte[] s_seal = "end of the last member"u8.ToArray();
    private static readonly byte[] s_sealMember = Compress(s_seal);

    private readonly CountedInput _input;
    private readonly GZipStream _expanded;
    private readonly byte[] _held = new byte[s_seal.Length];
    private int _heldCount;
    private long _bytesRead;

    /// <param name="untrustedBegin">The first bytes of the file, which were read already.</param>
    /// <param name="untrustedRest">The rest; the caller closes it.</param>
    internal GzipExpansion(byte[] untrustedBegin, Stream untrustedRest)
    {
        _input = new CountedInput(untrustedBegin, untrustedRest);
        _expanded = new GZipStream(_input, CompressionMode.Decompress);
    }

    /// <summary>Reads expanded bytes.</summary>
    /// <param name="destination">Longer than 64 bytes.</param>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="InvalidDataException">Not gzip to the last byte, or it expands too much; the message is ours.</exception>
    internal int Read(Span<byte> destination)
    {
        while (true)
        {
            // The last bytes so far stay back, since they may be the seal.
            _held.AsSpan(0, _heldCount).CopyTo(destination);
            var count = Expand(destination[_heldCount..]);
            if (count == 0)
                return End();
            var total = _heldCount + count;
            _heldCount = Math.Min(_held.Length, total);
            destination[(total - _heldCount)..total].CopyTo(_held);
            if (total > _heldCount)
                return total - _heldCount;
        }
    }

    public void Dispose() => _expanded.Dispose();

    private int End()
    {
        if (!_held.AsSpan(0, _heldCount).SequenceEqual(s_seal))
            throw new InvalidDataException("the gzipped file was cut off, or something that is not gzip follows in it");
        return 0;
    }

    private int Expand(Span<byte> destination)
    {
        int count;
        try
        {
            count = _expanded.Read(destination);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException("the gzipped file is damaged here", damaged);
        }

        _bytesRead += count;
        if (_bytesRead > Limits.GzipRatioFreeBytes + _input.BytesRead * Limits.GzipRatio)
        {
            throw new InvalidDataException(
                $"the gzipped file expands to more than {Limits.GzipRatio} times its size, which receipts never do");
        }

        return count;
    }

    private static byte[] Compress(byte[] content)
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.NoCompression, leaveOpen: true))
            gzip.Write(content);
        return member.ToArray();
    }

    // The file's bytes, counted as they are really read, and then the member that seals them.
    private sealed class CountedInput(byte[] begin, Stream rest) : Stream
    {
        private readonly MemoryStream _begin = new(begin);
        private readonly MemoryStream _end = new(s_sealMember);

        internal long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var count = _begin.Read(buffer);
            if (count == 0)
                count = rest.Read(buffer);
            BytesRead += count;
            return count > 0 ? count : _end.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
