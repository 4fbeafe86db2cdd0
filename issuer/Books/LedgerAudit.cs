using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// Reads one stored ledger again from its first receipt to its last: each line against the hashes that were stored with it,
/// each checkpoint against its signature, the end against what the registry says of it, what was acknowledged, and what
/// the receipts add up to. It holds a megabyte of lines at a time. Made for one ledger; not thread-safe.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="stored">The ledger.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="acknowledged">What replies name.</param>
/// <param name="tell">Takes what is wrong.</param>
internal sealed class LedgerAudit(
    RegistryTransaction transaction, StoredLedger stored, LicenseBook book, AcknowledgedSizes acknowledged, Action<BookFault> tell)
{
    private readonly LedgerTable _ledgers = new(transaction);
    private readonly MerkleTree _tree = new();
    private readonly LedgerAccount _account = new(LedgerStanding.New, [], book.Find);
    private readonly (string By, ReplyLedger Line)? _named = acknowledged.Of(stored.Name);

    /// <summary>Checks it.</summary>
    /// <returns>How many of its receipts are good.</returns>
    internal long Check()
    {
        if (LinesProblem() is { } broken)
            Tell(broken, BookFault.FromBackup);
        else if (LedgerSums.Difference(transaction, stored, _account) is { } derived)
            Tell(derived, BookFault.ByRebuild);
        if (_named is { } named && named.Line.Size > _tree.Size)
            Tell(Invariant($"{named.By} names {named.Line.Size} receipts of it, and {_tree.Size} are good here"), BookFault.FromBackup);
        return _tree.Size;
    }

    private string? LinesProblem()
    {
        if (InstallationName.Of(stored.Key.PublicKey) != stored.Installation)
            return "its key is another installation's";
        byte[]? checkpoint = null;
        try
        {
            foreach (var start in _ledgers.PieceStarts(stored.Name))
            {
                var piece = _ledgers.Piece(stored.Name, start);
                if (PieceProblem(piece) is { } broken)
                    return broken;
                checkpoint = piece.Checkpoint;
            }
        }
        catch (Exception e) when (e is InvalidDataException or ReceiptFormatException or ArgumentException)
        {
            return Invariant($"what is stored from receipt {_tree.Size} on cannot be read: {e.Message.TrimEnd('.')}");
        }

        return _tree.Size != stored.Size ? Invariant($"{_tree.Size} receipts of it are stored, and its size is given as {stored.Size}")
            : !_tree.Root().AsSpan().SequenceEqual(stored.Root) ? "its root is not that of its receipts"
            : checkpoint is null ? "the checkpoint that signs its end is missing"
            : null;
    }

    private string? PieceProblem(ReceiptsPiece piece)
    {
        if (piece.Start != _tree.Size)
            return Invariant($"receipts up to {_tree.Size - 1} are followed by receipt {piece.Start}");
        if (!piece.Frontier.AsSpan().SequenceEqual(_tree.Frontier))
            return Invariant($"the hashes left of receipt {piece.Start} are not those of the receipts there");
        foreach (var line in piece.LineByLine())
        {
            var receipt = ReceiptLine.Parse(line.Span);
            if (receipt.Seq != _tree.Size)
                return Invariant($"receipt {receipt.Seq} stands in the place of {_tree.Size}");
            _tree.Append(line.Span);
            _account.Add(receipt);
            HoldAgainstReply();
        }

        return piece.End != _tree.Size ? Invariant($"receipts {piece.Start} to {piece.End - 1} should stand together, and they end with {_tree.Size - 1}")
            : piece.Checkpoint is { } checkpoint ? CheckpointProblem(checkpoint)
            : null;
    }

    private string? CheckpointProblem(byte[] note)
    {
        var reading = SignedNote.Read(note, [stored.Key]);
        var expected = new Checkpoint { Origin = stored.Name, Size = _tree.Size, Root = _tree.Root() };
        return !reading.IsGood ? Invariant($"the checkpoint after receipt {_tree.Size - 1} does not verify: {reading.Reason}")
            : reading.Text != expected.Text ? Invariant($"the checkpoint after receipt {_tree.Size - 1} signs other receipts than those here")
            : null;
    }

    private void HoldAgainstReply()
    {
        if (_named is { } named && named.Line.Size == _tree.Size && ExactText.FormatBase64(_tree.Root()) != named.Line.Root)
            Tell(Invariant($"{named.By} names other receipts up to {_tree.Size - 1} than those here"), BookFault.FromBackup);
    }

    private void Tell(string what, string mend) => tell(new BookFault($"ledger {stored.Name}", what, mend));
}
