namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Exclusive locks on bytes of a file whose content nobody reads. The operating system knows who holds which, and lets
/// go of them when the holder closes the file or dies. Two openings of one file exclude each other, also in one process.
/// Not thread-safe. Calls throw <see cref="LedgerDiskException"/> when the system refuses for another reason than a lock.
/// </summary>
internal abstract class RangeLocks : IDisposable
{
    /// <summary>Locks a range, if nobody else has any of it: all of it or nothing. Own locks in it are no hindrance.</summary>
    internal abstract bool TryTake(LockRange range);

    /// <summary>Lets go of a range.</summary>
    internal abstract void Give(LockRange range);

    /// <summary>A lock of somebody else that has some of a range, any of several; null for none.</summary>
    internal abstract LockRange? Other(LockRange range);

    /// <summary>
    /// Whether whoever opens the file by its name now meets these locks: false when the file was removed or another was
    /// put in its place, and where locks do not hold.
    /// </summary>
    internal abstract bool AreInForce();

    /// <summary>Lets go of all.</summary>
    public abstract void Dispose();

    /// <summary>How many bytes of a range are locked by others. What changes meanwhile is counted or not.</summary>
    internal long CountOfOthers(LockRange range)
    {
        long count = 0;
        var unseen = new Stack<LockRange>([range]);
        while (unseen.TryPop(out var part))
        {
            if (part.Count == 0 || Other(part) is not { } other)
                continue;

            // Any of several, so there may be more on both sides of it.
            var (start, end) = (Math.Max(part.Start, other.Start), Math.Min(part.End, other.End));
            count += end - start;
            unseen.Push(part with { End = start });
            unseen.Push(part with { Start = end });
        }

        return count;
    }
}

/// <summary>Neighbouring bytes of a file.</summary>
/// <param name="Start">The first, counted from 0.</param>
/// <param name="End">The one after the last.</param>
internal readonly record struct LockRange(long Start, long End)
{
    /// <summary>How many there are.</summary>
    public long Count => End - Start;
}
