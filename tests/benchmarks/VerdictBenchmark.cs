using System.Diagnostics;
using OfflineLicense.Verifier;

namespace OfflineLicense.Benchmarks;

/// <summary>Asking a node for its verdict, against one look at the clock.</summary>
internal static class VerdictBenchmark
{
    private const int Calls = 2_000_000;

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "licenses"));
            File.WriteAllBytes(Path.Combine(folder, "licenses", "a.lic"), Samples.File);
            using var node = Node.Open(new NodeOptions
            {
                Product = Samples.Product,
                Trust = Samples.Trust,
                LicenseFolder = Path.Combine(folder, "licenses"),
                StateFolder = Path.Combine(folder, "state"),
            });
            var mayBegin = 0;
            void Read(int calls)
            {
                for (var i = 0; i < calls; i++)
                    mayBegin += node.Verdict.MayBegin ? 1 : 0;
                mayBegin = 0;
            }

            long sum = 0;
            void Look(int calls)
            {
                for (var i = 0; i < calls; i++)
                    sum ^= Stopwatch.GetTimestamp();
            }

            var (value, baseline, ratio) = Pairs.Measure(Read, Calls, Look, Calls);
            GC.KeepAlive(sum);
            return new Figure
            {
                Name = "verdict",
                Value = value,
                Unit = "ns",
                Baseline = baseline,
                BaselineIs = "Stopwatch.GetTimestamp()",
                Ratio = ratio,
                Bar = 0.5,
                Bytes = Pairs.BytesOf(Read, Calls),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
