using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Packing;

/// <summary>
/// Packs the lines of one ledger that follow one another. Each line is a byte in the first column: which of the rare
/// numbers of a usage receipt follow, or that the line stands as it is in the last one. Not thread-safe.
/// </summary>
internal sealed class LinePacker
{
    /// <summary>The line stands as it is.</summary>
    internal const byte Literal = 0x80;

    /// <summary>As <see cref="Literal"/>, and it is the usage receipt that the next one is told from.</summary>
    internal const byte LiteralUsage = 0x81;

    /// <summary>The columns: what each line is, the four usual numbers of usage receipts, the rare ones, lines as they are.</summary>
    internal const int Columns = 1 + UsageColumns.Usual + 2;

    private readonly NumberColumn[] _columns = [.. Enumerable.Range(0, Columns).Select(static _ => new NumberColumn())];
    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private readonly ArrayBufferWriter<byte> _unpacked = new(4096);
    private UsageReceipt? _before;
    private long _linesSince;

    /// <summary>Bytes of the lines so far, newlines included.</summary>
    internal int LineBytes => _lines.WrittenCount;

    /// <summary>Adds the next line.</summary>
    /// <param name="line">The line, without newline; it has none within.</param>
    /// <param name="receipt">What it says.</param>
    /// <exception cref="InvalidOperationException">It is full: <see cref="PackedLines.FullAtBytes"/> were there already.</exception>
    internal void Add(ReadOnlySpan<byte> line, Receipt receipt)
    {
        if (_lines.WrittenCount >= PackedLines.FullAtBytes)
            throw new InvalidOperationException("no more lines are packed together");
        _lines.Write(line);
        _lines.Write("\n"u8);
        _linesSince++;
        if (receipt is not UsageReceipt usage)
        {
            AddLiteral(Literal, line);
            return;
        }

        if (_before is not null && UsageColumns.Fits(_before, usage, _linesSince))
            AddUsage(_before, usage);
        else
            AddLiteral(LiteralUsage, line);
        (_before, _linesSince) = (usage, 0);
    }

    /// <summary>Ends, and is empty for the next lines.</summary>
    /// <returns>The packed lines, which were unpacked and compared.</returns>
    /// <exception cref="InvalidOperationException">No line was added.</exception>
    internal byte[] Close()
    {
        if (_lines.WrittenCount == 0)
            throw new InvalidOperationException("there are no lines to pack");
        var packed = Pack();

        // What is kept is evidence: nobody has the lines once the mail is deleted.
        _unpacked.ResetWrittenCount();
        PackedLines.Unpack(packed, _unpacked);
        if (!_unpacked.WrittenSpan.SequenceEqual(_lines.WrittenSpan))
            throw new InvalidOperationException("lines that were packed do not come back");
        Clear();
        return packed;
    }

    /// <summary>Drops the lines that were added.</summary>
    internal void Clear()
    {
        foreach (var column in _columns)
            column.Clear();
        _lines.ResetWrittenCount();
        (_before, _linesSince) = (null, 0);
    }

    private byte[] Pack()
    {
        using var packed = new MemoryStream();
        packed.WriteByte(PackedLines.Form);
        packed.Write(SHA256.HashData(_lines.WrittenSpan));
        using (var deflater = new DeflateStream(packed, CompressionLevel.Optimal))
        {
            var lengths = new NumberColumn();
            foreach (var column in _columns)
                lengths.AddNumber(column.Bytes.Length);
            deflater.Write(lengths.Bytes);
            foreach (var column in _columns)
            {
                deflater.Write(column.Bytes);

                // Each column gets a code of its own: what is frequent in one is rare in the next.
                deflater.Flush();
            }
        }

        return packed.ToArray();
    }

    private void AddLiteral(byte kind, ReadOnlySpan<byte> line)
    {
        _columns[0].Add(kind);
        _columns[^1].AddNumber(line.Length);
        _columns[^1].Add(line);
    }

    private void AddUsage(UsageReceipt before, UsageReceipt usage)
    {
        Span<long> numbers = stackalloc long[UsageColumns.All];
        UsageColumns.Split(before, usage, numbers);
        for (var index = 0; index < UsageColumns.Usual; index++)
            _columns[1 + index].AddNumber(numbers[index]);
        byte written = 0;
        for (var index = UsageColumns.Usual; index < UsageColumns.All; index++)
        {
            if (numbers[index] == 0)
                continue;
            written |= (byte)(1 << (index - UsageColumns.Usual));
            _columns[^2].AddNumber(numbers[index]);
        }

        _columns[0].Add(written);
    }
}
