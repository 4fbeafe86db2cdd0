namespace OfflineLicense.Verifier.Ledger;

/// <summary>What was removed of a ledger, or would be.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Folder">The ledger's folder.</param>
/// <param name="Start">The <c>seq</c> of the first receipt that went.</param>
/// <param name="End">One past the <c>seq</c> of the last; the same as <paramref name="Start"/> when there is nothing to remove.</param>
/// <param name="Files">How many segments.</param>
/// <param name="Bytes">Their size.</param>
internal sealed record PrunedReceipts(string Ledger, string Folder, long Start, long End, int Files, long Bytes);

/// <summary>
/// Removes receipts from a node: closed segments of which the vendor has said, by the root of this very ledger, that it has
/// them, and that are older than anybody here will ask about. What they come to is in the ledger's summary before they go. It
/// takes no lock, so it works beside the process that writes the ledger, which has no use for a closed segment.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="continuity">What replies say that the vendor has.</param>
internal sealed class LedgerPruning(LedgerDisk disk, LedgerContinuity continuity)
{
    /// <summary>For how long receipts are kept by default, in days: a year's statement and quota, and a month to ask about them.</summary>
    internal const int UsualDays = 400;

    /// <summary>Removes what can go of a ledger; oldest first, each for good before the next.</summary>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="before">A segment with any receipt from then on stays.</param>
    /// <param name="isRehearsal">Whether nothing is to be removed, only told.</param>
    /// <returns>What went; null when nobody can say what the ledger holds.</returns>
    /// <exception cref="LedgerDiskException">The disk refuses; what went by then is a ledger's beginning.</exception>
    /// <exception cref="ReceiptsDamageException">A segment that is compared with a reply or a date is damaged; nothing went.</exception>
    internal PrunedReceipts? Prune(string folder, DateTimeOffset before, bool isRehearsal)
    {
        if (LedgerScan.ReadTail(disk, folder) is not { Damage: null, Key: { } key } scan)
            return null;
        var segments = Removable(scan, before).ToList();
        long bytes = 0;
        foreach (var segment in segments)
            bytes += disk.LengthOf(segment.Path);
        if (!isRehearsal && segments.Count > 0)
            Remove(folder, segments);
        return new PrunedReceipts(key.Name, folder, scan.Start, segments is [.., var last] ? last.Size : scan.Start, segments.Count, bytes);
    }

    private IEnumerable<LedgerSegment> Removable(LedgerScan scan, DateTimeOffset before)
    {
        // A reply about another history acknowledges other receipts than these.
        if (scan.Summary is not { } summary || continuity.Lost(disk, scan) is not null)
            return [];
        var acknowledged = continuity.Acknowledged(scan.Key!.Name);
        return scan.Segments.TakeWhile(segment => segment.Size <= Math.Min(summary.Size, acknowledged) && IsOlder(scan, segment, before));
    }

    // A block of several segments tells when the latest receipt of all of them was written: then this one's are asked.
    private bool IsOlder(LedgerScan scan, LedgerSegment segment, DateTimeOffset before)
    {
        var block = scan.Summary!.Blocks.First(block => segment.Start < block.End);
        return block.Latest < before
            || (block.Segments > 1 && scan.ReceiptsAlone(disk, segment.Start, segment.Size).All(receipt => receipt.At < before));
    }

    // The summary may have its name in memory only (LedgerSummary.TryPut): it is on the disk before anything goes.
    private void Remove(string folder, List<LedgerSegment> segments)
    {
        disk.SyncFolder(folder);
        foreach (var segment in segments)
        {
            disk.Delete(segment.Path);
            disk.SyncFolder(folder);
        }
    }
}
