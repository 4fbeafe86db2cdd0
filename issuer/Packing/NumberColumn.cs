using System.Buffers;

namespace OfflineLicense.Issuer.Packing;

/// <summary>
/// Numbers or bytes of one sort, one after another. A number is folded, so that 0, -1, 1, -2 … become 0, 1, 2, 3 …, and
/// written in groups of 7 bits, the lowest first, with the highest bit of a byte set where more follow. Not thread-safe.
/// </summary>
internal sealed class NumberColumn
{
    private const int MostNumberBytes = 10;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    internal void Add(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    internal void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    internal void AddNumber(long number)
    {
        var folded = unchecked((ulong)((number << 1) ^ (number >> 63)));
        var target = _bytes.GetSpan(MostNumberBytes);
        var count = 0;
        for (; folded > 0x7f; folded >>= 7)
            target[count++] = (byte)((folded & 0x7f) | 0x80);
        target[count++] = (byte)folded;
        _bytes.Advance(count);
    }

    internal void Clear() => _bytes.ResetWrittenCount();
}

/// <summary>Reads what <see cref="NumberColumn"/> wrote, or what became of it.</summary>
/// <param name="untrusted">The bytes.</param>
internal ref struct NumberReader(ReadOnlySpan<byte> untrusted)
{
    private ReadOnlySpan<byte> _rest = untrusted;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="InvalidDataException">There are not as many.</exception>
    internal ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > _rest.Length)
            throw new InvalidDataException("a column is too short");
        var bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return bytes;
    }

    /// <exception cref="InvalidDataException">There is none, or it has more than 64 bits.</exception>
    internal long Number()
    {
        ulong folded = 0;
        for (var (index, shift) = (0, 0); index < _rest.Length && shift < 64; index++, shift += 7)
        {
            var value = _rest[index];
            folded |= (value & 0x7ful) << shift;
            if (value > 0x7f)
                continue;
            _rest = _rest[(index + 1)..];
            return unchecked((long)(folded >> 1) ^ -(long)(folded & 1));
        }

        throw new InvalidDataException("a column is too short");
    }
}
