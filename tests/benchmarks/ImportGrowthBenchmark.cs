using System.Diagnostics;
using OfflineLicense.Issuer.Registry;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// Ten times the receipts, imported by one call into one registry, against a tenth of them: what it takes in time, and the most
/// memory that this process ever had. <c>--receipts N</c> says how many, 100,000 at least; by default a million, against a hundred thousand.
/// </summary>
internal static class ImportGrowthBenchmark
{
    private const int ReceiptsOfALedger = 10_000;
    private const int Rounds = 3;

    public static Figure Run(long receipts)
    {
        var folder = Directory.CreateTempSubdirectory("import-growth-").FullName;
        try
        {
            var few = new ImportLoad(Path.Combine(folder, "few"), (int)(receipts / 10 / ReceiptsOfALedger), ReceiptsOfALedger);
            var many = new ImportLoad(Path.Combine(folder, "many"), (int)(receipts / ReceiptsOfALedger), ReceiptsOfALedger);
            var (fewTimes, manyTimes) = (new double[Rounds], new double[Rounds]);

            // The most so far can only grow, so all of the few come first; their first round is the one that warms up.
            Time(few, folder);
            Time(few, folder);
            var fewPeak = Peak();
            for (var round = 0; round < Rounds; round++)
                (fewTimes[round], manyTimes[round]) = (Time(few, folder), Time(many, folder));
            return new Figure
            {
                Name = "import-growth",
                Value = manyTimes.Order().ElementAt(Rounds / 2) / 1e6,
                Unit = "ms",
                Baseline = fewTimes.Order().ElementAt(Rounds / 2) / 1e6,
                BaselineIs = "a tenth of them",
                Ratio = manyTimes.Zip(fewTimes, static (a, b) => a / b).Order().ElementAt(Rounds / 2),
                Bar = 11,
                PeakMegabytes = Peak(),
                PeakRatio = Peak() / fewPeak,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Time(ImportLoad load, string folder)
    {
        var name = Path.Combine(folder, "registry.db");
        var begin = Stopwatch.GetTimestamp();
        load.Import(new SqliteStore(name));
        var time = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
        File.Delete(name);
        return time;
    }

    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (1024.0 * 1024.0);
    }
}
