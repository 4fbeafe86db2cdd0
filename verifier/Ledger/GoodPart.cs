namespace OfflineLicense.Verifier.Ledger;

/// <summary>How far a segment is good.</summary>
/// <param name="Seal">The newest checkpoint that was verified; null where there is none after the head.</param>
/// <param name="Tree">The tree over all receipts of the ledger up to there; not to be changed.</param>
/// <param name="Bytes">Bytes of the segment up to there.</param>
internal sealed record GoodPart(ReceiptsSeal? Seal, MerkleTree Tree, long Bytes)
{
    /// <summary>Reads a segment to its end, or to what is damaged in it.</summary>
    /// <param name="reader">The reader, behind the head or where it goes on.</param>
    /// <param name="isEvery">Whether it verifies every checkpoint.</param>
    /// <param name="begin">What is good when no checkpoint follows; null when nothing is.</param>
    /// <param name="onReceipt">Is told of each receipt, before anything is verified that signs it.</param>
    /// <param name="damage">What is damaged; null when all of the segment is good.</param>
    /// <returns>
    /// The good part. Null when there is none, or when the last checkpoint before the damage does not hold: which one does
    /// is found by reading again with <see cref="ReceiptsReading.EveryCheckpoint"/>, which takes a verification for each.
    /// </returns>
    internal static GoodPart? Find(
        ReceiptsReader reader, bool isEvery, GoodPart? begin, Action<Receipt>? onReceipt, out ReceiptsDamageException? damage)
    {
        damage = null;
        var good = begin;
        try
        {
            while (reader.NextReceipt() is { } entry)
            {
                if (isEvery && reader.Seal is { } seal && !ReferenceEquals(seal, good?.Seal))
                    good = SealedBy(reader);
                onReceipt?.Invoke(entry.Receipt);
            }

            return reader.Seal is null ? begin : SealedBy(reader);
        }
        catch (ReceiptsDamageException found)
        {
            damage = found;
            return isEvery || reader.Seal is null ? good : SealedIfGood(reader);
        }
    }

    private static GoodPart? SealedIfGood(ReceiptsReader reader)
    {
        try
        {
            reader.VerifySeal();
            return SealedBy(reader);
        }
        catch (ReceiptsDamageException)
        {
            return null;
        }
    }

    private static GoodPart SealedBy(ReceiptsReader reader) =>
        new(reader.Seal, reader.SealedTree.Copy(), reader.Seal!.EndPosition);
}
