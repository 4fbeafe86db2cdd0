using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Testing;

/// <content>What nodes wrote, what the operator mails, and what the vendor answers.</content>
public sealed partial class TestLicensing
{
    private int _exports;

    /// <summary>
    /// The use that was written so far, ledger by ledger: an interval at its end, or when its node is disposed. Where a
    /// product's own count is to be compared, dispose the node first.
    /// </summary>
    public IReadOnlyList<WrittenUsage> Usage =>
        [.. Ledgers().SelectMany(scan => scan.Receipts(_disk)).Select(entry => entry.Receipt).OfType<UsageReceipt>().Select(WrittenUsage.Of)];

    /// <summary>
    /// Exports the receipts, as the operator does: the duty to mail is settled, whatever the vendor answers. A running node
    /// notices at the end of its receipt interval.
    /// </summary>
    /// <returns>The file that would be mailed; empty when there is no receipt at all.</returns>
    public byte[] Export()
    {
        var folder = Path.Combine(Root, "mail");
        var file = Path.Combine(folder, FormattableString.Invariant($"{++_exports}.receipts"));
        var parts = Ledgers().Select(scan => LedgerPart.Of(_disk, scan, StateFolder)).OfType<LedgerPart>();
        if (LedgerExport.Write(_disk, file, LedgerPlan.Of(parts, static _ => null)) is not { } summary)
            return [];
        ExportsLog.Append(_disk, StateFolder, ExactText.WholeSeconds(Time.Wall), summary);
        return _disk[file];
    }

    /// <summary>The vendor's reply arrives, which says that it has all receipts written so far.</summary>
    /// <exception cref="InvalidOperationException">No license is active, so there is no customer to answer.</exception>
    public void Answer() => Answer(more: null);

    private void Answer(ReplyUse? more)
    {
        var (licensee, ledgers) = (Active().Licensee, Ledgers());
        var used = ledgers.SelectMany(ReadingsOf).ToList();
        var sizes = ledgers.Where(scan => scan.Key is not null && scan.Size > 0)
            .Select(scan => new ReplyLedger(scan.Key!.Name, scan.Size, ExactText.FormatBase64(scan.Root)))
            .OrderBy(ledger => ledger.Ledger, StringComparer.Ordinal);
        Put("vendor.reply", _vendor.Answer(Time.Wall, licensee, sizes, used, more));
    }

    private IReadOnlyList<LedgerScan> Ledgers() => LedgerFolder.ScanAll(_disk, StateFolder);

    private IEnumerable<Verifier.Verdicts.DayOfUse> ReadingsOf(LedgerScan scan)
    {
        var readings = new LedgerReadings();
        foreach (var entry in scan.Receipts(_disk))
            readings.Add(entry.Receipt);
        return readings.Days;
    }
}
