using OfflineLicense.Issuer.Packing;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// One ledger in a file, read to its end and verified, beside what the registry had of it when reading began. Immutable.
/// </summary>
internal sealed record LedgerReading
{
    /// <summary>The ledger as the registry had it.</summary>
    public required StoredLedger Known { get; init; }

    /// <summary>The file's first <c>seq</c>.</summary>
    public required long Start { get; init; }

    /// <summary>The checkpoint at the file's end, verified.</summary>
    public required ReceiptsSeal Seal { get; init; }

    /// <summary>
    /// Whether the file's root at the registry's size is the registry's. Null when the file does not reach that size, or
    /// begins after it.
    /// </summary>
    public required bool? Agrees { get; init; }

    /// <summary>
    /// The receipts that the registry does not have; all of them when the whole was asked for, or when the file begins
    /// after the registry's end. Null when there are none.
    /// </summary>
    public required ReceiptsSection? Section { get; init; }

    /// <summary>Whether <see cref="Section"/> is all that the file has of the ledger.</summary>
    public bool IsWhole => Section?.Start == Start;

    /// <summary>The account of the receipts past the registry's end.</summary>
    public required LedgerAccount Account { get; init; }

    public long End => Seal.Size;

    /// <summary>Reads a ledger in one pass. What is read is only returned when all of it is verified.</summary>
    /// <param name="reader">The reader, which has just read the head.</param>
    /// <param name="head">The head.</param>
    /// <param name="known">The ledger as the registry has it.</param>
    /// <param name="account">The account to go on with.</param>
    /// <param name="packer">Packs the lines; what is in it is dropped.</param>
    /// <param name="wholly">Whether to keep the receipts that the registry may have, too: for evidence.</param>
    /// <exception cref="ReceiptsDamageException">The file contradicts itself.</exception>
    internal static LedgerReading Read(ReceiptsReader reader, LedgerHead head, StoredLedger known, LedgerAccount account, LinePacker packer, bool wholly)
    {
        var keepFrom = wholly ? head.Start : Math.Max(head.Start, known.Size);
        bool? agrees = null;
        PieceWriter? pieces = null;
        PassBorders();
        while (reader.NextReceipt() is { } entry)
        {
            pieces?.Add(entry, reader.Tree);
            if (entry.Receipt.Seq >= known.Size)
                account.Add(entry.Receipt);
            PassBorders();
        }

        var seal = reader.Seal!;
        var kept = pieces?.Close(reader.Tree, seal.Note) ?? [];
        return new LedgerReading
        {
            Known = known,
            Start = head.Start,
            Seal = seal,
            Agrees = agrees,
            Section = kept.Count == 0 ? null : new ReceiptsSection { Key = head.Key, Pieces = kept, Root = seal.Root },
            Account = account,
        };

        void PassBorders()
        {
            // Equal roots mean equal receipts, all of them: nobody finds two sets of lines with one root. So nothing
            // that is stored is read again, and the hashes that the file's head only claims are checked as well.
            if (reader.Tree.Size == known.Size)
                agrees = reader.Tree.Root().AsSpan().SequenceEqual(known.Root);
            if (reader.Tree.Size == keepFrom)
                pieces ??= new PieceWriter(reader.Tree, packer);
        }
    }
}
