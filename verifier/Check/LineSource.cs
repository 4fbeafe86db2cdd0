using Limits = OfflineLicense.Keys.Limits;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// The lines of a file, one at a time, within the limits on a line and on a file. A line of more bytes than are allowed, or
/// one without its newline, is damage; reading can go on behind it. Not thread-safe.
/// </summary>
/// <param name="untrusted">The bytes; whoever opened them closes them.</param>
/// <param name="mostBytes">How many bytes are read at most, where the file may be growing.</param>
internal sealed class LineSource(Stream untrusted, long mostBytes = long.MaxValue)
{
    private const int BufferBytes = 256 * 1024;

    private readonly byte[] _buffer = new byte[Math.Clamp(mostBytes, 2 * Limits.LineBytes, BufferBytes)];
    private long _left = mostBytes;
    private long _total;
    private int _begin;
    private int _end;
    private int _lineBegin;
    private int _lineLength;

    /// <summary>The number of the line read last, from 1; 0 before the first.</summary>
    internal long Number { get; private set; }

    /// <summary>Bytes up to the end of the line read last, its newline included.</summary>
    internal long Position { get; private set; }

    /// <summary>The line read last, without its newline; valid until the next is read.</summary>
    internal ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineBegin, _lineLength);

    /// <summary>Reads the next line.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DamageException">The line is too long or has no newline, or the bytes cannot be had.</exception>
    internal bool Read()
    {
        var isTooLong = false;
        while (true)
        {
            var length = _buffer.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n');
            if (length >= 0)
            {
                (_lineBegin, _lineLength) = (_begin, length);
                Advance(length + 1);
                Number++;
                return isTooLong || length > Limits.LineBytes ? throw TooLong() : true;
            }

            if (_end - _begin > Limits.LineBytes)
            {
                isTooLong = true;
                Advance(_end - _begin);
            }

            if (Fill())
                continue;
            if (_begin == _end && !isTooLong)
                return false;
            Number++;
            _lineLength = 0;
            Advance(_end - _begin);
            throw isTooLong ? TooLong() : new DamageException(Number, "the file ends within this line") { IsCutOff = true, IsOtherFormat = Number == 1 };
        }
    }

    private void Advance(int count)
    {
        _begin += count;
        Position += count;
    }

    private DamageException TooLong()
    {
        _lineLength = 0;
        return new DamageException(Number, $"the line is longer than {Limits.LineBytes} bytes") { IsOtherFormat = Number == 1 };
    }

    private bool Fill()
    {
        if (_left == 0)
            return false;
        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        var free = _buffer.AsSpan(_end);
        int count;
        try
        {
            count = untrusted.Read(free.Length > _left ? free[..(int)_left] : free);
        }
        catch (InvalidDataException damaged)
        {
            throw EndWith(damaged.Message);
        }

        _end += count;
        _left -= count;
        _total += count;
        return _total <= Limits.ReceiptsFileBytes ? count > 0 : throw EndWith($"the file is longer than {Limits.ReceiptsFileBytes} bytes");
    }

    // What cannot be had has no next line to go on at.
    private DamageException EndWith(string reason)
    {
        (_begin, _end, _left, _lineLength) = (0, 0, 0, 0);
        return new DamageException(++Number, reason);
    }
}
