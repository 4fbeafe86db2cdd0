using System.Diagnostics;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// Times two things in turn, A B A B, in one process: these machines are shared, and only neighbouring rounds compare.
/// </summary>
internal static class Pairs
{
    /// <summary>
    /// Medians in nanoseconds a call, and the median of the rounds' ratios. <paramref name="before"/> gets each round ready,
    /// untimed.
    /// </summary>
    public static (double Value, double Baseline, double Ratio) Measure(
        Action<int> subject, int subjectCalls, Action<int> baseline, int baselineCalls, int rounds = 41, Action? before = null)
    {
        for (var i = 0; i < 5; i++)
        {
            before?.Invoke();
            subject(subjectCalls);
            baseline(baselineCalls);
        }

        var values = new double[rounds];
        var baselines = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            before?.Invoke();
            values[i] = Time(subject, subjectCalls);
            baselines[i] = Time(baseline, baselineCalls);
        }

        return (Median(values), Median(baselines), Median([.. values.Zip(baselines, (a, b) => a / b)]));
    }

    /// <summary>Bytes that a call allocates on this thread, rounded down over many calls.</summary>
    public static long BytesOf(Action<int> subject, int calls)
    {
        subject(calls);
        var before = GC.GetAllocatedBytesForCurrentThread();
        subject(calls);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    }

    private static double Time(Action<int> action, int calls)
    {
        var begin = Stopwatch.GetTimestamp();
        action(calls);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / calls;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
