using OfflineLicense.Keys;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What a ledger's closed segments come to, so that whoever opens the ledger reads only what came after: the file
/// <c>summary</c> beside them, signed by the ledger's key. It is derived from the receipts and private to the node: one that
/// is missing, torn, forged, or of another history costs a reading of all segments and is no fault. Immutable.
/// </summary>
internal sealed record LedgerSummary
{
    internal const string FileName = "summary";

    /// <summary>The ledger's key.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>How many receipts it is about; a segment begins there.</summary>
    public required long Size { get; init; }

    /// <summary>The tree's frontier there (<see cref="MerkleTree.Frontier"/>).</summary>
    public required ReadOnlyMemory<byte> Frontier { get; init; }

    /// <summary>What their readings carry on.</summary>
    public required CarriedReadings Carried { get; init; }

    /// <summary>
    /// The segments, in order and without a gap from the ledger's beginning, also those that were pruned; old ones put together
    /// (<see cref="LedgerTally.SegmentsOfBlock"/>).
    /// </summary>
    public required IReadOnlyList<LedgerBlock> Blocks { get; init; }

    /// <summary>The tree over the receipts, to go on with.</summary>
    internal MerkleTree Tree() => MerkleTree.Resume(Size, Frontier.Span);

    /// <summary>Reads a ledger's summary, if there is one that its key signed and that its segments go on from.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="names">What is in it.</param>
    internal static LedgerSummary? Read(LedgerDisk disk, string folder, IReadOnlyList<string> names)
    {
        try
        {
            if (!names.Contains(FileName) || names.LastOrDefault(LedgerSegment.IsSegment) is not { } newest)
                return null;
            var head = HeadOf(disk, folder, newest);
            var note = BoundedFile.Read(disk, Path.Combine(folder, FileName), Limits.SummaryBytes);
            if (SignedNote.Read(note, [head.Key]) is not { IsGood: true, Text: { } text })
                return null;
            var summary = LedgerSummaryFormat.Parse(text, head.Key);
            var next = LedgerSegment.FileName(summary.Size);
            return names.Contains(next) && summary.IsGoneOnFromBy(next == newest ? head : HeadOf(disk, folder, next)) ? summary : null;
        }
        catch (Exception e) when (e is IOException or FormatException or ReceiptsDamageException)
        {
            return null;
        }
    }

    /// <summary>
    /// Puts the summary in place of the one before. After a power cut it may be that one again, which is as good as long as the
    /// segments are there that came after it: who removes them syncs the folder first (<see cref="LedgerPruning"/>).
    /// </summary>
    /// <returns>False where the disk refuses: then the next one is longer in coming, and opening takes longer until then.</returns>
    internal bool TryPut(LedgerDisk disk, string folder, SigningKey key)
    {
        try
        {
            var path = Path.Combine(folder, FileName);
            DurableFile.Prepare(disk, path, SignedNote.Sign(LedgerSummaryFormat.Print(this), key));
            DurableFile.Rename(disk, path);
            return true;
        }
        catch (Exception e) when (e is LedgerDiskException or ArgumentException)
        {
            // An argument, where a receipt says what no line of a note can: such a ledger is read whole.
            return false;
        }
    }

    // The longest head has some 60 short lines; what comes after it is not looked at.
    private static LedgerHead HeadOf(LedgerDisk disk, string folder, string segment)
    {
        using var file = disk.OpenRead(Path.Combine(folder, segment));
        using var reader = new ReceiptsReader(file, segment, ReceiptsReading.OnDisk, byteCount: 2 * Limits.LineBytes);
        var head = reader.NextLedger()!;
        return InstallationName.LedgerPartOf(head.Ledger) == Path.GetFileName(folder)
            ? head
            : throw new ReceiptsDamageException(segment, 2, "it is of another ledger");
    }

    // The head names the tree that the summary must lead to: another history has another one.
    private bool IsGoneOnFromBy(LedgerHead head) =>
        head.Key.Equals(Key) && head.Start == Size && head.Hashes.Span.SequenceEqual(Frontier.Span);
}
