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

    // How often others are let run without anybody's coming, until nobody is waited for.
    private const int StillFor = 20;

    // Who has both takes the disk's first: what is given meanwhile is gathered for the next write.
    private readonly Lock _diskGate = new();
    private readonly Lock _gate = new();
    private readonly LedgerDisk _disk;
    private readonly IDisposable _lock;
    private readonly SigningKey _key;
    private readonly LedgerTally _tally;
    private NewestSegment _segment;
    private MerkleTree _tree;
    private MerkleTree _given;
    private SharedAppend? _next;
    private int _lastCallers;
    private Exception? _stoppedBy;

    private LedgerWriter(LedgerDisk disk, string folder, NewestSegment segment, IDisposable held, SigningKey key, MerkleTree tree, LedgerTally tally)
    {
        (_disk, Folder, _segment, _lock, _key) = (disk, folder, segment, held, key);
        (_tree, _given, _tally) = (tree, tree, tally);
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
    /// <exception cref="LedgerDiskException">Write or sync failed, now or before; the writer has stopped.</exception>
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
        var written = append.Written(first);

        // Behind those who were let go of just now, on the thread that let go of them: what they append comes along.
        if (isFirst)
            ThreadPool.UnsafeQueueUserWorkItem(WriteUnlessTaken, append, preferLocal: false);
        return written;
    }

    /// <summary>Lets go of the ledger. Writes nothing: a stop receipt is the caller's to append.</summary>
    public void Dispose()
    {
        lock (_diskGate)
            lock (_gate)
            {
                _stoppedBy ??= new ObjectDisposedException(nameof(LedgerWriter));
                _segment.Dispose();
                _key.Dispose();
                _lock.Dispose();
            }
    }

    // Gives receipts a place in the next group. Who is first in it has it written.
    private SharedAppend Join(ReadOnlySpan<Receipt> receipts, out long first, out bool isFirst)
    {
        if (receipts.IsEmpty)
            throw new ArgumentException("a checkpoint signs at least one receipt more", nameof(receipts));
        lock (_gate)
        {
            ThrowIfStopped();
            var append = _next ?? new SharedAppend(_given, expected: _lastCallers + 1);
            first = append.Group.Add(receipts);
            append.Callers++;
            isFirst = _next is null;
            return _next = append;
        }
    }

    private void WriteUnlessTaken(SharedAppend append)
    {
        if (append.TryTake())
            Write(append);
    }

    // Throws nothing: whoever shares the group is told by it.
    private void Write(SharedAppend append)
    {
        lock (_diskGate)
        {
            LedgerSummary? closed;
            try
            {
                Gather(append);
                closed = Put(append);
            }
            catch (Exception failed)
            {
                Stop(failed);
                append.End(failed);
                return;
            }

            append.End();
            try
            {
                foreach (var receipt in append.Group.Receipts)
                    _tally.Add(receipt);
                closed?.TryPut(_disk, Folder, _key);
            }
            catch (Exception failed)
            {
                // What was appended is on the disk, and everybody was told so. Only what comes next is not to go on from here.
                Stop(failed);
            }
        }
    }

    private LedgerSummary? Put(SharedAppend append)
    {
        lock (_gate)
        {
            (_next, _given) = (null, append.Group.Tree);
            _lastCallers = append.Callers;
            ThrowIfStopped();
        }

        var text = append.Group.Seal(_key);
        var closed = _segment.IsFull ? Roll(text) : null;
        if (closed is null)
            _segment.Append(text);
        lock (_gate)
            _tree = append.Group.Tree;
        return closed;
    }

    private void Stop(Exception failed)
    {
        lock (_gate)
            _stoppedBy ??= failed;
    }

    // Those who shared the write before were let go of a moment ago, and if they have more to append they are on their way:
    // to begin without them would cost a sync for one and a sync for the others. One caller alone never waits.
    private void Gather(SharedAppend append)
    {
        for (var (seen, still) = (0, 0); still < StillFor; still++)
        {
            int callers;
            lock (_gate)
                callers = append.Callers;
            if (callers >= _lastCallers)
                return;
            if (callers > seen)
                (seen, still) = (callers, 0);
            Thread.Yield();
        }
    }

    // What the closed segments come to; written down when the append has returned to those who wait for it.
    private LedgerSummary Roll(ReadOnlySpan<byte> group)
    {
        var next = _segment.Roll(_tree, _key.VerifierKey, group);
        _segment.Dispose();
        _segment = next;
        return _tally.Close(_tree, _key.VerifierKey);
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
