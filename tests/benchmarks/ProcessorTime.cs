using System.Runtime.InteropServices;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// The processor time of one thread: what a call costs where more threads run than there are cores. Wall time there is for
/// the most part waiting for one's turn. Linux only.
/// </summary>
internal static partial class ProcessorTime
{
    private const int OfThisThread = 3;

    /// <summary>Nanoseconds that this thread has run.</summary>
    public static long Nanoseconds()
    {
        if (GetTime(OfThisThread, out var time) != 0)
            throw new PlatformNotSupportedException("the system does not tell the processor time of a thread");
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
