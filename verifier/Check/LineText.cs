using System.Buffers;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Reads the JSON that receipts are made of, from left to right, in its one spelling. What does not come as it is asked for
/// ends the reading: every later answer is empty, and <see cref="End"/> tells where it was.
/// </summary>
/// <param name="line">The line, without its newline.</param>
internal ref struct LineText(ReadOnlySpan<byte> line)
{
    // Printable ASCII without the quote and the backslash.
    private static readonly SearchValues<byte> s_letters = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x7F - 0x20).Where(value => value is not ('"' or '\\')).Select(value => (byte)value)]);

    private readonly int _length = line.Length;
    private ReadOnlySpan<byte> _rest = line;
    private int _failedAt;

    /// <summary>Reads these bytes if they come next.</summary>
    internal bool Try(ReadOnlySpan<byte> bytes)
    {
        if (!_rest.StartsWith(bytes))
            return false;
        _rest = _rest[bytes.Length..];
        return true;
    }

    /// <summary>Reads exactly these bytes.</summary>
    internal void Expect(ReadOnlySpan<byte> bytes)
    {
        if (!Try(bytes))
            Fail();
    }

    /// <summary>Reads a key, with what stands before it, and its number.</summary>
    internal long Number(ReadOnlySpan<byte> key)
    {
        Expect(key);
        return Number();
    }

    /// <summary>Reads a key, with what stands before it, and its string.</summary>
    internal ReadOnlySpan<byte> String(ReadOnlySpan<byte> key)
    {
        Expect(key);
        return String();
    }

    /// <summary>Reads a key, with what stands before it, and its time.</summary>
    internal long Time(ReadOnlySpan<byte> key)
    {
        Expect(key);
        var before = _rest;
        if (Spelling.Time(String(), out var time))
            return time;
        _rest = before;
        Fail();
        return 0;
    }

    /// <summary>Reads the further keys of a kind of a later version: strings, numbers, arrays of those and of objects of those.</summary>
    internal void NewerMembers()
    {
        while (Try(","u8))
        {
            Key();
            if (Try("["u8))
                Array();
            else
                Scalar();
        }
    }

    /// <summary>Asks that nothing is left.</summary>
    /// <returns>0 when all came as asked for; else the byte, from 1, where it did not.</returns>
    internal int End()
    {
        if (!_rest.IsEmpty)
            Fail();
        return _failedAt;
    }

    private void Array()
    {
        if (Try("]"u8))
            return;
        do
        {
            if (!Try("{"u8))
            {
                Scalar();
                continue;
            }

            do
            {
                Key();
                Scalar();
            }
            while (Try(","u8));
            Expect("}"u8);
        }
        while (Try(","u8));
        Expect("]"u8);
    }

    private void Key()
    {
        String();
        Expect(":"u8);
    }

    private void Scalar()
    {
        if (_rest.StartsWith("\""u8))
            String();
        else
            Number();
    }

    private long Number()
    {
        var length = 0;
        while (length < _rest.Length && _rest[length] is >= (byte)'0' and <= (byte)'9')
            length++;
        if (!Spelling.Number(_rest[..length], out var number))
            Fail();
        else
            _rest = _rest[length..];
        return number;
    }

    private ReadOnlySpan<byte> String()
    {
        if (!_rest.StartsWith("\""u8))
        {
            Fail();
            return default;
        }

        var text = _rest[1..];
        var length = text.IndexOfAnyExcept(s_letters);
        if (length < 0 || text[length] != '"')
        {
            Fail();
            return default;
        }

        _rest = text[(length + 1)..];
        return text[..length];
    }

    // The first failure is the one that is told. Nothing is left to read then, so all that follows fails and changes nothing.
    private void Fail()
    {
        if (_failedAt == 0)
            _failedAt = _length - _rest.Length + 1;
        _rest = default;
    }
}
