namespace OfflineLicense.Tests;

/// <summary>
/// What a call costs the thread that makes it: the least of several tries. A single one may also pay for the compiler, for the
/// runtime's own bookkeeping, or for a machine that gives its time to others.
/// </summary>
internal static class LeastCost
{
    private const int Tries = 10;

    /// <summary>Bytes that are allocated.</summary>
    /// <param name="act">What is called; it must be the same each time.</param>
    /// <param name="enough">A cost at which no further try is made.</param>
    public static long AllocatedBytes(Action act, long enough) => Of(act, GC.GetAllocatedBytesForCurrentThread, enough);

    /// <summary>Processor time; on systems that do not tell a thread's, time.</summary>
    /// <param name="act">What is called; it must be the same each time.</param>
    /// <param name="enough">A cost at which no further try is made.</param>
    public static TimeSpan ProcessorTime(Action act, TimeSpan enough) => TimeSpan.FromMicroseconds(Of(act, Microseconds, (long)enough.TotalMicroseconds));

    private static long Of(Action act, Func<long> meter, long enough)
    {
        var least = long.MaxValue;
        for (var tries = 0; tries < Tries && least > enough; tries++)
        {
            var before = meter();
            act();
            least = Math.Min(least, meter() - before);
        }

        return least;
    }

    private static long Microseconds() => OperatingSystem.IsLinux() ? Benchmarks.ProcessorTime.Nanoseconds() / 1000 : TimeProvider.System.GetTimestamp() / (TimeProvider.System.TimestampFrequency / 1_000_000);
}
