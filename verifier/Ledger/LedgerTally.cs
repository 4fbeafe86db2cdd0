using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>What a ledger's writer adds up while it writes, to close each segment with a <see cref="LedgerSummary"/>. Not thread-safe.</summary>
internal sealed class LedgerTally
{
    /// <summary>
    /// How many of the newest segments have a block each, at most: half a year at the usual interval, and what was not
    /// acknowledged or not exported seldom begins earlier.
    /// </summary>
    internal const int SingleSegments = 128;

    /// <summary>How many older ones share a block: some 3,500 receipts, which are read in milliseconds when they must be.</summary>
    internal const int SegmentsOfBlock = 8;

    private readonly LedgerReadings _readings = new();
    private readonly List<LedgerBlock> _closed = [];
    private LedgerBlock _newest = new(0);

    /// <summary>The tally of a ledger as it is on the disk.</summary>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    /// <exception cref="ReceiptsDamageException">A file has changed since it was scanned.</exception>
    internal static LedgerTally Of(LedgerDisk disk, LedgerScan scan)
    {
        var tally = new LedgerTally();
        if (scan.Summary is { } summary)
        {
            tally._readings.GoOnFrom(summary.Carried);
            tally._closed.AddRange(summary.Blocks);
            tally._newest = new LedgerBlock(summary.Size);
        }

        var starts = scan.Segments.Select(static segment => segment.Start).ToHashSet();
        foreach (var receipt in scan.ReceiptsAlone(disk, tally._newest.Start))
        {
            if (receipt.Seq > tally._newest.Start && starts.Contains(receipt.Seq))
                tally.CloseBlock();
            tally.Add(receipt);
        }

        return tally;
    }

    /// <summary>Adds the next receipt.</summary>
    internal void Add(Receipt receipt)
    {
        _readings.Add(receipt);
        _newest.Add(receipt);
    }

    /// <summary>Closes the newest segment: what comes next is in another.</summary>
    /// <param name="tree">The tree over all receipts up to here.</param>
    /// <param name="key">The ledger's key.</param>
    /// <returns>The summary of all closed segments.</returns>
    internal LedgerSummary Close(MerkleTree tree, VerifierKey key)
    {
        CloseBlock();
        return new LedgerSummary
        {
            Key = key,
            Size = tree.Size,
            Frontier = tree.Frontier.ToArray(),
            Carried = _readings.Carried(),
            Blocks = [.. _closed],
        };
    }

    private void CloseBlock()
    {
        _closed.Add(_newest);
        _newest = new LedgerBlock(_newest.End);
        var first = _closed.FindLastIndex(static block => block.Segments > 1) + 1;
        if (_closed.Count - first <= SingleSegments)
            return;
        _closed[first] = LedgerBlock.Of(_closed.GetRange(first, SegmentsOfBlock));
        _closed.RemoveRange(first + 1, SegmentsOfBlock - 1);
    }
}
