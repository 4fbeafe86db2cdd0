using System.Buffers;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>How a file of receipts is read.</summary>
internal enum ReceiptsReading
{
    /// <summary>As it was mailed: every ledger has receipts, and its last checkpoint is verified.</summary>
    Mailed = 0,

    /// <summary>As a ledger has it on disk: never gzipped, and the newest segment may have its head and nothing else yet.</summary>
    OnDisk = 1,
}

/// <summary>
/// Reads receipts files one receipt at a time, and believes nothing that they say of themselves: form, leaves, and the
/// last group's root and signature are verified; earlier checkpoints need the right origin, size, key id and spelling.
/// Files may be concatenated and gzipped. Memory does not grow with the file. Not thread-safe.
/// <code>
/// file  = head, groups          head = format line, key, start, hashes (<see cref="LedgerHead"/>)
/// group = blank line, receipts, blank line, checkpoint, blank line, one signature line
/// </code>
/// What receipts say is not believed until the reader says that there are no more: only then has the checkpoint been
/// verified that signs them all.
/// </summary>
internal sealed class ReceiptsReader : IDisposable
{
    private const int SignatureBytes = 64;
    private const string ContradictionHint = "a byte was changed, or receipts are missing; send the file again, gzipped";

    private readonly ReceiptsSource _source;
    private readonly ReceiptsReading _reading;
    private readonly ArrayBufferWriter<byte> _note = new(512);
    private Place _place;
    private bool _isPeeked;
    private LedgerHead? _head;
    private Receipt? _last;

    /// <param name="untrusted">The file, from its first byte; the caller closes it.</param>
    /// <param name="file">Its name, for what is said about it.</param>
    /// <param name="reading">How it is read.</param>
    /// <param name="byteCount">How many bytes of the file are read at most, when it may be growing.</param>
    internal ReceiptsReader(
        Stream untrusted, string file, ReceiptsReading reading = ReceiptsReading.Mailed, long byteCount = long.MaxValue)
    {
        _source = new ReceiptsSource(untrusted, file, mayBeGzipped: reading != ReceiptsReading.OnDisk, byteCount);
        _reading = reading;
    }

    private enum Place
    {
        BeforeLedger,
        AfterHead,
        AmongReceipts,
        Damaged,
    }

    /// <summary>The tree over the ledger's receipts so far, the one that was read last included.</summary>
    internal MerkleTree Tree { get; private set; } = new();

    /// <summary>
    /// The newest checkpoint of the ledger that was read. Verified when <see cref="NextReceipt"/> has returned null;
    /// null when there was none.
    /// </summary>
    internal ReceiptsSeal? Seal { get; private set; }

    /// <summary>The tree over the receipts that <see cref="Seal"/> covers.</summary>
    internal MerkleTree SealedTree { get; } = new();

    /// <summary>Bytes of the (expanded) file up to the end of the line that was read last.</summary>
    internal long Position => _source.Position;

    /// <summary>Goes on to the next ledger in the file; the one before must have been read to its end.</summary>
    /// <returns>Whose it is, or null at the file's end.</returns>
    /// <exception cref="ReceiptsDamageException">Its head is damaged.</exception>
    internal LedgerHead? NextLedger()
    {
        if (_place != Place.BeforeLedger)
            throw new InvalidOperationException("the ledger before is not read to its end, nor skipped");
        return Guarded(static reader => reader.ReadHead());
    }

    /// <summary>
    /// Goes on in a ledger where reading ended before, in place of <see cref="NextLedger"/>: behind a group, with a file
    /// that stands there. The next checkpoint that is verified proves that what follows was appended to what was read.
    /// </summary>
    /// <param name="key">The ledger's key.</param>
    /// <param name="tree">The tree over what was read.</param>
    /// <param name="position">Bytes of the file up to there.</param>
    internal void GoOn(VerifierKey key, MerkleTree tree, long position)
    {
        if (_place != Place.BeforeLedger || _source.LineNumber > 0)
            throw new InvalidOperationException("reading has begun elsewhere");
        _head = LedgerHead.After(tree, key);
        _source.Position = position;
        Tree.Become(tree);
        _place = Place.AfterHead;
    }

    /// <summary>Reads the ledger's next receipt.</summary>
    /// <returns>The receipt, or null when there are no more and what was read is verified.</returns>
    /// <exception cref="ReceiptsDamageException">The file contradicts itself.</exception>
    internal ReceiptEntry? NextReceipt() => _place switch
    {
        Place.AfterHead => Guarded(static reader => reader.ReadFirst()),
        Place.AmongReceipts => Guarded(static reader => reader.ReadNext()),
        _ => throw new InvalidOperationException("no ledger is being read"),
    };

    /// <summary>After damage, or when no more of a ledger is wanted: looks for the next ledger's head.</summary>
    /// <returns>Whether there is one, for <see cref="NextLedger"/>.</returns>
    internal bool SkipToNextLedger()
    {
        _place = Place.BeforeLedger;
        while (true)
        {
            try
            {
                if (!Peek())
                    return false;
                if (IsHead())
                    return true;
            }
            catch (ReceiptsDamageException)
            {
                // What is skipped may be damaged in more places.
            }

            _isPeeked = false;
        }
    }

    /// <summary>Verifies root and signature of <see cref="Seal"/>, wherever reading has stopped.</summary>
    /// <exception cref="ReceiptsDamageException">One of them does not fit.</exception>
    internal void VerifySeal()
    {
        if (_head is null || Seal is null)
            throw new InvalidOperationException("no checkpoint was read");
        if (!SealedTree.Root().AsSpan().SequenceEqual(Seal.Root))
            throw _source.DamageAt(Seal.Line + 2, "the root is not that of the receipts before it", ContradictionHint);
        if (SignedNote.Read(Seal.Note, [_head.Key]) is { IsGood: false } refused)
        {
            throw _source.DamageAt(
                Seal.Line + Math.Max(refused.Line - 1, 0), refused.Reason, refused.Hint ?? ContradictionHint);
        }
    }

    public void Dispose() => _source.Dispose();

    private T Guarded<T>(Func<ReceiptsReader, T> read)
    {
        try
        {
            return read(this);
        }
        catch (ReceiptsDamageException)
        {
            _place = Place.Damaged;
            throw;
        }
    }

    private LedgerHead? ReadHead()
    {
        if (!Peek())
            return _source.LineNumber > 0 ? null : throw _source.Damage("the file is empty");
        _isPeeked = false;
        if (!_source.Line.Span.SequenceEqual(LedgerHeadParser.FormatLine))
            throw LedgerHeadParser.WrongFormat(_source);
        _head = LedgerHeadParser.Parse(_source, Take);
        (Tree, Seal, _last) = (_head.Tree(), null, null);
        _place = Place.AfterHead;
        return _head;
    }

    private ReceiptEntry? ReadFirst()
    {
        if (_reading == ReceiptsReading.OnDisk && !Peek())
        {
            _place = Place.BeforeLedger;
            return null;
        }

        if (!Take("a blank line and the first receipt").IsEmpty)
            throw _source.Damage(Invariant($"expected a blank line after a head that starts at {Tree.Size}"));
        var entry = ReadReceipt(Take("the first receipt"));
        if (entry.Receipt is { Seq: 0 } and not StartReceipt)
            throw _source.Damage("a ledger begins with a start receipt");
        _place = Place.AmongReceipts;
        return entry;
    }

    private ReceiptEntry? ReadNext()
    {
        var line = Take("a receipt, or a blank line and a checkpoint");
        if (!line.IsEmpty)
            return ReadReceipt(line);
        ReadCheckpoint();
        var isLast = !Peek() || IsHead();
        if (isLast)
        {
            VerifySeal();
            _place = Place.BeforeLedger;
            return null;
        }

        if (!Take("the file's end, or a blank line and more receipts").IsEmpty)
            throw _source.Damage("expected the file's end, a blank line and more receipts, or the next ledger");
        return ReadReceipt(Take("a receipt"));
    }

    private ReceiptEntry ReadReceipt(ReadOnlySpan<byte> line)
    {
        Receipt receipt;
        try
        {
            receipt = ReceiptLine.Parse(line);
        }
        catch (ReceiptFormatException malformed)
        {
            throw _source.Damage($"not a receipt: {malformed.Message}");
        }

        if (receipt.Seq != Tree.Size)
            throw _source.Damage(Invariant($"expected seq {Tree.Size}, not {receipt.Seq}"), ContradictionHint);
        if (receipt.Seq == Limits.Number)
            throw _source.Damage("no checkpoint can cover this receipt; a ledger has at most 2^53 - 1");
        Tree.Append(line);
        _last = receipt;
        return new ReceiptEntry(_source.Line, receipt);
    }

    private void ReadCheckpoint()
    {
        _note.ResetWrittenCount();
        for (var index = 0; index < 3; index++)
            NoteLine("a checkpoint");
        var first = _source.LineNumber - 2;
        var checkpoint = ParseCheckpoint(first);
        if (!NoteLine("a blank line and the checkpoint's signature").IsEmpty)
            throw _source.Damage("expected a blank line after the checkpoint's three lines");
        NoteLine("the checkpoint's signature");
        CheckSignatureLine();
        Seal = new ReceiptsSeal
        {
            Checkpoint = checkpoint,
            Note = _note.WrittenSpan.ToArray(),
            Last = _last!,
            Line = first,
            EndPosition = _source.Position,
        };
        SealedTree.Become(Tree);
    }

    private Checkpoint ParseCheckpoint(long firstLine)
    {
        Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.Parse(_note.WrittenSpan);
        }
        catch (CheckpointFormatException malformed)
        {
            throw _source.DamageAt(firstLine + malformed.Line - 1, malformed.Reason);
        }

        if (checkpoint.Origin != _head!.Ledger)
            throw _source.DamageAt(firstLine, "the checkpoint is of another ledger");
        if (checkpoint.Size != Tree.Size)
        {
            throw _source.DamageAt(
                firstLine + 1,
                Invariant($"the checkpoint covers {checkpoint.Size} receipts, but {Tree.Size} come before it"),
                ContradictionHint);
        }

        return checkpoint;
    }

    // Whether it is good is seen when the last checkpoint is verified; that it is one signature by this key, here.
    private void CheckSignatureLine()
    {
        try
        {
            if (SignedNote.Split(_note.WrittenSpan).Signatures is not [{ Signature.Length: SignatureBytes } signature]
                || !signature.IsBy(_head!.Key))
                throw _source.Damage("the checkpoint is not signed by the ledger's key");
        }
        catch (NoteFormatException malformed)
        {
            throw _source.Damage(malformed.Reason, malformed.Hint);
        }
    }

    private ReadOnlySpan<byte> NoteLine(string expected)
    {
        var line = Take(expected);
        _note.Write(line);
        _note.Write("\n"u8);
        return line;
    }

    // The next line within a ledger. Another ledger's head stays unread, so that reading can go on there.
    private ReadOnlySpan<byte> Take(string expected)
    {
        if (!Peek())
            throw _source.CutOff($"the file ends here, where {expected} should follow");
        if (IsHead())
            throw _source.Damage($"another ledger begins here, where {expected} should follow");
        _isPeeked = false;
        return _source.Line.Span;
    }

    private bool Peek() => _isPeeked || (_isPeeked = _source.Read());

    private bool IsHead() => _source.Line.Span.StartsWith(LedgerHeadParser.AnyVersion);
}
