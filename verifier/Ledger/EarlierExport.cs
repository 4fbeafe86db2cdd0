namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// A receipts file that was exported before, plain or gzipped, with any number of ledgers in it. Its parts are read again in
/// the order in which they stand, by one walk over the file; in another order each costs a walk of its own. Not thread-safe.
/// </summary>
internal sealed class EarlierExport : IDisposable
{
    private readonly LedgerDisk _disk;
    private readonly string _path;
    private readonly string _name;
    private Stream? _file;
    private ReceiptsSource? _source;
    private int _next;

    private EarlierExport(LedgerDisk disk, string path, string name) => (_disk, _path, _name) = (disk, path, name);

    /// <summary>What it holds, in the order in which it stands there.</summary>
    public IReadOnlyList<LedgerPart> Parts { get; private set; } = [];

    /// <summary>Reads a file to its end and verifies all of it.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name in messages.</param>
    /// <returns>The file, for the caller to dispose of when no part of it is read any more.</returns>
    /// <exception cref="ReceiptsDamageException">Anything in it does not verify.</exception>
    /// <exception cref="LedgerDiskException">It cannot be read.</exception>
    internal static EarlierExport Read(LedgerDisk disk, string path, string name)
    {
        var export = new EarlierExport(disk, path, name);
        var parts = new List<LedgerPart>();
        using var file = disk.OpenRead(path);
        using var reader = new ReceiptsReader(file, name);
        while (reader.NextLedger() is { } head)
        {
            while (reader.NextReceipt() is not null)
            {
                // Verified by the reader.
            }

            var index = parts.Count;
            parts.Add(new LedgerPart
            {
                Key = head.Key,
                Start = head.Start,
                Frontier = head.Hashes,
                Seal = reader.Seal!,
                Place = name,
                Lines = () => export.Lines(index),
            });
        }

        export.Parts = parts;
        return export;
    }

    public void Dispose()
    {
        _source?.Dispose();
        _file?.Dispose();
        (_source, _file) = (null, null);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Lines(int index)
    {
        if (_source is null || _next > index)
            Open();
        var source = _source!;
        while (_next <= index && ReceiptLines.SkipToHead(source))
            _next++;
        foreach (var line in ReceiptLines.Next(source, Parts[index].End - Parts[index].Start))
            yield return line;

        // Two hundred nodes' files are not to be open at once.
        if (index == Parts.Count - 1)
            Dispose();
    }

    private void Open()
    {
        Dispose();
        _file = _disk.OpenRead(_path);
        _source = new ReceiptsSource(_file, _name, mayBeGzipped: true);
        _next = 0;
    }
}
