namespace OfflineLicense.Verifier.Ledger;

/// <content>How what callers give becomes a group, and the group a part of the ledger.</content>
internal sealed partial class LedgerWriter
{
    // How often others are let run without anybody's coming, until nobody is waited for.
    private const int StillFor = 20;

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
        LedgerSummary? closed;
        lock (_diskGate)
        {
            try
            {
                var tree = _tree.Copy();
                Gather(append, tree);
                closed = Put(append, tree);
            }
            catch (Exception failed)
            {
                Stop(failed);
                append.End(failed);
                return;
            }

            append.End();
            Tally(append);
        }

        if (closed is not null)
            Put(closed);
    }

    // What was appended is on the disk, and everybody was told so. Only what comes next is not to go on from a fault in this.
    private void Tally(SharedAppend append)
    {
        try
        {
            foreach (var receipt in append.Group.Receipts)
                _tally.Add(receipt);
        }
        catch (Exception failed)
        {
            Stop(failed);
        }
    }

    // The next group is on its way to the disk meanwhile: to print, sign and sync a summary takes longer than that.
    private void Put(LedgerSummary closed)
    {
        try
        {
            lock (_summaryGate)
            {
                if (closed.Size <= _summarySize)
                    return;
                closed.TryPut(_disk, Folder, _key);
                _summarySize = closed.Size;
            }
        }
        catch (Exception failed)
        {
            Stop(failed);
        }
    }

    private LedgerSummary? Put(SharedAppend append, MerkleTree tree)
    {
        var text = append.Group.Seal(tree, _key);
        var closed = _segment.IsFull ? Roll(text) : null;
        if (closed is null)
            _segment.Append(text);
        lock (_gate)
            _tree = tree;
        return closed;
    }

    // Those who shared the write before were let go of a moment ago, and if they have more to append they are on their way:
    // to begin without them would cost a sync for one and a sync for the others. One caller alone never waits. What has come
    // is hashed meanwhile. From then on what is given is for the next group.
    private void Gather(SharedAppend append, MerkleTree tree)
    {
        for (var (seen, still, areAll) = (0, 0, false); !areAll; still++)
        {
            int callers;
            ReadOnlyMemory<byte> lines;
            lock (_gate)
            {
                ThrowIfStopped();
                (callers, lines) = (append.Callers, append.Group.Lines);
                areAll = callers >= _lastCallers || still == StillFor;
                if (areAll)
                    (_next, _given, _lastCallers) = (null, _given + append.Group.Receipts.Count, callers);
            }

            append.Group.Hash(lines, tree);
            if (callers > seen)
                (seen, still) = (callers, 0);
            else
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
}
