using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>Use added up by license and day. Not thread-safe.</summary>
internal sealed class DaysOfUse
{
    private readonly Dictionary<(string License, DateOnly Day), (long Seconds, long CoreSeconds)> _days = [];

    /// <summary>Adds an interval. One that ends at midnight belongs to the day that it ends, as in a statement.</summary>
    public void Add(UsageReceipt usage)
    {
        if (usage.License.Length > 0 && usage.Seconds > 0)
            Add(usage.License, DateOnly.FromDateTime(usage.At.UtcDateTime.AddSeconds(-1)), usage.Seconds, usage.CoreSeconds);
    }

    /// <summary>Adds what was added up elsewhere.</summary>
    public void Add(DaysOfUse other)
    {
        foreach (var ((license, day), (seconds, coreSeconds)) in other._days)
            Add(license, day, seconds, coreSeconds);
    }

    /// <summary>Adds the use of a license on a day.</summary>
    public void Add(string license, DateOnly day, long seconds, long coreSeconds)
    {
        var sum = _days.GetValueOrDefault((license, day));
        _days[(license, day)] = (sum.Seconds + seconds, sum.CoreSeconds + coreSeconds);
    }

    /// <summary>The days, in no order.</summary>
    /// <param name="isAcknowledged">Whether the vendor's last reply has them.</param>
    public IEnumerable<DayOfUse> Days(bool isAcknowledged) => _days.Select(entry => new DayOfUse(
        entry.Key.License, entry.Key.Day, entry.Value.Seconds, entry.Value.CoreSeconds, isAcknowledged));
}
