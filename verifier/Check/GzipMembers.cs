using System.Buffers.Binary;
using System.IO.Compression;
using Limits = OfflineLicense.Keys.Limits;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// What a gzipped file expands to (RFC 1952): member after member, each with its header, its CRC-32 and its length checked
/// here, and nothing behind the last. Not thread-safe.
/// </summary>
/// <remarks>
/// The raw deflate stream is .NET's, which does not tell where it ended in its input; so it is fed one byte at a time, and
/// never gets one more than it asks for.
/// </remarks>
/// <param name="untrusted">The file; whoever opened it closes it.</param>
internal sealed class GzipMembers(Stream untrusted) : Stream
{
    private const byte HeaderCrcFlag = 2;
    private const byte ExtraFlag = 4;
    private const byte NameFlag = 8;
    private const byte CommentFlag = 16;
    private const byte ReservedFlags = 0xE0;

    private static readonly uint[] s_crcTable = [.. Enumerable.Range(0, 256).Select(static value =>
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        return crc;
    })];

    private readonly byte[] _buffer = new byte[64 * 1024];
    private DeflateStream? _member;
    private int _begin;
    private int _end;
    private long _read;
    private long _expanded;
    private uint _crc;
    private uint _length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">It is no gzip to its last byte, or expands too much; the message is ours.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_member is not null || ReadHeader())
        {
            var count = Expand(buffer);
            if (count > 0)
                return count;
            ReadTrailer();
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _member?.Dispose();
        base.Dispose(disposing);
    }

    private int Expand(Span<byte> buffer)
    {
        int count;
        try
        {
            count = _member!.Read(buffer);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException("the gzipped file is damaged here", damaged);
        }

        _expanded += count;
        if (_expanded > Limits.GzipRatioFreeBytes + (_read * Limits.GzipRatio))
            throw new InvalidDataException($"the gzipped file expands to more than {Limits.GzipRatio} times its size");
        foreach (var value in buffer[..count])
            _crc = s_crcTable[(_crc ^ value) & 0xFF] ^ (_crc >> 8);
        _length = unchecked(_length + (uint)count);
        return count;
    }

    // False at the end of the file, which is right where a member could begin.
    private bool ReadHeader()
    {
        if (!Fill())
            return false;
        Span<byte> header = stackalloc byte[10];
        Take(header);
        var flags = header[3];
        if (header[0] != 0x1F || header[1] != 0x8B || header[2] != 8 || (flags & ReservedFlags) != 0)
            throw new InvalidDataException("something that is not gzip follows in the gzipped file");
        if ((flags & ExtraFlag) != 0)
        {
            Span<byte> length = stackalloc byte[2];
            Take(length);
            for (var left = BinaryPrimitives.ReadUInt16LittleEndian(length); left > 0; left--)
                TakeByte();
        }

        foreach (var text in (ReadOnlySpan<byte>)[NameFlag, CommentFlag])
        {
            while ((flags & text) != 0 && TakeByte() != 0)
            {
                // To its closing zero.
            }
        }

        if ((flags & HeaderCrcFlag) != 0)
            Take(stackalloc byte[2]);
        _member = new DeflateStream(new OneByteAtATime(this), CompressionMode.Decompress);
        (_crc, _length) = (uint.MaxValue, 0);
        return true;
    }

    private void ReadTrailer()
    {
        _member!.Dispose();
        _member = null;
        Span<byte> trailer = stackalloc byte[8];
        Take(trailer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != ~_crc || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != _length)
            throw new InvalidDataException("the gzipped file is damaged: a member's checksum is wrong");
    }

    private void Take(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
            value = TakeByte();
    }

    private byte TakeByte() => Fill() ? _buffer[_begin++] : throw new InvalidDataException("the gzipped file was cut off");

    private bool Fill()
    {
        if (_begin < _end)
            return true;
        (_begin, _end) = (0, untrusted.Read(_buffer));
        _read += _end;
        return _end > 0;
    }

    private sealed class OneByteAtATime(GzipMembers file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty || !file.Fill())
                return 0;
            buffer[0] = file._buffer[file._begin++];
            return 1;
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
