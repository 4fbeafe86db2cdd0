using System.Text;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Writes a run of a ledger as one head, one group and the newest checkpoint as it was signed, and grows the tree with it: so
/// what is written is what was verified, and all parts that say anything about it agree with it. Not thread-safe.
/// </summary>
internal sealed class LedgerRunWriter
{
    private readonly LedgerRun _run;
    private readonly MerkleTree _tree;
    private readonly Queue<Mark> _marks;

    private LedgerRunWriter(LedgerPlan plan, LedgerRun run)
    {
        _run = run;
        _tree = run.Slices[0].Part.TreeAt(run.Start);
        _marks = new Queue<Mark>(plan.Parts
            .SelectMany(static part => (Mark[])[new Mark(part.Start, part, IsEnd: false), new Mark(part.End, part, IsEnd: true)])
            .Where(mark => mark.Size >= run.Start && mark.Size <= run.End)
            .OrderBy(static mark => mark.Size));
    }

    // A place where a part says what the tree is: by the hashes in its head, or by its checkpoint.
    private sealed record Mark(long Size, LedgerPart Part, bool IsEnd);

    /// <summary>Writes it.</summary>
    /// <returns>When the first receipt was written.</returns>
    /// <exception cref="LedgerForkException">Two parts contradict each other; what is written by then is of no use.</exception>
    /// <exception cref="ReceiptsDamageException">A file has changed since it was verified; likewise.</exception>
    internal static DateTimeOffset Write(LedgerPlan plan, LedgerRun run, Stream target)
    {
        var writer = new LedgerRunWriter(plan, run);
        target.Write(Encoding.UTF8.GetBytes(LedgerHead.After(writer._tree, plan.Key).Print()));
        target.Write("\n"u8);
        DateTimeOffset? first = null;
        for (var index = 0; index < run.Slices.Count; index++)
        {
            foreach (var line in writer.Lines(index))
            {
                first ??= ReceiptLine.Parse(line.Span).At;
                target.Write(line.Span);
                target.Write("\n"u8);
            }
        }

        target.Write("\n"u8);
        target.Write(run.Seal.Note);
        return first!.Value;
    }

    private IEnumerable<ReadOnlyMemory<byte>> Lines(int index)
    {
        var slice = _run.Slices[index];
        var seq = slice.Part.Start;
        Check(index);
        foreach (var line in slice.Part.Lines())
        {
            if (seq++ < slice.Start)
                continue;
            _tree.Append(line.Span);
            yield return line;
            Check(index);
            if (_tree.Size == slice.End)
                yield break;
        }

        throw slice.Part.Changed();
    }

    private void Check(int index)
    {
        while (_marks.TryPeek(out var mark) && mark.Size == _tree.Size)
        {
            _marks.Dequeue();
            if (mark.IsEnd ? _tree.Root().AsSpan().SequenceEqual(mark.Part.Seal.Root) : _tree.Frontier.SequenceEqual(mark.Part.Frontier.Span))
                continue;

            // Lines that do not lead to their own checkpoint go on from another part's, or were swapped under the reader.
            var current = _run.Slices[index].Part;
            if (!ReferenceEquals(current, mark.Part))
                throw new LedgerForkException(current.Ledger, mark.Size, current.Place, mark.Part.Place);
            if (index == 0)
                throw current.Changed();
            throw new LedgerForkException(current.Ledger, mark.Size, _run.Slices[index - 1].Part.Place, current.Place);
        }
    }
}
