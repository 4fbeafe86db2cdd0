namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What one closed segment comes to, of all that depends on how much of a ledger was acknowledged and exported: where either
/// ends within a block, its segment is read. Grows while the segment does; not thread-safe.
/// </summary>
/// <param name="start">The <c>seq</c> of its first receipt.</param>
internal sealed class LedgerBlock(long start)
{
    /// <summary>The <c>seq</c> of its first receipt.</summary>
    public long Start { get; } = start;

    /// <summary>One past the <c>seq</c> of its last.</summary>
    public long End { get; private set; } = start;

    /// <summary>The earliest <c>at</c> of its receipts, which is not always that of the first.</summary>
    public DateTimeOffset Earliest { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>The latest.</summary>
    public DateTimeOffset Latest { get; private set; }

    /// <summary>The use in it.</summary>
    public DaysOfUse Use { get; } = new();

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
