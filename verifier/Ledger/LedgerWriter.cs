using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The one writer of a ledger; holds its lock. What <see cref="Append"/> was given is on the disk, signed, when it
/// returns. After a failed write or sync the writer has stopped for good, because what the system then says about the
/// file is not to be trusted: dispose of it and open the ledger anew. Thread-safe.
/// </summary>
internal sealed partial class LedgerWriter : IDisposable
{
    internal const string LockName = "lock";

    // Who has several takes them in this order. What is given while one has the disk's is gathered for the next write.
    private readonly Lock _diskGate = new();
    private readonly Lock _summaryGate = new();
    private readonly Lock _gate = new();
    private readonly LedgerDisk _disk;
    private readonly IDisposable _lock;
    private readonly SigningKey _key;
    private readonly LedgerTally _tally;
    private NewestSegment _segment;
    private MerkleTree _tree;

    // The seq of the next group's first receipt: all before it are on the disk, or are being written.
    private long _given;
    private SharedAppend? _next;

    // Receipts that the summary in place is about: it gives way to none about fewer.
    private long _summarySize;
    private int _lastCallers;
    private Exception? _stoppedBy;

    private LedgerWriter(LedgerDisk disk, string folder, NewestSegment segment, IDisposable held, SigningKey key, MerkleTree tree, LedgerTally tally)
    {
        (_disk, Folder, _segment, _lock, _key) = (disk, folder, segment, held, key);
        (_tree, _given, _tally) = (tree, tree.Size, tally);
    }

    /// <summary>The ledger's name.</summary>
    internal string Ledger => _key.VerifierKey.Name;

    /// <summary>The ledger's folder.</summary>
    internal string Folder { get; }

    /// <summary>
    /// Whether what is appended next begins a segment, and so is to say again to which license and state it belongs. Exact
    /// for whoever appends alone.
    /// </summary>
    internal bool IsFull
    {
        get
        {
            lock (_diskGate)
                return _segment.IsFull;
        }
    }

    /// <summary>Whether a write or sync has failed, so that nothing more can be appended.</summary>
    internal bool IsStopped
    {
        get
        {
            lock (_gate)
                return _stoppedBy is not null;
        }
    }

    /// <summary>Receipts that are durable.</summary>
    internal long Size
    {
        get
        {
            lock (_gate)
                return _tree.Size;
        }
    }

    /// <summary>The root over them: 32 bytes.</summary>
    internal byte[] Root()
    {
        lock (_gate)
            return _tree.Root();
    }

    /// <summary>
    /// Appends receipts and a checkpoint that signs them, with one write and one sync, and returns when they are on the
    /// disk. Callers who come while the disk is busy share the next write and sync. <see cref="Receipt.Seq"/> is set here.
    /// </summary>
    /// <param name="receipts">One or more; they stay together and in their order.</param>
    /// <returns>The <c>seq</c> of the first.</returns>
    /// <exception cref="ArgumentException">There are none, or one cannot be written; nothing has been.</exception>
    /// <exception cref="LedgerDiskException">
    /// Write or sync failed, now or before: nobody can say whether the receipts are on the disk, and the writer has stopped.
    /// </exception>
    internal long Append(params ReadOnlySpan<Receipt> receipts)
    {
        var append = Join(receipts, out var first, out _);
        if (append.TryTake())
            Write(append);
        append.Wait();
        return first;
    }

    /// <summary>As <see cref="Append"/>, for callers who await: it keeps no thread of theirs, neither to wait nor to write.</summary>
    /// <inheritdoc cref="Append"/>
    internal ValueTask<long> AppendAsync(params ReadOnlySpan<Receipt> receipts)
    {
        var append = Join(receipts, out var first, out var isFirst);

        // The pool comes to it after those who were let go of just now, so that what they append is written with it.
        if (isFirst)
            ThreadPool.UnsafeQueueUserWorkItem(WriteUnlessTaken, append, preferLocal: false);
        return append.Written(first);
    }

    /// <summary>Lets go of the ledger. Writes nothing: a stop receipt is the caller's to append.</summary>
    public void Dispose()
    {
        lock (_diskGate)
            lock (_summaryGate)
                lock (_gate)
                {
                    _summarySize = long.MaxValue;
                    _stoppedBy ??= new ObjectDisposedException(nameof(LedgerWriter));
                    _segment.Dispose();
                    _key.Dispose();
                    _lock.Dispose();
                }
    }

    private void Stop(Exception failed)
    {
        lock (_gate)
            _stoppedBy ??= failed;
    }

    private void ThrowIfStopped()
    {
        if (_stoppedBy is not null)
        {
            throw new LedgerDiskException(
                "append to", Folder, $"stopped since an earlier failure ({_stoppedBy.Message}); open the ledger anew", _stoppedBy);
        }
    }
}
