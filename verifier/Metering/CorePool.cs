using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The cores in use by all processes of a state folder, in a file of it in which <b>a core is a byte and its use a
/// lock</b>. The kernel hands every byte out once and takes it back when its process ends, however that ends; so below a
/// quota that refuses, no more cores can be had than it has bytes, and nothing is ever stale.
/// </summary>
/// <remarks>
/// Under a quota that refuses, work locks its cores before it begins; else the next look locks them, for others to count.
/// Either way they are given back the moment that it ends, so no more is ever locked than is in use, and nobody is
/// refused for cores that nobody uses. Where there are no such locks, cores of others are what their receipts say.
/// <para>Of one node, which calls what changes it under one lock. <see cref="Refresh"/> is called without it.</para>
/// </remarks>
/// <param name="open">Opens the file; null where there are no such locks.</param>
/// <param name="gate">The node's lock.</param>
internal sealed class CorePool(Func<RangeLocks?> open, Lock gate) : IDisposable
{
    /// <summary>The file's name in the state folder.</summary>
    public const string FileName = "cores";

    /// <summary>How often a byte may be given back between two looks at it before a search gives up.</summary>
    private const int MostVanished = 100;

    /// <summary>All bytes that stand for a core: more than a quota can have, and than can run above it.</summary>
    private static readonly LockRange Cores = new(0, 1L << 60);

    private readonly CoreRanges _own = new();
    private RangeLocks? _locks;
    private long _inUse;
    private long _others;
    private long? _bound;
    private long _othersAbove;

    // Below it all bytes were taken when they were last seen; that they still are is not known.
    private long _lowestFree;

    /// <summary>Cores in use by the other processes, as of the last look.</summary>
    public long Others => Volatile.Read(ref _others);

    /// <summary>The quota that refuses; null for none.</summary>
    public long? Bound => _bound;

    /// <summary>The pool of a state folder.</summary>
    public static CorePool In(LedgerDisk disk, string stateFolder, Lock gate) =>
        new(() => disk.OpenLocks(Path.Combine(stateFolder, FileName)), gate);

    /// <summary>Counts the cores in use without taking any; null where that cannot be known so.</summary>
    public static long? CountIn(LedgerDisk disk, string stateFolder)
    {
        try
        {
            using var locks = disk.OpenLocksToCount(Path.Combine(stateFolder, FileName));
            return locks?.CountOfOthers(Cores);
        }
        catch (LedgerDiskException)
        {
            return null;
        }
    }

    /// <summary>Cores in use by all processes, as of now where there are locks. Under the node's lock.</summary>
    public long CountInUse()
    {
        try
        {
            return _inUse + (_locks?.CountOfOthers(Cores) ?? Others);
        }
        catch (LedgerDiskException)
        {
            return _inUse + Others;
        }
    }

    /// <summary>Begins work on some cores, unless that would pass the quota that refuses. Under the node's lock.</summary>
    public bool TryBegin(long cores)
    {
        if (_bound is { } bound && !TryClaim(cores, bound))
            return false;
        _inUse += cores;
        GiveBackWhatIsOver();
        return true;
    }

    /// <summary>Ends work on some cores. Under the node's lock.</summary>
    public void End(long cores)
    {
        _inUse -= cores;
        GiveBackWhatIsOver();
    }

    /// <summary>
    /// Opens the file where one is wanted, or another where it was removed or replaced, and counts the cores of others.
    /// Uses the disk, so it is called without the node's lock, from one place.
    /// </summary>
    /// <param name="isWanted">Whether any license at hand has a quota of cores.</param>
    /// <param name="byReceipts">Cores of others as their receipts say.</param>
    public void Refresh(bool isWanted, long byReceipts)
    {
        long? others = null;
        try
        {
            if (_locks is not null && !(isWanted && _locks.AreInForce()))
                Change(null);
            if (isWanted && _locks is null && open() is { } locks)
                Change(locks);
            others = _locks?.CountOfOthers(Cores);
        }
        catch (LedgerDiskException)
        {
            Change(null);
        }

        Volatile.Write(ref _others, others ?? byReceipts);
    }

    /// <summary>
    /// Lets a quota hold from here on, and locks what runs: as far below it as there is room, and above it what has none,
    /// to be moved down by a later call.
    /// </summary>
    /// <param name="bound">The quota that refuses; null for none.</param>
    public void Bind(long? bound)
    {
        lock (gate)
        {
            (_bound, _lowestFree, _othersAbove) = (bound, 0, 0);
            if (_locks is null)
                return;
            try
            {
                Claim(_inUse - _own.Count, Cores);
                if (bound is not { } quota)
                    return;

                // More than is in use, for a moment, so that no work is ever without its lock.
                Claim(_own.CountFrom(quota), Cores with { End = quota });
                GiveBack();
                _othersAbove = _locks.CountOfOthers(Cores with { Start = quota });
            }
            catch (LedgerDiskException)
            {
                Change(null);
            }
        }
    }

    /// <summary>Gives all back.</summary>
    public void Dispose() => Change(null);

    private void Change(RangeLocks? locks)
    {
        lock (gate)
        {
            _own.Clear();
            _locks?.Dispose();
            _locks = locks;
            if (locks is not null)
                Claim(_inUse, Cores);
        }
    }

    // What runs above the quota belongs below it: as much must be free there beside what begins.
    private bool TryClaim(long cores, long bound)
    {
        if (_locks is null)
            return _inUse + Others + cores <= bound;
        try
        {
            var wanted = _inUse - _own.Count + cores + _own.CountFrom(bound) + _othersAbove;
            wanted -= Claim(wanted, new LockRange(_lowestFree, bound));
            if (wanted == 0 || Claim(wanted, Cores with { End = bound }) == wanted)
                return true;
            GiveBack();
            return false;
        }
        catch (LedgerDiskException)
        {
            // The system is out of locks, or the like: no reason to refuse anybody's work.
            return _inUse + Others + cores <= bound;
        }
    }

    /// <summary>Locks up to so many bytes of a range, the lowest that are free.</summary>
    /// <returns>How many it locked.</returns>
    private long Claim(long wanted, LockRange within)
    {
        long claimed = 0;
        var vanished = 0;
        while (claimed < wanted && vanished < MostVanished && _own.Gap(within) is { } gap)
        {
            var range = gap with { End = Math.Min(gap.End, gap.Start + wanted - claimed) };
            LockRange? other = null;
            while (range.Count > 0 && !_locks!.TryTake(range))
            {
                other = _locks.Other(range);
                if (other is null && ++vanished == MostVanished)
                    return claimed;
                range = range with { End = Math.Max(range.Start, Math.Min(range.End, other?.Start ?? range.End)) };
            }

            if (range.Count > 0)
                _own.Add(range);
            claimed += range.Count;
            within = within with { Start = Math.Max(range.End, other is { } taken && taken.Start <= range.End ? taken.End : 0) };
        }

        _lowestFree = Math.Min(within.Start, within.End);
        return claimed;
    }

    // Most work begins and ends with nothing locked, and need not pay for the loop's guard.
    private void GiveBackWhatIsOver()
    {
        if (_own.Count > _inUse)
            GiveBack();
    }

    /// <summary>Gives back what is locked and not in use, the highest bytes first.</summary>
    private void GiveBack()
    {
        try
        {
            while (_own.Count > _inUse)
            {
                var given = _own.Last with { Start = Math.Max(_own.Last.Start, _own.Last.End - (_own.Count - _inUse)) };
                _locks!.Give(given);
                _own.RemoveLast(given.Count);
                _lowestFree = Math.Min(_lowestFree, given.Start);
            }
        }
        catch (LedgerDiskException)
        {
            // The next that ends tries again.
        }
    }
}
