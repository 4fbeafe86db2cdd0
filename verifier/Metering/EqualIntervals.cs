namespace OfflineLicense.Verifier.Metering;

/// <summary>Usage receipts of equal open time that follow each other at equal distances: nearly all do, but for starts and stops.</summary>
/// <param name="At">The <c>at</c> of the first.</param>
/// <param name="StepSeconds">From one to the next; 0 for one alone.</param>
/// <param name="Count">How many, 1 or more.</param>
/// <param name="OpenSeconds">Of each.</param>
internal readonly record struct EqualIntervals(DateTimeOffset At, long StepSeconds, long Count, long OpenSeconds)
{
    /// <summary>Each of them.</summary>
    public IEnumerable<(DateTimeOffset At, long OpenSeconds)> Each()
    {
        for (long index = 0; index < Count; index++)
            yield return (At.AddSeconds(index * StepSeconds), OpenSeconds);
    }

    /// <summary>Puts receipts together, in their order.</summary>
    public static IReadOnlyList<EqualIntervals> Of(IEnumerable<(DateTimeOffset At, long OpenSeconds)> receipts)
    {
        var runs = new List<EqualIntervals>();
        foreach (var (at, openSeconds) in receipts)
        {
            if (runs is [.., var last] && last.OpenSeconds == openSeconds && last.StepTo(at) is { } step)
                runs[^1] = last with { StepSeconds = step, Count = last.Count + 1 };
            else
                runs.Add(new EqualIntervals(at, 0, 1, openSeconds));
        }

        return runs;
    }

    // Null when the next one is not at this distance, or before.
    private long? StepTo(DateTimeOffset next)
    {
        var step = (next - At).Ticks / TimeSpan.TicksPerSecond - (Count - 1) * StepSeconds;
        return step >= 0 && (Count == 1 || step == StepSeconds) ? step : null;
    }
}
