namespace OfflineLicense.Verifier.Ledger;

/// <summary>How far a segment is good.</summary>
/// <param name="Seal">The newest checkpoint that was verified; null where there is none after the head.</param>
/// <param name="Tree">The tree over all receipts of the ledger up to there; not to be changed.</param>
/// <param name="Bytes">Bytes of the segment up to there.</param>
internal sealed record GoodPart(ReceiptsSeal? Seal, MerkleTree Tree, long Bytes)
{
    /// <summary>Reads a segment to its end, or to what is damaged in it.</summary>
    /// <param name="reader">The reader, behind the head or where it goes on.</param>
    /// <param name="isEvery">Whether every checkpoint is verified, to find the last one that holds.</param>
    /// <param name="begin">What is good when no checkpoint follows; null when nothing is.</param>
    /// <param name="onReceipt">Is told of each receipt, before anything is verified that signs it.</param>
    /// <param name="damage">What is damaged; null when all of the segment is good.</param>
    /// <returns>
    /// The good part. Null when there is none, or when the last checkpoint before the damage does not hold: which one does
    /// is found by reading again with <paramref name="isEvery"/>, which takes a verification for each.
    /// </returns>
    internal static GoodPart? Find(
        ReceiptsReader reader, bool isEvery, GoodPart? begin, Action<Receipt>? onReceipt, out ReceiptsDamageException? damage)
    {
        damage = null;
        var good = begin;
        ReceiptsSeal? looked = null;
        ReceiptsDamageException? refused = null;
        try
        {
            while (reader.NextReceipt() is { } entry)
            {
                LookIfEvery();
                onReceipt?.Invoke(entry.Receipt);
            }

            return reader.Seal is null ? begin : SealedBy(reader);
        }
        catch (ReceiptsDamageException found)
        {
            LookIfEvery();
            damage = refused ?? found;
            return isEvery || reader.Seal is null ? good : Refusal(reader) is null ? SealedBy(reader) : null;
        }

        // One that does not hold is the damage only when none behind it does, which signs its receipts again.
        void LookIfEvery()
        {
            if (!isEvery || reader.Seal is not { } seal || ReferenceEquals(seal, looked))
                return;
            looked = seal;
            if (Refusal(reader) is { } refusal)
                refused ??= refusal;
            else
                (good, refused) = (SealedBy(reader), null);
        }
    }

    private static ReceiptsDamageException? Refusal(ReceiptsReader reader)
    {
        try
        {
            reader.VerifySeal();
            return null;
        }
        catch (ReceiptsDamageException refusal)
        {
            return refusal;
        }
    }

    private static GoodPart SealedBy(ReceiptsReader reader) =>
        new(reader.Seal, reader.SealedTree.Copy(), reader.Seal!.EndPosition);
}
