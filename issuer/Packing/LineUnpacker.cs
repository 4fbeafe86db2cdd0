using System.Buffers;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Packing;

/// <summary>Makes lines of the columns that <see cref="LinePacker"/> wrote, or of what became of them. Pure.</summary>
internal static class LineUnpacker
{
    /// <param name="untrusted">The columns, expanded.</param>
    /// <param name="lines">Where the lines go, each with its newline.</param>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal static void Unpack(ReadOnlySpan<byte> untrusted, ArrayBufferWriter<byte> lines)
    {
        try
        {
            Lines(untrusted, lines);
        }
        catch (Exception e) when (e is ArgumentException or ReceiptFormatException)
        {
            // A number or time that no receipt can have.
            throw new InvalidDataException("a column has what no receipt says", e);
        }
    }

    private static void Lines(ReadOnlySpan<byte> untrusted, ArrayBufferWriter<byte> lines)
    {
        var all = new NumberReader(untrusted);
        Span<long> lengths = stackalloc long[LinePacker.Columns];
        foreach (ref var length in lengths)
            length = all.Number();
        var kinds = all.Bytes(lengths[0]);
        var first = new NumberReader(all.Bytes(lengths[1]));
        var second = new NumberReader(all.Bytes(lengths[2]));
        var third = new NumberReader(all.Bytes(lengths[3]));
        var fourth = new NumberReader(all.Bytes(lengths[4]));
        var rare = new NumberReader(all.Bytes(lengths[5]));
        var literals = new NumberReader(all.Bytes(lengths[6]));
        if (!all.IsAtEnd)
            throw new InvalidDataException("something follows the last column");

        Span<long> numbers = stackalloc long[UsageColumns.All];
        UsageReceipt? before = null;
        long linesSince = 0;
        foreach (var kind in kinds)
        {
            linesSince++;
            if (kind is LinePacker.Literal or LinePacker.LiteralUsage)
            {
                var line = literals.Bytes(literals.Number());
                if (kind == LinePacker.LiteralUsage)
                {
                    before = ReceiptLine.Parse(line) as UsageReceipt ?? throw new InvalidDataException("a line is no usage receipt");
                    linesSince = 0;
                }

                lines.Write(line);
            }
            else
            {
                if (before is null || kind >> (UsageColumns.All - UsageColumns.Usual) != 0)
                    throw new InvalidDataException("a column has what no receipt says");
                (numbers[0], numbers[1], numbers[2], numbers[3]) = (first.Number(), second.Number(), third.Number(), fourth.Number());
                for (var index = UsageColumns.Usual; index < UsageColumns.All; index++)
                    numbers[index] = (kind >> (index - UsageColumns.Usual) & 1) == 0 ? 0 : rare.Number();
                before = UsageColumns.Join(before, linesSince, numbers);
                linesSince = 0;
                ReceiptLine.Print(before, lines);
            }

            lines.Write("\n"u8);
            if (lines.WrittenCount > PackedLines.MostBytes)
                throw new InvalidDataException("it expands to more than was ever packed");
        }
    }
}
