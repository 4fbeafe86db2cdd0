using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>Receipts of a ledger that are in nothing at hand.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Start">The <c>seq</c> of the first.</param>
/// <param name="End">One past the <c>seq</c> of the last.</param>
internal sealed record MissingReceipts(string Ledger, long Start, long End);

/// <summary>The stretch of a ledger that is taken from one part.</summary>
internal readonly record struct LedgerSlice(LedgerPart Part, long Start, long End);

/// <summary>A stretch of a ledger without a hole, from one part or from several that touch or overlap; what one head and one group hold.</summary>
internal sealed record LedgerRun
{
    /// <summary>In order, each beginning where the one before ends.</summary>
    public required IReadOnlyList<LedgerSlice> Slices { get; init; }

    public long Start => Slices[0].Start;

    public long End => Slices[^1].End;

    /// <summary>The checkpoint at its end.</summary>
    public ReceiptsSeal Seal => Slices[^1].Part.Seal;
}

/// <summary>What is to leave of one ledger: which receipts the vendor lacks, from which part each is taken, and what is missing. Immutable.</summary>
internal sealed record LedgerPlan
{
    /// <summary>The ledger's key.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>All parts that hold anything that is to leave, also those that nothing is taken from: they must agree.</summary>
    public required IReadOnlyList<LedgerPart> Parts { get; init; }

    /// <summary>In order, with a hole before each but the first.</summary>
    public required IReadOnlyList<LedgerRun> Runs { get; init; }

    /// <summary>From what the vendor has up to the newest checkpoint, the holes.</summary>
    public required IReadOnlyList<MissingReceipts> Missing { get; init; }

    /// <summary>
    /// Whether the vendor's reply names another root than this ledger has at that size. Then it acknowledges other receipts
    /// than these, and all leave: a fork that the vendor can prove only with receipts from before the first difference.
    /// </summary>
    public bool ContradictsReply { get; init; }

    /// <summary>Plans what leaves of each ledger.</summary>
    /// <param name="parts">Of any ledgers, in any order.</param>
    /// <param name="acknowledged">What the vendor has of a ledger, by its name; null where no reply says.</param>
    /// <returns>One for each ledger of which anything is to leave, in ordinal order of their names.</returns>
    /// <exception cref="ReceiptsDamageException">A file has changed since it was verified.</exception>
    internal static IReadOnlyList<LedgerPlan> Of(IEnumerable<LedgerPart> parts, Func<string, AcknowledgedReceipts?> acknowledged) =>
    [
        .. parts.GroupBy(static part => part.Ledger, StringComparer.Ordinal)
            .OrderBy(static ledger => ledger.Key, StringComparer.Ordinal)
            .Select(ledger => OfLedger([.. ledger], acknowledged(ledger.Key)))
            .OfType<LedgerPlan>(),
    ];

    private static LedgerPlan? OfLedger(IReadOnlyList<LedgerPart> parts, AcknowledgedReceipts? acknowledged)
    {
        var contradicts = acknowledged is not null && !IsOf(parts, acknowledged);
        var wanted = contradicts ? 0 : acknowledged?.Size ?? 0;
        var leaving = parts.Where(part => part.End > wanted).ToList();
        if (leaving.Count == 0)
            return null;
        var (runs, missing) = (new List<LedgerRun>(), new List<MissingReceipts>());
        var end = wanted;
        while (leaving.Exists(part => part.End > end))
        {
            if (!leaving.Exists(part => part.Start <= end && part.End > end))
            {
                var next = leaving.Where(part => part.Start > end).Min(static part => part.Start);
                missing.Add(new MissingReceipts(parts[0].Ledger, end, next));
                end = next;
            }

            var run = new LedgerRun { Slices = [.. Slices(leaving, end)] };
            runs.Add(run);
            end = run.End;
        }

        return new LedgerPlan { Key = parts[0].Key, Parts = leaving, Runs = runs, Missing = missing, ContradictsReply = contradicts };
    }

    // From any place the part that leads furthest; of two that lead equally far the one of a state folder, which is the newest.
    private static IEnumerable<LedgerSlice> Slices(List<LedgerPart> parts, long from)
    {
        while (parts.Where(part => part.Start <= from && part.End > from)
                   .OrderByDescending(static part => part.End).ThenBy(static part => part.StateFolder is null).FirstOrDefault() is { } part)
        {
            yield return new LedgerSlice(part, from, part.End);
            from = part.End;
        }
    }

    // A reply about receipts that are not here, before them or after them, is believed; it is the vendor's own word.
    private static bool IsOf(IReadOnlyList<LedgerPart> parts, AcknowledgedReceipts acknowledged) =>
        parts.Where(part => part.Start <= acknowledged.Size && acknowledged.Size <= part.End)
            .All(part => RootAt(part, acknowledged.Size).AsSpan().SequenceEqual(acknowledged.Root.Span));

    private static byte[] RootAt(LedgerPart part, long size) => size == part.End ? part.Seal.Root : part.TreeAt(size).Root();
}

/// <summary>What the vendor says to have of a ledger.</summary>
/// <param name="Size">How many receipts.</param>
/// <param name="Root">The root of the ledger's tree at that size: 32 bytes.</param>
internal sealed record AcknowledgedReceipts(long Size, ReadOnlyMemory<byte> Root);
