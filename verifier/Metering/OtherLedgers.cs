using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The ledgers of a state folder that other processes write, or wrote: each read whole once, and then what is appended to
/// it. Not thread-safe.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="stateFolder">The state folder.</param>
/// <param name="begin">Gives empty readings for a ledger of a name.</param>
internal sealed class OtherLedgers(LedgerDisk disk, string stateFolder, Func<string, LedgerReadings> begin)
{
    private readonly Dictionary<string, FollowedLedger> _ledgers = new(StringComparer.Ordinal);

    /// <summary>What they say, as far as they are signed.</summary>
    public IEnumerable<LedgerReadings> Readings => _ledgers.Values.Select(ledger => ledger.Readings).OfType<LedgerReadings>();

    /// <summary>
    /// Reads what was appended since the last look, and ledgers that are new. What cannot be read now is as it was when
    /// it could.
    /// </summary>
    /// <param name="own">The ledger that this process writes, which is none of the others; null for none.</param>
    public void Look(string? own)
    {
        var ownFolder = own is null ? null : InstallationName.LedgerPartOf(own);
        if (ownFolder is not null)
            _ledgers.Remove(ownFolder);
        try
        {
            foreach (var folder in LedgerFolder.List(disk, stateFolder))
            {
                if (Path.GetFileName(folder) != ownFolder)
                    Follow(folder);
            }
        }
        catch (IOException)
        {
            // The state folder cannot be read; the own ledger will tell.
        }
    }

    /// <summary>Forgets them, so that the next look reads all of them whole: when what is known of their receipts changed.</summary>
    public void Clear() => _ledgers.Clear();

    private void Follow(string folder)
    {
        var name = Path.GetFileName(folder);
        if (!_ledgers.TryGetValue(name, out var ledger))
            _ledgers[name] = ledger = new FollowedLedger(disk, folder, begin);
        try
        {
            ledger.Look();
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            // It may be in the middle of being put in place: the next look reads it.
        }
    }
}
