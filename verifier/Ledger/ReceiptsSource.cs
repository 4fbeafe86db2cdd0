using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The lines of a receipts file, plain or gzipped, one at a time and within all limits: a line has at most 4 KiB, a
/// file expands to at most 4 GiB. Knows nothing of what the lines mean.
/// </summary>
internal sealed class ReceiptsSource : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const byte GzipFirstByte = 0x1f;

    private readonly string _file;
    private readonly byte[] _buffer;
    private readonly Stream _untrusted;
    private GzipExpansion? _expansion;
    private bool _mayBeGzipped;
    private bool _isAtEnd;
    private long _bytesLeft;
    private long _bytesRead;
    private int _begin;
    private int _end;

    /// <param name="untrusted">The file, from its first byte; the caller closes it.</param>
    /// <param name="file">Its name, for what is said about it.</param>
    /// <param name="mayBeGzipped">Whether it is expanded when it begins like a gzipped one.</param>
    /// <param name="byteCount">How many bytes of the file are read at most.</param>
    internal ReceiptsSource(Stream untrusted, string file, bool mayBeGzipped, long byteCount = long.MaxValue)
    {
        // No more than the file can fill, and always room for the longest line.
        _buffer = new byte[Math.Clamp(byteCount, 2 * Limits.LineBytes, BufferBytes)];
        _bytesLeft = byteCount;
        _mayBeGzipped = mayBeGzipped;
        _untrusted = untrusted;
        _file = file;
    }

    /// <summary>The number of the line that was read last, from 1; 0 before the first.</summary>
    internal long LineNumber { get; private set; }

    /// <summary>Bytes up to the end of the line that was read last, of what the file expands to; set where reading begins within it.</summary>
    internal long Position { get; set; }

    /// <summary>The line that was read last, without its newline; valid until the next one is read.</summary>
    internal ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <returns>False when the file has ended after the line before.</returns>
    /// <exception cref="ReceiptsDamageException">The line is too long or has no newline, or the file cannot be expanded.</exception>
    internal bool Read()
    {
        var searched = 0;
        int length;
        while ((length = _buffer.AsSpan(_begin + searched, _end - _begin - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _begin;
            if (searched > Limits.LineBytes)
            {
                DropLine();
                Line = default;
                throw Damage($"the line is longer than {Limits.LineBytes} bytes");
            }

            if (Fill())
                continue;
            if (searched == 0)
                return false;
            LineNumber++;
            Line = default;
            _begin = _end;
            throw CutOff("the file ends within this line");
        }

        length += searched;
        LineNumber++;
        Line = _buffer.AsMemory(_begin, length);
        _begin += length + 1;
        Position += length + 1;
        return length <= Limits.LineBytes ? true : throw Damage($"the line is longer than {Limits.LineBytes} bytes");
    }

    /// <summary>Damage in the line that was read last.</summary>
    internal ReceiptsDamageException Damage(string reason, string? hint = null) =>
        DamageAt(LineNumber, reason, hint ?? HintFor(Line.Span));

    /// <summary>The file ends where more should follow.</summary>
    internal ReceiptsDamageException CutOff(string reason) =>
        new(_file, Math.Max(LineNumber, 1), reason, "it was cut off; send the whole file again") { IsCutOff = true };

    /// <summary>What follows the line that was read last is of a later version.</summary>
    internal ReceiptsDamageException Newer(string reason, string hint) => new(_file, Math.Max(LineNumber, 1), reason, hint) { IsNewer = true };

    /// <summary>Damage in a line that was read before.</summary>
    internal ReceiptsDamageException DamageAt(long line, string reason, string? hint = null) =>
        new(_file, Math.Max(line, 1), reason, hint);

    public void Dispose() => _expansion?.Dispose();

    // Receipts files are not mended: a leaf is its exact bytes.
    private static string? HintFor(ReadOnlySpan<byte> line) =>
        line.EndsWith("\r"u8) ? "its line ends were changed on the way; send it gzipped, with a name that ends in .receipts.gz"
        : line.StartsWith("\uFEFF"u8) ? "an editor put a byte-order mark before it; send it gzipped, as it was exported"
        : line.StartsWith("> "u8) ? "it is quoted, as in an answer to a mail; send it gzipped, as it was exported"
        : line.StartsWith((ReadOnlySpan<byte>)[GzipFirstByte, 0x8b]) ? "it is gzipped twice; send it as it was exported"
        : null;

    // The rest of an endless line, in whatever pieces it comes.
    private void DropLine()
    {
        LineNumber++;
        int length;
        while ((length = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n')) < 0)
        {
            _begin = _end;
            if (!Fill())
                return;
        }

        _begin += length + 1;
    }

    private bool Fill()
    {
        if (_isAtEnd)
            return false;
        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        var count = ReadBytes(_buffer.AsSpan(_end));
        _isAtEnd = count == 0;
        _end += count;
        _bytesRead += count;
        if (_bytesRead > Limits.ReceiptsFileBytes)
            throw EndWith($"the file is longer than {Limits.ReceiptsFileBytes} bytes");
        return count > 0;
    }

    private int ReadBytes(Span<byte> free)
    {
        if (_mayBeGzipped)
        {
            _mayBeGzipped = false;
            var count = ReadPlain(free);
            if (count == 0 || free[0] != GzipFirstByte)
                return count;
            _expansion = new GzipExpansion(free[..count].ToArray(), _untrusted);
        }

        try
        {
            return _expansion?.Read(free) ?? ReadPlain(free);
        }
        catch (InvalidDataException damaged)
        {
            throw EndWith(damaged.Message);
        }
    }

    private int ReadPlain(Span<byte> free)
    {
        var count = _untrusted.Read(free.Length > _bytesLeft ? free[..(int)_bytesLeft] : free);
        _bytesLeft -= count;
        return count;
    }

    // What cannot be expanded has no next line to go on at.
    private ReceiptsDamageException EndWith(string reason)
    {
        _isAtEnd = true;
        _begin = _end;
        LineNumber++;
        Line = default;
        return Damage(reason, "send the file again, as it was exported");
    }
}
