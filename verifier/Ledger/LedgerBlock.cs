namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What a closed segment comes to, or several that follow each other, of all that depends on how much of a ledger was
/// acknowledged and exported: where either ends within a block, its segments are read from there on. Grows while the segment
/// does; not thread-safe.
/// </summary>
/// <param name="start">The <c>seq</c> of its first receipt.</param>
/// <param name="segments">How many segments it is about.</param>
internal sealed class LedgerBlock(long start, long segments = 1)
{
    /// <summary>The <c>seq</c> of its first receipt.</summary>
    public long Start { get; } = start;

    /// <summary>How many segments it is about.</summary>
    public long Segments { get; } = segments;

    /// <summary>One past the <c>seq</c> of its last.</summary>
    public long End { get; private set; } = start;

    /// <summary>The earliest <c>at</c> of its receipts, which is not always that of the first.</summary>
    public DateTimeOffset Earliest { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>The latest.</summary>
    public DateTimeOffset Latest { get; private set; }

    /// <summary>The use in it.</summary>
    public DaysOfUse Use { get; } = new();

    /// <summary>One block in place of several that follow each other.</summary>
    public static LedgerBlock Of(IReadOnlyList<LedgerBlock> blocks)
    {
        var whole = new LedgerBlock(blocks[0].Start, blocks.Sum(static block => block.Segments));
        foreach (var block in blocks)
        {
            whole.Extend(block.End, block.Earliest, block.Latest);
            whole.Use.Add(block.Use);
        }

        return whole;
    }

    /// <summary>Adds the next receipt.</summary>
    public void Add(Receipt receipt)
    {
        Extend(receipt.Seq + 1, receipt.At, receipt.At);
        if (receipt is UsageReceipt usage)
            Use.Add(usage);
    }

    /// <summary>Adds receipts that are known by their times alone.</summary>
    public void Extend(long end, DateTimeOffset earliest, DateTimeOffset latest)
    {
        End = end;
        Earliest = earliest < Earliest ? earliest : Earliest;
        Latest = latest > Latest ? latest : Latest;
    }

    /// <summary>Whether a size of the ledger lies within the block.</summary>
    public bool IsCutBy(long size) => Start < size && size < End;
}
