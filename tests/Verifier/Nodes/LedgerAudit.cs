using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>What must be true of every ledger that a node leaves behind, whatever happened to it.</summary>
internal static class LedgerAudit
{
    /// <summary>Reads every file with every checkpoint, and adds up again what receipts say beside their own interval.</summary>
    public static void Check(NodeSite site, TimeSpan? interval = null)
    {
        foreach (var ledger in site.Ledgers())
        {
            Assert.Null(ledger.Damage);
            foreach (var segment in ledger.Segments)
                ReadEveryCheckpoint(segment.Path);
            CheckTotals([.. ledger.Receipts(LedgerDisk.Real).Select(entry => entry.Receipt)], interval ?? License.DefaultReceiptInterval);
        }
    }

    private static void ReadEveryCheckpoint(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new ReceiptsReader(file, path, ReceiptsReading.OnDisk);
        while (reader.NextLedger() is not null)
        {
            while (reader.NextReceipt() is not null)
            {
                if (reader.Seal is not null)
                    reader.VerifySeal();
            }
        }
    }

    private static void CheckTotals(IReadOnlyList<Receipt> receipts, TimeSpan interval)
    {
        var totals = new UsageTotals(new LedgerReadings());
        var license = "";
        Assert.IsType<StartReceipt>(receipts[0]);
        foreach (var receipt in receipts)
        {
            switch (receipt)
            {
                case StartReceipt start:
                    totals.Pass(start);
                    break;
                case LicenseReceipt active:
                    license = active.License;
                    break;
                case UsageReceipt usage:
                    Assert.Equal(totals.Complete(usage, interval), usage);
                    Assert.Equal(license, usage.License);
                    Assert.True(usage.Seconds <= usage.OpenSeconds + 1, "busy for longer than open");
                    break;
            }
        }
    }
}
