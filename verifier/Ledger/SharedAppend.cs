using System.Runtime.CompilerServices;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// A group that several callers of <see cref="LedgerWriter"/> fill while the disk is busy with the one before, and that is
/// written once for all of them. Who waits for it with a thread and who awaits it are told the same. Thread-safe, but for the
/// group and the count, which its writer guards.
/// </summary>
/// <param name="first">The <c>seq</c> of its first receipt.</param>
/// <param name="expected">About how many receipts are to be expected, one at least.</param>
internal sealed class SharedAppend(long first, int expected)
{
    // Who wrote it goes on with the disk, and not with what the others do next. Threads that wait are woken directly.
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private int _hasWriter;

    /// <summary>How many callers share it.</summary>
    internal int Callers { get; set; }

    /// <summary>What is written.</summary>
    internal LedgerGroup Group { get; } = new(first, expected);

    /// <summary>Whether the caller is to write it; true for one of them.</summary>
    internal bool TryTake() => Interlocked.Exchange(ref _hasWriter, 1) == 0;

    /// <summary>Tells all callers, once, that their receipts are on the disk, or why they may not be.</summary>
    internal void End(Exception? failure = null)
    {
        _failure = failure;
        _ended.SetResult();
    }

    /// <summary>Returns when the group is on the disk.</summary>
    /// <exception cref="LedgerDiskException">It could not be written.</exception>
    internal void Wait()
    {
        _ended.Task.GetAwaiter().GetResult();
        ThrowIfFailed();
    }

    /// <summary>Ends when the group is on the disk.</summary>
    /// <param name="seq">What the caller is told then.</param>
    /// <exception cref="LedgerDiskException">It could not be written.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<long> Written(long seq)
    {
        await _ended.Task.ConfigureAwait(false);
        ThrowIfFailed();
        return seq;
    }

    // Each caller is given an exception of its own.
    private void ThrowIfFailed()
    {
        if (_failure is LedgerDiskException disk)
            throw new LedgerDiskException(disk.What, disk.Path, disk.Reason, disk) { Mend = disk.Mend };
        if (_failure is { } failure)
            throw new LedgerDiskException("append to", "the ledger", failure.Message, failure);
    }
}
