using System.Buffers;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The text of a group while it is gathered: blank line, receipts, blank line, checkpoint, blank line, signature line. The
/// other half of <see cref="ReceiptsReader"/>. Not thread-safe.
/// </summary>
/// <param name="before">The tree over all receipts that come before; it stays as it is.</param>
/// <param name="expected">For about how many receipts it takes room at once; there is no limit.</param>
internal sealed class LedgerGroup(MerkleTree before, int expected = 1)
{
    // A receipt of use has some 330 bytes, and so has a checkpoint with its signature.
    private const int UsualBytes = 350;

    private readonly ArrayBufferWriter<byte> _text = new(UsualBytes * (expected + 1));
    private readonly ArrayBufferWriter<byte> _lines = new(UsualBytes);
    private readonly List<Receipt> _receipts = [];

    /// <summary>The tree over all receipts, those of the group included; not to be changed.</summary>
    internal MerkleTree Tree { get; } = before.Copy();

    /// <summary>The group's receipts, numbered.</summary>
    internal IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>Numbers receipts and adds them: all, or none.</summary>
    /// <param name="receipts">One or more.</param>
    /// <returns>The <c>seq</c> of the first.</returns>
    /// <exception cref="ArgumentException">One cannot be written; the group is as it was.</exception>
    internal long Add(params ReadOnlySpan<Receipt> receipts)
    {
        var (first, count) = (Tree.Size, _receipts.Count);
        _lines.ResetWrittenCount();
        try
        {
            foreach (var receipt in receipts)
            {
                var numbered = receipt with { Seq = first + _receipts.Count - count };
                ReceiptLine.Print(numbered, _lines);
                _lines.Write("\n"u8);
                _receipts.Add(numbered);
            }
        }
        catch (ArgumentException)
        {
            _receipts.RemoveRange(count, _receipts.Count - count);
            throw;
        }

        // What follows cannot fail: a receipt's line has no newline in it.
        if (count == 0)
            _text.Write("\n"u8);
        _text.Write(_lines.WrittenSpan);
        for (var lines = _lines.WrittenSpan; !lines.IsEmpty;)
        {
            var end = lines.IndexOf((byte)'\n');
            Tree.Append(lines[..end]);
            lines = lines[(end + 1)..];
        }

        return first;
    }

    /// <summary>Ends the group with a checkpoint that signs all receipts up to here.</summary>
    /// <param name="key">The installation's key under the ledger's name.</param>
    /// <returns>The whole text. Nothing is to be added any more.</returns>
    internal ReadOnlySpan<byte> Seal(SigningKey key)
    {
        _text.Write("\n"u8);
        _text.Write(new Checkpoint { Origin = key.VerifierKey.Name, Size = Tree.Size, Root = Tree.Root() }.Sign(key));
        return _text.WrittenSpan;
    }
}
