using System.Diagnostics;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// What a node does each second while nothing changes, with as many licenses as it looks at at most, against asking the
/// system of each of the same files once and nothing else.
/// </summary>
internal static class LicenseFolderBenchmark
{
    /// <summary>Looking at the folder: its list, and whether any file is another than before.</summary>
    public static Figure Folder() => Measure("license-folder", bar: 3, (licenses, _) =>
    {
        var folder = new LicenseFolder(LedgerDisk.Real, licenses, Samples.Trust, TimeProvider.System);
        return (() => folder.Look(), null);
    });

    /// <summary>All of a node's look: the folder, the clocks, and the verdict by all licenses, with what comes of it for years.</summary>
    public static Figure Look() => Measure("license-look", bar: 50, (licenses, state) =>
    {
        var node = Node.Open(new NodeOptions
        {
            Product = Samples.Product,
            Trust = Samples.Trust,
            LicenseFolder = licenses,
            StateFolder = state,
            LicenseVariable = null,
            LookEvery = TimeSpan.FromHours(1),
        });
        return node.Verdict.State == LicenseState.Licensed
            ? (node.Look, node)
            : throw new InvalidOperationException("the licenses do not count");
    });

    private static Figure Measure(string name, double bar, Func<string, string, (Action Look, IDisposable? Node)> open)
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            var licenses = Directory.CreateDirectory(Path.Combine(folder, "licenses")).FullName;
            var files = Enumerable.Range(0, LicenseFolder.MostLicenses).Select(number => Put(licenses, number)).ToArray();
            var (look, node) = open(licenses, Path.Combine(folder, "state"));
            using var closed = node;

            // Until every file has stood for so long that it is not read again.
            for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) <= LedgerDisk.Real.StampsSettleAfter + TimeSpan.FromSeconds(1);)
                look();
            var (value, baseline, ratio) = Pairs.Measure(_ => look(), 1, _ => AskOfEach(files), 1);
            return new Figure
            {
                Name = name,
                Value = value / 1_000_000,
                Unit = "ms",
                Baseline = baseline / 1_000_000,
                BaselineIs = "one stat call for each file",
                Ratio = ratio,
                Bar = bar,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AskOfEach(string[] files)
    {
        foreach (var file in files)
        {
            if (FileStatus.Of(file) is null)
                throw new InvalidOperationException("a license is gone");
        }
    }

    // A term of a year for each, and each begins a day later than the last: of some it is over, of half still to come.
    private static string Put(string folder, int number)
    {
        var today = new DateTimeOffset(TimeProvider.System.GetUtcNow().Date, TimeSpan.Zero);
        var from = today.AddDays(number - (LicenseFolder.MostLicenses / 2));
        var license = Samples.License with
        {
            Id = FormattableString.Invariant($"01JDA7X0R3Q8N5V2K6T9{number:D6}"),
            Replaces = null,
            Issued = today.AddDays(-1).AddSeconds(number),
            From = from,
            Until = from.AddDays(365),
            Receipts = null,
        };
        var file = Path.Combine(folder, license.Id + ".lic");
        File.WriteAllBytes(file, SignedNote.Sign(LicenseFormat.Print(license), Samples.Key));
        return file;
    }
}
