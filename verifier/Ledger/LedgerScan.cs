using System.Globalization;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>A segment of a ledger on disk.</summary>
/// <param name="Path">The file.</param>
/// <param name="Start">The <c>seq</c> of its first receipt.</param>
/// <param name="Size">Receipts of the ledger up to its good part's end.</param>
/// <param name="GoodBytes">Bytes of the file up to there.</param>
internal sealed record LedgerSegment(string Path, long Start, long Size, long GoodBytes)
{
    internal const string Extension = ".receipts";

    /// <summary>The good bytes of a segment that was not read; it is read when it is needed.</summary>
    internal const long NotRead = long.MaxValue;

    private const int Digits = 12;

    /// <summary>The file's name: the first <c>seq</c> in 12 digits, so that names sort like receipts.</summary>
    internal static string FileName(long start) => start.ToString("D12", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Whether a file in a ledger's folder is a segment; others are left alone.</summary>
    internal static bool IsSegment(string fileName) =>
        fileName.Length == Digits + Extension.Length && fileName.EndsWith(Extension, StringComparison.Ordinal)
        && !fileName.AsSpan(0, Digits).ContainsAnyExceptInRange('0', '9');

    /// <summary>Where a segment starts, by its name.</summary>
    internal static long StartOf(string path) =>
        long.Parse(System.IO.Path.GetFileName(path).AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>
/// What can be read of a ledger on disk, verified: all receipts up to its last good checkpoint. Reading needs no lock,
/// also while a process writes; it looks at the files as long as they were when it came. Immutable.
/// </summary>
internal sealed record LedgerScan
{
    /// <summary>The ledger's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The ledger's key, whose name is the ledger's; null when the first head is damaged.</summary>
    public required VerifierKey? Key { get; init; }

    /// <summary>The newest good checkpoint; null when there is none.</summary>
    public required ReceiptsSeal? Seal { get; init; }

    /// <summary>The tree's frontier there (<see cref="MerkleTree.Frontier"/>).</summary>
    public required ReadOnlyMemory<byte> Frontier { get; init; }

    /// <summary>What reading began with; null when all was read that is there.</summary>
    internal LedgerSummary? Summary { get; init; }

    /// <summary>The good receipts of the last of <see cref="Segments"/>, kept as they were verified; none where all was read that is there.</summary>
    internal IReadOnlyList<Receipt> Newest { get; init; } = [];

    /// <summary>The tree's frontier at <see cref="Start"/>, where all was read.</summary>
    public required ReadOnlyMemory<byte> BeginFrontier { get; init; }

    /// <summary>The <c>seq</c> of the first receipt that is there: above 0 where segments were pruned.</summary>
    public long Start => Segments is [var first, ..] ? first.Start : 0;

    /// <summary>The files, in order, up to the damage if there is any.</summary>
    public required IReadOnlyList<LedgerSegment> Segments { get; init; }

    /// <summary>What is damaged, if anything is; then nothing after <see cref="Seal"/> is believed, and nothing may be appended.</summary>
    public ReceiptsDamageException? Damage { get; init; }

    /// <summary>Bytes of an append that a crash cut short, at the end of the newest segment; it was never acknowledged.</summary>
    public long TornBytes { get; init; }

    /// <summary>Receipts up to the newest good checkpoint.</summary>
    public long Size => Seal?.Size ?? Summary?.Size ?? 0;

    /// <summary>The root over them: 32 bytes.</summary>
    public byte[] Root => Tree().Root();

    /// <summary>Whether the newest receipt is a stop, so the ledger was let go of in good order.</summary>
    public bool EndsWithStop => Damage is null && (Seal is null ? Summary?.Carried.IsStopped == true : Seal.Last is StopReceipt);

    /// <summary>The tree over all receipts, to go on with.</summary>
    internal MerkleTree Tree() => MerkleTree.Resume(Size, Frontier.Span);

    /// <summary>Reads a ledger, all of it that is there.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <returns>What can be read, or null when no ledger was ever begun in the folder.</returns>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    internal static LedgerScan? Read(LedgerDisk disk, string folder) => new LedgerScanner(disk, folder, disk.List(folder)).Scan();

    /// <summary>
    /// Reads a ledger, and where a closed segment is damaged or missing, also what comes after: each segment proves itself by the
    /// hashes in its head and its checkpoint, whatever is wrong with those before.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <returns>The runs without a hole, in order; each but the last says in <see cref="Damage"/> why it ends. None when no ledger was ever begun.</returns>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    internal static IReadOnlyList<LedgerScan> ReadRuns(LedgerDisk disk, string folder)
    {
        List<string> names = [.. disk.List(folder)];
        var runs = new List<LedgerScan>();
        while (new LedgerScanner(disk, folder, names) { IsRest = runs.Count > 0 }.Scan() is { } run)
        {
            // What is wrong with one that begins no run was told when it came behind others.
            if (runs.Count == 0 || run.Seal is not null)
                runs.Add(run);
            if (run.Damage is null)
                break;

            // Nothing may be wrong with it but that it does not go on from those before: then it begins the next run.
            var damaged = Path.GetFileName(run.Damage.File);
            var isPassed = names.Find(LedgerSegment.IsSegment) == damaged || run.Segments.Any(segment => segment.Path == run.Damage.File);
            names = [.. names.SkipWhile(name => name != damaged).Skip(isPassed ? 1 : 0)];
        }

        return runs;
    }

    /// <summary>
    /// Reads a ledger from its summary on, if it has one that fits; else all of it. Of the segments before, nothing is looked
    /// at until it is asked for.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    internal static LedgerScan? ReadTail(LedgerDisk disk, string folder)
    {
        var names = disk.List(folder);
        return new LedgerScanner(disk, folder, names, LedgerSummary.Read(disk, folder, names)) { KeepsNewest = true }.Scan();
    }

    /// <summary>Adds up the ledger: what its summary says, and each receipt after that.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="readings">Empty readings of this ledger.</param>
    /// <param name="size">How many of its receipts count at most.</param>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    /// <exception cref="ReceiptsDamageException">A file has changed since it was scanned, or is damaged where it was not looked at before.</exception>
    internal void AddTo(LedgerDisk disk, LedgerReadings readings, long size = long.MaxValue)
    {
        if (Summary is { } summary && summary.Size <= size)
            readings.TakeUp(summary, Start, (from, until) => WholeStretch(disk, from, until));
        foreach (var receipt in ReceiptsAlone(disk, readings.Size, Math.Min(size, Size)))
            readings.Add(receipt);
    }

    /// <summary>All receipts from one on, as they were when the ledger was scanned; from the first that is there, if that comes later.</summary>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    /// <exception cref="ReceiptsDamageException">The files have changed since.</exception>
    internal IEnumerable<ReceiptEntry> Receipts(LedgerDisk disk, long from = 0) => Entries(disk, from, Size);

    /// <summary>All receipts from one on to before another without their lines: those of the newest segment need not be read again.</summary>
    /// <inheritdoc cref="Receipts"/>
    internal IEnumerable<Receipt> ReceiptsAlone(LedgerDisk disk, long from, long until = long.MaxValue)
    {
        var kept = Newest is [var first, ..] ? first.Seq : Size;
        return Entries(disk, from, Math.Min(until, kept)).Select(static entry => entry.Receipt)
            .Concat(Newest.SkipWhile(receipt => receipt.Seq < from).TakeWhile(receipt => receipt.Seq < until));
    }

    /// <summary>The receipt that the ledger begins with; null where nobody knows it any more.</summary>
    /// <inheritdoc cref="Receipts"/>
    internal StartReceipt? Begun(LedgerDisk disk) => Summary?.Carried.Begun ?? Receipts(disk).FirstOrDefault().Receipt as StartReceipt;

    /// <summary>The tree over the first receipts, for a file that starts after them.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="size"><see cref="Start"/> to <see cref="Size"/>.</param>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    /// <exception cref="ReceiptsDamageException">The files have changed since.</exception>
    internal MerkleTree TreeAt(LedgerDisk disk, long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        if (size == Size)
            return Tree();
        MerkleTree? tree = null;
        foreach (var segment in Segments.Where(segment => segment.Start <= size && size < segment.Size))
        {
            using var file = disk.OpenRead(segment.Path);
            using var reader = new ReceiptsReader(file, segment.Path, ReceiptsReading.OnDisk);
            tree = reader.NextLedger()!.Tree();
            while (Next(reader, segment) is { } entry)
            {
                if (entry.Receipt.Seq < size)
                    tree.Append(entry.Line.Span);
            }
        }

        return tree?.Size == size ? tree : throw new ReceiptsDamageException(Folder, 1, Invariant($"receipts before {size} are missing"));
    }

    // Null where the segment is damaged or gone: what it comes to is known all the same, and export tells of it.
    private List<Receipt>? WholeStretch(LedgerDisk disk, long from, long until)
    {
        try
        {
            List<Receipt> receipts = [.. ReceiptsAlone(disk, from, until)];
            return receipts.Count == until - from ? receipts : null;
        }
        catch (ReceiptsDamageException)
        {
            return null;
        }
    }

    // A segment is read to its end, where what its receipts say is verified, also by whoever wants only a part of it.
    private IEnumerable<ReceiptEntry> Entries(LedgerDisk disk, long from, long until)
    {
        foreach (var segment in Segments.Where(segment => segment.Size > from && segment.Start < until))
        {
            using var file = disk.OpenRead(segment.Path);
            using var reader = new ReceiptsReader(file, segment.Path, ReceiptsReading.OnDisk);
            reader.NextLedger();
            while (Next(reader, segment) is { } entry)
            {
                if (entry.Receipt.Seq >= from && entry.Receipt.Seq < until)
                    yield return entry;
            }
        }
    }

    // Of the newest segment no more than was scanned; what comes after that may be torn.
    private ReceiptEntry? Next(ReceiptsReader reader, LedgerSegment segment) =>
        segment.Size == Size && reader.Tree.Size == Size ? null : reader.NextReceipt();
}
