using System.Buffers;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The text of a group: blank line, receipts, blank line, checkpoint, blank line, signature line. The other half of
/// <see cref="ReceiptsReader"/>.
/// </summary>
internal static class LedgerGroup
{
    /// <summary>Numbers the receipts, appends them to the tree, and writes them with a checkpoint that signs them.</summary>
    /// <param name="writer">Where the text goes.</param>
    /// <param name="tree">The ledger's tree, which grows.</param>
    /// <param name="key">The installation's key under the ledger's name.</param>
    /// <param name="receipts">One or more.</param>
    /// <exception cref="ArgumentException">
    /// A receipt cannot be written; what is in the writer and the tree by then is of no use.
    /// </exception>
    internal static void Print(
        ArrayBufferWriter<byte> writer, MerkleTree tree, SigningKey key, ReadOnlySpan<Receipt> receipts)
    {
        writer.Write("\n"u8);
        foreach (var receipt in receipts)
        {
            var begin = writer.WrittenCount;
            ReceiptLine.Print(receipt with { Seq = tree.Size }, writer);
            tree.Append(writer.WrittenSpan[begin..]);
            writer.Write("\n"u8);
        }

        writer.Write("\n"u8);
        writer.Write(new Checkpoint { Origin = key.VerifierKey.Name, Size = tree.Size, Root = tree.Root() }.Sign(key));
    }
}
