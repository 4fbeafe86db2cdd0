using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Verdicts;

/// <summary>Use of one license on one UTC day.</summary>
/// <param name="License">The license's id.</param>
/// <param name="Day">The day in which the interval ended, midnight belonging to the day before.</param>
/// <param name="Seconds">Seconds with at least one core in use, summed over nodes.</param>
/// <param name="CoreSeconds">The sum over those seconds of the cores in use.</param>
/// <param name="IsAcknowledged">Whether the last reply already has it.</param>
internal readonly record struct DayOfUse(string License, DateOnly Day, long Seconds, long CoreSeconds, bool IsAcknowledged);

/// <summary>What is known on a node of the minutes used: its own receipts, and what the vendor has of all nodes.</summary>
internal sealed record UseOfMinutes(IReadOnlyList<DayOfUse> Days, IReadOnlyList<ReplyUse> Replied)
{
    public static UseOfMinutes None { get; } = new([], []);

    /// <summary>The latest day of use, or beginning of a period of which the vendor has told, by the calendar; null for no use at all.</summary>
    public DateTimeOffset? Last
    {
        get
        {
            DateTimeOffset? last = null;
            foreach (var day in Days)
            {
                if (EndOf(day.Day) is var end && !(end <= last))
                    last = end;
            }

            foreach (var entry in Replied)
            {
                if (!(entry.PeriodStart <= last))
                    last = entry.PeriodStart;
            }

            return last;
        }
    }

    /// <summary>
    /// What counts toward a period of a license: the vendor's figure and what it does not have yet; without such a figure
    /// all that is known here. A day belongs whole to the period in which it begins; on the day in the middle of which a
    /// term begins, only the use of licenses with that term counts.
    /// </summary>
    public (long Seconds, long CoreSeconds) In(LicenseChain chain, LicensePeriod period)
    {
        // A figure for an older license of the chain has no use of the newer ones, and none of days past its own term. Where
        // there are several, each is of use that there was, and the greatest tells the most.
        var best = (Seconds: -1L, CoreSeconds: -1L);
        foreach (var entry in Replied.Where(entry => entry.PeriodStart == period.Start && chain.Contains(entry.License)))
        {
            var covered = chain.UpTo(entry.License, period);
            var (seconds, coreSeconds) = Sum(day => !day.IsAcknowledged || !covered.Chain.CountsToward(covered.Period, day.License, day.Day));
            best = (Math.Max(best.Seconds, entry.NodeSeconds + seconds), Math.Max(best.CoreSeconds, entry.CoreSeconds + coreSeconds));
        }

        return best.Seconds >= 0 ? best : Sum(static _ => true);

        (long Seconds, long CoreSeconds) Sum(Func<DayOfUse, bool> isApart)
        {
            long seconds = 0, coreSeconds = 0;
            foreach (var day in Days)
            {
                if (chain.CountsToward(period, day.License, day.Day) && isApart(day))
                    (seconds, coreSeconds) = (seconds + day.Seconds, coreSeconds + day.CoreSeconds);
            }

            return (seconds, coreSeconds);
        }
    }

    // The last moment, and not the next midnight, which may lie in another period.
    private static DateTimeOffset EndOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MaxValue, DateTimeKind.Utc));
}
