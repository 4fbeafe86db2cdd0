using System.Diagnostics;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// Asking a node for its verdict by eight threads at once, while a ninth puts licenses into the folder and takes them out,
/// against one look at the clock by the same threads at the same time. And how late a change is seen that time brings.
/// </summary>
internal static class VerdictBusyBenchmark
{
    private const int Readers = 8;
    private const int Calls = 200_000;
    private const int LeastRounds = 41;
    private const int MostRounds = 100 * LeastRounds;
    private const int LeastChanges = 5;
    private const int Ends = 4;

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "licenses"));
            Put(folder, Samples.License);
            using var node = Open(folder);
            using var stop = new CancellationTokenSource();
            var changes = 0;
            node.Changed += (_, _) => Interlocked.Increment(ref changes);
            var writer = new Thread(() => PutAndRemove(folder, stop.Token));
            writer.Start();

            var readings = new Reading[Readers];
            var readers = Enumerable.Range(0, Readers).Select(i => new Thread(() => readings[i] = Read(node, () => Volatile.Read(ref changes) >= LeastChanges))).ToList();
            readers.ForEach(reader => reader.Start());
            readers.ForEach(reader => reader.Join());
            stop.Cancel();
            writer.Join();
            if (changes < LeastChanges)
                throw new InvalidOperationException(FormattableString.Invariant($"the verdict changed {changes} times while it was read, not {LeastChanges}"));

            return new Figure
            {
                Name = "verdict-busy",
                Value = Median(readings.Select(reading => reading.Verdict)),
                Unit = "ns",
                Baseline = Median(readings.Select(reading => reading.Clock)),
                BaselineIs = "Stopwatch.GetTimestamp()",
                Ratio = Median(readings.Select(reading => reading.Ratio)),
                Bar = 0.5,
                Bytes = readings.Max(reading => reading.Bytes),
                LagMilliseconds = Enumerable.Range(0, Ends).Max(i => LagOfTermEnd(Path.Combine(folder, FormattableString.Invariant($"end-{i}")))),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// One thread's share, by its own processor time, in turns so short that both meet the same load; medians, since a turn
    /// that was interrupted for a cache or a collection says nothing of either. It goes on until the verdict has changed often
    /// enough, however late a busy machine lets the node look at its folder.
    /// </summary>
    private static Reading Read(Node node, Func<bool> isEnough)
    {
        var (verdicts, clocks, bytes) = (new List<double>(MostRounds), new List<double>(MostRounds), 0L);
        for (var round = -5; round < LeastRounds || (round < MostRounds && !isEnough()); round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var begin = ProcessorTime.Nanoseconds();
            var mayBegin = 0;
            for (var i = 0; i < Calls; i++)
                mayBegin += node.Verdict.MayBegin ? 1 : 0;
            var middle = ProcessorTime.Nanoseconds();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long sum = 0;
            for (var i = 0; i < Calls; i++)
                sum ^= Stopwatch.GetTimestamp();
            var end = ProcessorTime.Nanoseconds();
            GC.KeepAlive((sum, mayBegin));
            if (round < 0)
                continue;
            bytes += allocated;
            verdicts.Add((middle - begin) / (double)Calls);
            clocks.Add((end - middle) / (double)Calls);
        }

        return new Reading(Median(verdicts), Median(clocks), Median(verdicts.Zip(clocks, (verdict, clock) => verdict / clock)), bytes / verdicts.Count / Calls);
    }

    // A license that counts while it is there: each time, the verdict becomes another.
    private static void PutAndRemove(string folder, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var license = Samples.License with
            {
                Id = FormattableString.Invariant($"01JDA7X0R3Q8N5V2K6T9{number % 1_000_000:D6}"),
                Replaces = null,
                Issued = Samples.License.Issued.AddSeconds(number + 1),
            };
            var file = Put(folder, license);
            stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
            File.Delete(file);
        }
    }

    /// <summary>How long after a term's end, by the wall clock, a reader sees Grace; a node that is idle but for it.</summary>
    private static double LagOfTermEnd(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "licenses"));
        var now = TimeProvider.System.GetUtcNow();
        var end = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero).AddSeconds(3);
        Put(folder, Samples.License with { Replaces = null, Issued = end.AddDays(-1), From = end.AddDays(-1), Until = end, BuildsUntil = null });
        using var node = Open(folder);
        using var never = new ManualResetEventSlim();
        while (node.Verdict.State == LicenseState.Licensed && TimeProvider.System.GetUtcNow() < end.AddSeconds(10))
            never.Wait(millisecondsTimeout: 1);
        return node.Verdict.State == LicenseState.Grace
            ? (TimeProvider.System.GetUtcNow() - end).TotalMilliseconds
            : throw new InvalidOperationException("the end of a term was not seen");
    }

    private static string Put(string folder, License license)
    {
        var file = Path.Combine(folder, "licenses", license.Id + ".lic");
        File.WriteAllBytes(file, SignedNote.Sign(LicenseFormat.Print(license), Samples.Key));
        return file;
    }

    private static Node Open(string folder) => Node.Open(new NodeOptions
    {
        Product = Samples.Product,
        Trust = Samples.Trust,
        LicenseFolder = Path.Combine(folder, "licenses"),
        StateFolder = Path.Combine(folder, "state"),
        LicenseVariable = null,
    });

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    /// <summary>What one thread measured, in nanoseconds and bytes a call.</summary>
    private readonly record struct Reading(double Verdict, double Clock, double Ratio, long Bytes);
}
