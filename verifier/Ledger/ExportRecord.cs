namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The record of one export in the logs of all state folders that took part: all of them or none, as far as disks can.
/// <see cref="Prepare"/> does everything that usually fails and holds the logs' locks; <see cref="Commit"/> only gives the new
/// logs their names, one after the other. A crash between two of them leaves an export that some logs do not tell of: its
/// receipts count as not exported there, and leave once more. None is ever lost by it. Not thread-safe.
/// </summary>
internal sealed class ExportRecord : IDisposable
{
    private readonly LedgerDisk _disk;
    private readonly List<IDisposable> _locks = [];
    private readonly List<string> _logs = [];

    private ExportRecord(LedgerDisk disk) => _disk = disk;

    /// <summary>How many of the state folders have it in their logs.</summary>
    public int Committed { get; private set; }

    /// <summary>Writes the new logs beside the old ones.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="stateFolders">The state folders, each once.</param>
    /// <param name="time">When the export was made; UTC, whole seconds.</param>
    /// <param name="sha256">SHA-256 of the exported file.</param>
    /// <param name="exportedOf">What left of a state folder's ledgers.</param>
    /// <returns>The record, for the caller to commit, and to dispose of either way.</returns>
    /// <exception cref="LedgerDiskException">A disk refuses, or another export is being recorded at this moment; no log has changed.</exception>
    internal static ExportRecord Prepare(
        LedgerDisk disk, IReadOnlyList<string> stateFolders, DateTimeOffset time, byte[] sha256,
        Func<string, IEnumerable<ExportedLedger>> exportedOf)
    {
        var record = new ExportRecord(disk);
        try
        {
            foreach (var folder in stateFolders)
                record.Add(folder, exportedOf(folder).Select(ledger => new ExportsLogLine(
                    time, Convert.ToHexStringLower(sha256), ledger.Ledger, ledger.Start, ledger.End)));
            return record;
        }
        catch
        {
            record.Dispose();
            throw;
        }
    }

    /// <summary>Puts the new logs in place.</summary>
    /// <exception cref="LedgerDiskException">A disk refuses; <see cref="Committed"/> tells how many logs have the export.</exception>
    internal void Commit()
    {
        for (; Committed < _logs.Count; Committed++)
            DurableFile.Place(_disk, _logs[Committed]);
    }

    /// <summary>Takes back what is not committed, and lets go of the logs.</summary>
    public void Dispose()
    {
        foreach (var log in _logs.Skip(Committed))
            DurableFile.Abandon(_disk, log);
        _logs.Clear();
        _locks.ForEach(static held => held.Dispose());
        _locks.Clear();
    }

    private void Add(string stateFolder, IEnumerable<ExportsLogLine> lines)
    {
        _locks.Add(_disk.TryLock(Path.Combine(stateFolder, ExportsLog.LockName), out var holder)
            ?? throw new LedgerDiskException("record an export in", stateFolder, $"{holder} is recording one now; try again"));
        var log = Path.Combine(stateFolder, ExportsLog.FileName);
        DurableFile.Prepare(_disk, log, ExportsLog.TextWith(_disk, stateFolder, lines));
        _logs.Add(log);
    }
}
