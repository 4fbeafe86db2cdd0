namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// A group that several callers of <see cref="LedgerWriter.Append"/> fill while the disk is busy with the one before. Who
/// gave the first of it writes it for all; the others wait. Thread-safe, but for the group, which its writer guards.
/// </summary>
/// <param name="before">The tree over all receipts that come before.</param>
internal sealed class SharedAppend(MerkleTree before)
{
    private readonly object _waiting = new();
    private Exception? _failure;
    private bool _hasEnded;

    /// <summary>How many callers share it.</summary>
    internal int Callers { get; set; }

    /// <summary>What is written.</summary>
    internal LedgerGroup Group { get; } = new(before);

    /// <summary>Tells those who wait that their receipts are on the disk, or why they may not be.</summary>
    internal void End(Exception? failure = null)
    {
        lock (_waiting)
        {
            (_failure, _hasEnded) = (failure, true);
            Monitor.PulseAll(_waiting);
        }
    }

    /// <summary>Returns when the group is on the disk.</summary>
    /// <exception cref="LedgerDiskException">It could not be written.</exception>
    internal void Wait()
    {
        lock (_waiting)
        {
            while (!_hasEnded)
                Monitor.Wait(_waiting);
        }

        if (_failure is { } failure)
            throw Again(failure);
    }

    // Each thread throws an exception of its own.
    private static LedgerDiskException Again(Exception failure) => failure is LedgerDiskException disk
        ? new LedgerDiskException(disk.What, disk.Path, disk.Reason, disk) { Mend = disk.Mend }
        : new LedgerDiskException("append", "with others", failure.Message, failure);
}
