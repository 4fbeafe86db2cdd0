using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// A ledger of a million receipts opened to be gone on with, readings included, against one of a thousand: what it costs does
/// not grow with the history. Most receipts are acknowledged. And the first look at two hundred ledgers of others.
/// </summary>
internal static class LedgerOpenBenchmark
{
    private const int Long = 1_000_000;
    private const int Short = 1_000;
    private const int Others = 200;
    private const int EachOther = 8_640;
    private const int GroupReceipts = 250;
    private const int NotAcknowledged = 300;

    private static readonly DateTimeOffset s_begin = Samples.Day(2016, 1, 1);

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            using var key = NewKey();
            var (million, thousand) = (Write(folder, key, Long), Write(folder, key, Short));
            GC.Collect();
            var peak = PeakOf(() => Open(key, million, Long));
            var (value, baseline, ratio) = Pairs.Measure(_ => Open(key, million, Long), 1, _ => Open(key, thousand, Short), 1);
            return new Figure
            {
                Name = "ledger-open",
                Value = value / 1e6,
                Unit = "ms",
                Baseline = baseline / 1e6,
                BaselineIs = "a ledger of 1,000 receipts",
                Ratio = ratio,
                Bar = 2,
                Bytes = peak,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static Figure FirstLook()
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            using var key = NewKey();
            var ledgers = Directory.CreateDirectory(Path.Combine(folder, LedgerFolder.Name)).FullName;
            for (var count = 0; count < Others; count++)
                Write(ledgers, key, EachOther);
            void Look(int calls)
            {
                var others = new OtherLedgers(LedgerDisk.Real, folder, static _ => new LedgerReadings());
                others.Look(own: null);
                if (others.Readings.Sum(static readings => readings.Size) != Others * EachOther)
                    throw new InvalidOperationException("a receipt was not read");
            }

            void ReadAll(int calls)
            {
                foreach (var scan in LedgerFolder.ScanAll(LedgerDisk.Real, folder))
                    scan.AddTo(LedgerDisk.Real, new LedgerReadings());
            }

            var (value, baseline, ratio) = Pairs.Measure(Look, 1, ReadAll, 1, rounds: 3);
            return new Figure
            {
                Name = "first-look",
                Value = value / 1e6,
                Unit = "ms",
                Baseline = baseline / 1e6,
                BaselineIs = "reading 200 ledgers of 8,640 receipts whole",
                Ratio = ratio,
                Bar = 0.25,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Open(SigningKey key, string ledger, long size)
    {
        if (LedgerWriter.Open(LedgerDisk.Real, ledger, key) is not LedgerOpening.Opened opened)
            throw new InvalidOperationException("it does not open");
        using var writer = opened.Writer;
        var readings = new LedgerReadings(acknowledgedSize: size - NotAcknowledged, exportedSize: size - NotAcknowledged / 2);
        opened.Past.AddTo(LedgerDisk.Real, readings);
        if (readings.Size != size)
            throw new InvalidOperationException("a receipt was not read");
    }

    // The live heap is looked at all the time; what else a process takes is the runtime's.
    private static long PeakOf(Action act)
    {
        var isDone = false;
        long peak = 0;
        var watching = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
        });
        watching.Start();
        act();
        Volatile.Write(ref isDone, true);
        watching.Join();
        return peak;
    }

    private static SigningKey NewKey()
    {
        using var unnamed = SigningKey.Generate("installation");
        return unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
    }

    // Written by hundreds, so that it does not take minutes. The newest segment of both is full, with 1,000 and 999 receipts:
    // what both read, copy and sync is alike, and the difference is what the history costs.
    private static string Write(string ledgers, SigningKey key, int receipts)
    {
        using var writer = LedgerWriter.Begin(LedgerDisk.Real, ledgers, key, s_begin);
        for (long next = 1; next < receipts; next += GroupReceipts)
            writer.Append([.. Enumerable.Range(0, (int)Math.Min(GroupReceipts, receipts - next)).Select(offset => Samples.Usage(s_begin, next + offset))]);
        return writer.Folder;
    }
}
