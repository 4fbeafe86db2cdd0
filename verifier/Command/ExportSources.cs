using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// What an export is made of: this node's own state folder, and whatever else <c>--from</c> names: state folders, earlier
/// exports, and folders of those. All of it is read and verified before anything is written. Not thread-safe.
/// </summary>
internal sealed class ExportSources : IDisposable
{
    private readonly List<LedgerPart> _parts = [];
    private readonly List<EarlierExport> _files = [];
    private readonly List<LedgerScan> _scans = [];
    private readonly List<string> _stateFolders = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private ExportSources()
    {
    }

    /// <summary>All that was found of any ledger.</summary>
    public IReadOnlyList<LedgerPart> Parts => _parts;

    /// <summary>The state folders, which keep a log of what left.</summary>
    public IReadOnlyList<string> StateFolders => _stateFolders;

    /// <summary>What is damaged in state folders; what stands before it and after it leaves. Damaged files are refused.</summary>
    public IEnumerable<ReceiptsDamageException> Damage => _scans.Select(static ledger => ledger.Damage).OfType<ReceiptsDamageException>();

    /// <summary>Reads everything.</summary>
    /// <param name="console">Where paths start from.</param>
    /// <param name="ownStateFolder">This node's state folder; it need not be there.</param>
    /// <param name="from">What else is named.</param>
    /// <returns>The sources, for the caller to dispose of when all is written.</returns>
    /// <exception cref="CommandFailure">Something that is named is not there, or is none of these.</exception>
    /// <exception cref="ReceiptsDamageException">A file is damaged.</exception>
    public static ExportSources Read(CommandConsole console, string ownStateFolder, IReadOnlyList<string> from)
    {
        var sources = new ExportSources();
        try
        {
            sources.AddStateFolder(ownStateFolder);
            foreach (var named in from)
                sources.Add(console, named);
            return sources;
        }
        catch
        {
            sources.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What the vendor has, by the newest reply to each licensee that any of the state folders keeps, or that lies in the
    /// license folder. One vendor, one registry: whichever customer's reply says it, the vendor has them.
    /// </summary>
    public Dictionary<string, AcknowledgedReceipts> Acknowledged(ProductFiles product) => _stateFolders.Prepend(product.StateFolder)
        .SelectMany(folder => (product with { StateFolder = folder }).View().Replies.All)
        .GroupBy(static reply => reply.Licensee, StringComparer.Ordinal)
        .SelectMany(static replies => replies.MaxBy(static reply => reply.Number)!.Ledgers)
        .GroupBy(static ledger => ledger.Ledger, StringComparer.Ordinal)
        .Select(static ledger => ledger.MaxBy(static named => named.Size)!)
        .ToDictionary(
            static ledger => ledger.Ledger, static ledger => new AcknowledgedReceipts(ledger.Size, Convert.FromBase64String(ledger.Root)),
            StringComparer.Ordinal);

    public void Dispose() => _files.ForEach(static file => file.Dispose());

    /// <summary>What an export holds of the ledgers of one state folder, as far as that folder itself has them.</summary>
    public IEnumerable<ExportedLedger> ExportedOf(string stateFolder, ExportSummary summary) =>
        from parts in _parts.Where(part => part.StateFolder == stateFolder).GroupBy(static part => part.Ledger, StringComparer.Ordinal)
        let end = parts.Max(static part => part.End)
        from ledger in summary.Ledgers
        where ledger.Ledger == parts.Key && ledger.Start < end
        select ledger with { End = Math.Min(ledger.End, end) };

    private void Add(CommandConsole console, string named)
    {
        if (named.Length == 0 || named == "-")
            throw new CommandFailure($"--from '{named}' is no file and no folder", "name state folders, exported files, or folders of those", ExitCode.Usage);
        var path = console.PathOf(named);
        if (!Directory.Exists(path))
        {
            AddFile(path, named);
            return;
        }

        var isStateFolder = Directory.Exists(Path.Combine(path, LedgerFolder.Name));
        if (isStateFolder)
            AddStateFolder(path);
        var files = LedgerDisk.Real.List(path).Where(IsExport).ToList();
        foreach (var file in files)
            AddFile(Path.Combine(path, file), Path.Combine(named, file));
        if (!isStateFolder && files.Count == 0)
        {
            throw new CommandFailure(
                $"'{named}' is no state folder, and holds no exports", "a state folder holds 'ledgers', and exports end in .receipts or .receipts.gz",
                ExitCode.Unreadable);
        }
    }

    // By one name only: a folder's log cannot be written twice at once.
    private void AddStateFolder(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder);
        if (!_seen.Add(path))
            return;
        var scans = LedgerFolder.ScanRuns(LedgerDisk.Real, path);
        _scans.AddRange(scans);
        _parts.AddRange(scans.Select(scan => LedgerPart.Of(LedgerDisk.Real, scan, path)).OfType<LedgerPart>());
        if (scans.Count > 0)
            _stateFolders.Add(path);
    }

    private void AddFile(string path, string named)
    {
        if (!File.Exists(path))
            throw new CommandFailure($"there is no file or folder '{named}'", "check --from", ExitCode.Unreadable);
        if (!_seen.Add(path))
            return;
        var export = EarlierExport.Read(LedgerDisk.Real, path, named);
        _files.Add(export);
        _parts.AddRange(export.Parts);
    }

    private static bool IsExport(string file) =>
        file.EndsWith(".receipts", StringComparison.Ordinal) || file.EndsWith(".receipts.gz", StringComparison.Ordinal);
}
