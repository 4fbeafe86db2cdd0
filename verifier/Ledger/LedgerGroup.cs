using System.Buffers;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The text of a group while it is gathered: blank line, receipts, blank line, checkpoint, blank line, signature line. The
/// other half of <see cref="ReceiptsReader"/>. Not thread-safe, but what was gathered may be hashed while more is added.
/// </summary>
/// <param name="first">The <c>seq</c> of its first receipt.</param>
/// <param name="expected">For about how many receipts it takes room at once; there is no limit.</param>
internal sealed class LedgerGroup(long first, int expected = 1)
{
    // A receipt of use has some 330 bytes, and so has a checkpoint with its signature.
    private const int UsualBytes = 350;

    private readonly ArrayBufferWriter<byte> _text = new(UsualBytes * (expected + 1));
    private readonly ArrayBufferWriter<byte> _lines = new(UsualBytes);
    private readonly List<Receipt> _receipts = [];
    private int _hashedBytes;

    /// <summary>The group's receipts, numbered.</summary>
    internal IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>The lines of all receipts so far, which stay as they are while more are added.</summary>
    internal ReadOnlyMemory<byte> Lines => _text.WrittenCount == 0 ? default : _text.WrittenMemory[1..];

    /// <summary>Numbers receipts and adds them: all, or none.</summary>
    /// <param name="receipts">One or more.</param>
    /// <returns>The <c>seq</c> of the first of them.</returns>
    /// <exception cref="ArgumentException">One cannot be written; the group is as it was.</exception>
    internal long Add(params ReadOnlySpan<Receipt> receipts)
    {
        var count = _receipts.Count;
        _lines.ResetWrittenCount();
        try
        {
            foreach (var receipt in receipts)
            {
                var numbered = receipt with { Seq = first + _receipts.Count };
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

        if (count == 0)
            _text.Write("\n"u8);
        _text.Write(_lines.WrittenSpan);
        return first + count;
    }

    /// <summary>Appends to a tree those of the lines that were not there yet when this was called before.</summary>
    /// <param name="lines">As <see cref="Lines"/> gave them.</param>
    /// <param name="tree">The tree over all receipts that come before, and those that were hashed.</param>
    internal void Hash(ReadOnlyMemory<byte> lines, MerkleTree tree)
    {
        // A receipt's line has no newline in it.
        for (var rest = lines.Span[_hashedBytes..]; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            tree.Append(rest[..end]);
            rest = rest[(end + 1)..];
        }

        _hashedBytes = lines.Length;
    }

    /// <summary>Ends the group with a checkpoint that signs all receipts up to here.</summary>
    /// <param name="tree">As for <see cref="Hash"/>; from then on over those of the group too.</param>
    /// <param name="key">The installation's key under the ledger's name.</param>
    /// <returns>The whole text. Nothing is to be added any more.</returns>
    internal ReadOnlySpan<byte> Seal(MerkleTree tree, SigningKey key)
    {
        Hash(Lines, tree);
        _text.Write("\n"u8);
        _text.Write(new Checkpoint { Origin = key.VerifierKey.Name, Size = tree.Size, Root = tree.Root() }.Sign(key));
        return _text.WrittenSpan;
    }
}
