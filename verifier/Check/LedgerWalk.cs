using Limits = OfflineLicense.Keys.Limits;

namespace OfflineLicense.Verifier.Check;

/// <summary>Which signatures are verified. Roots always are, of every checkpoint.</summary>
internal enum SignaturesToVerify
{
    /// <summary>The last one, which signs all receipts before it.</summary>
    Last,

    /// <summary>
    /// Every one. An earlier one that is wrong is told, and costs nothing where a later one is right: that signs all that it
    /// signed.
    /// </summary>
    Every,
}

/// <summary>
/// Walks over one ledger of a receipts file, from its head to the file's end, the next head, or what is damaged:
/// <code>
/// file  = head 1*group
/// group = blank-line 1*receipt blank-line checkpoint blank-line signature-line
/// </code>
/// Memory does not grow with the file. Not thread-safe.
/// </summary>
/// <param name="lines">The file, of which a head comes next.</param>
/// <param name="file">Its name.</param>
internal sealed class LedgerWalk(LineReader lines, string file)
{
    private CheckpointText? _checkpoint;
    private CheckpointText? _next;
    private SealedPart? _last;
    private DamageException? _wrong;

    /// <summary>Whether the file is a segment of a ledger, which may have its head and nothing else yet.</summary>
    internal bool IsSegment { get; init; }

    /// <summary>Which signatures are verified.</summary>
    internal SignaturesToVerify Signatures { get; init; }

    /// <summary>What the receipts say is added up here, if anywhere.</summary>
    internal Account? Account { get; init; }

    /// <summary>Says of a head that it does not belong here, by a <see cref="DamageException"/>.</summary>
    internal Action<FileHead>? CheckHead { get; init; }

    /// <summary>The head; null where it is damaged.</summary>
    internal FileHead? Head { get; private set; }

    /// <summary>The tree over all receipts that were read.</summary>
    internal HashTree Tree { get; } = new();

    /// <summary>How far the ledger is good in this file; null where nothing of it is proven.</summary>
    internal SealedPart? Good { get; private set; }

    /// <summary>
    /// How many bytes of the file are good, as far as is known: up to <see cref="Good"/>, or the head alone where the ledger
    /// began in an earlier file; 0 for none.
    /// </summary>
    internal long GoodBytes { get; private set; }

    /// <summary>What is damaged; null for nothing.</summary>
    internal DamageFound? Damage { get; private set; }

    /// <summary>Whether the last checkpoint that was read is wrong, and with it nothing behind it torn: it was written to its end.</summary>
    internal bool IsLastWrong { get; private set; }

    /// <summary>
    /// Whether an earlier checkpoint may be good all the same: which, only a walk with <see cref="SignaturesToVerify.Every"/>
    /// can tell.
    /// </summary>
    internal bool IsGoodPartUnknown => IsLastWrong && Signatures == SignaturesToVerify.Last;

    /// <summary>Walks, once.</summary>
    internal void Walk()
    {
        try
        {
            var head = FileHead.Read(lines);
            CheckHead?.Invoke(head);
            Head = head;
            _checkpoint = new CheckpointText(head.Key);
            _next = new CheckpointText(head.Key);
            Tree.Begin(head.Start, head.Subtrees);
            GoodBytes = head.Start > 0 ? lines.Position : 0;
            Account?.Enter(head, file);
            ReadGroups();
        }
        catch (DamageException damage)
        {
            Damage = DamageFound.In(file, damage);
        }

        if (_last is null)
            return;
        if (Signatures == SignaturesToVerify.Last)
            _wrong ??= _checkpoint!.Wrong();
        if (_wrong is null)
        {
            TakeForGood();
            return;
        }

        // It stands before whatever else was found.
        (Damage, IsLastWrong) = (DamageFound.In(file, _wrong), true);
    }

    /// <summary>Says what a segment that ended well must not leave open.</summary>
    internal void EndSegment()
    {
        try
        {
            if (Head!.Start == 0 && Good is null)
                throw new DamageException(1, "the first checkpoint is missing, which is put in place with the head");
            if (!lines.HasMore())
                return;
            FileHead.Read(lines);
            throw new DamageException(1, "a segment holds one ledger, not two");
        }
        catch (DamageException damage)
        {
            Damage = DamageFound.In(file, damage);
        }
    }

    private void ReadGroups()
    {
        if (IsSegment && !lines.HasMore())
            return;
        do
        {
            lines.TakeBlank("receipts");
            ReadReceipt(lines.Take("a receipt"));
            for (var line = TakeReceipt(); !line.IsEmpty; line = TakeReceipt())
                ReadReceipt(line);
            ReadCheckpoint();
        }
        while (lines.HasMore() && !lines.IsHead());
    }

    private ReadOnlySpan<byte> TakeReceipt() => lines.Take("a receipt, or a blank line and a checkpoint");

    private void ReadReceipt(ReadOnlySpan<byte> line)
    {
        var wrongAt = ReceiptText.Read(line, out var receipt);
        if (wrongAt > 0)
            throw lines.Damage(FormattableString.Invariant($"not of a receipt's form from column {wrongAt} on"));
        if (receipt.Seq != Tree.Size)
            throw lines.Damage(FormattableString.Invariant($"expected seq {Tree.Size}, not {receipt.Seq}"));
        if (receipt.Seq == Limits.Number)
            throw lines.Damage("no checkpoint can cover this receipt");
        if (receipt.Seq == 0 && receipt.Kind != ReceiptKind.Start)
            throw lines.Damage("a ledger begins with a start receipt");
        Tree.Add(line);
        Account?.Add(receipt, lines.Number);
    }

    private void ReadCheckpoint()
    {
        // Read beside the last one, which still counts should this one be cut short.
        _next!.Read(lines, Tree);
        (_checkpoint, _next) = (_next, _checkpoint);
        _last = new SealedPart { Size = Tree.Size, Root = _checkpoint!.Root.ToArray(), File = file, Line = _checkpoint.Line, Bytes = lines.Position };
        var wrong = Signatures == SignaturesToVerify.Every || !_checkpoint.IsRootGood ? _checkpoint.Wrong() : null;
        if (wrong is not null)
        {
            _wrong ??= wrong;
            Account?.Doubt(_last);
            return;
        }

        _wrong = null;
        Account?.Seal();
        if (Signatures == SignaturesToVerify.Every)
            TakeForGood();
    }

    private void TakeForGood() => (Good, GoodBytes) = (_last, _last!.Bytes);
}
