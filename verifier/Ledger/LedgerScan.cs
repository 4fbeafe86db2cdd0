using System.Globalization;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>A segment of a ledger on disk.</summary>
/// <param name="Path">The file.</param>
/// <param name="Start">The <c>seq</c> of its first receipt.</param>
/// <param name="Size">Receipts of the ledger up to its good part's end.</param>
/// <param name="GoodBytes">Bytes of the file up to there.</param>
internal sealed record LedgerSegment(string Path, long Start, long Size, long GoodBytes)
{
    internal const string Extension = ".receipts";

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

    /// <summary>The files, in order, up to the damage if there is any.</summary>
    public required IReadOnlyList<LedgerSegment> Segments { get; init; }

    /// <summary>What is damaged, if anything is; then nothing after <see cref="Seal"/> is believed, and nothing may be appended.</summary>
    public ReceiptsDamageException? Damage { get; init; }

    /// <summary>Bytes of an append that a crash cut short, at the end of the newest segment; it was never acknowledged.</summary>
    public long TornBytes { get; init; }

    /// <summary>Receipts up to the newest good checkpoint.</summary>
    public long Size => Seal?.Size ?? 0;

    /// <summary>The root over them: 32 bytes.</summary>
    public byte[] Root => Tree().Root();

    /// <summary>Whether the newest receipt is a stop, so the ledger was let go of in good order.</summary>
    public bool EndsWithStop => Damage is null && Seal?.Last is StopReceipt;

    /// <summary>The tree over all receipts, to go on with.</summary>
    internal MerkleTree Tree() => MerkleTree.Resume(Size, Frontier.Span);

    /// <summary>Reads a ledger.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="onReceipt">
    /// Is told of each receipt, once and in their order, with the ledger's name: for whoever would read them next anyway.
    /// They are not verified then, and where the ledger is torn or damaged there are more of them than <see cref="Size"/>.
    /// </param>
    /// <returns>What can be read, or null when no ledger was ever begun in the folder.</returns>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    internal static LedgerScan? Read(LedgerDisk disk, string folder, Action<string, Receipt>? onReceipt = null) =>
        new LedgerScanner(disk, folder, onReceipt).Scan();

    /// <summary>All receipts from one on, as they were when the ledger was scanned.</summary>
    /// <exception cref="ReceiptsDamageException">The files have changed since.</exception>
    internal IEnumerable<ReceiptEntry> Receipts(LedgerDisk disk, long from = 0)
    {
        foreach (var segment in Segments.Where(segment => segment.Size > from))
        {
            using var file = disk.OpenRead(segment.Path);
            using var reader = new ReceiptsReader(file, segment.Path, ReceiptsReading.OnDisk);
            reader.NextLedger();
            while (reader.Tree.Size < segment.Size && reader.NextReceipt() is { } entry)
            {
                if (entry.Receipt.Seq >= from)
                    yield return entry;
            }
        }
    }

    /// <summary>The tree over the first receipts, for a file that starts after them.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="size">0 to <see cref="Size"/>.</param>
    internal MerkleTree TreeAt(LedgerDisk disk, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        if (size == Size)
            return Tree();
        var segment = Segments.Last(segment => segment.Start <= size);
        using var file = disk.OpenRead(segment.Path);
        using var reader = new ReceiptsReader(file, segment.Path, ReceiptsReading.OnDisk);
        var tree = reader.NextLedger()!.Tree();
        while (tree.Size < size && reader.NextReceipt() is { } entry)
            tree.Append(entry.Line.Span);
        return tree;
    }
}
