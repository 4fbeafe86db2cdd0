using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>Use added up by license and day. Not thread-safe.</summary>
internal sealed class DaysOfUse
{
    private readonly Dictionary<string, Dictionary<DateOnly, (long Seconds, long CoreSeconds)>> _licenses = new(StringComparer.Ordinal);

    /// <summary>Adds an interval. One that ends at midnight belongs to the day that it ends, as in a statement.</summary>
    public void Add(UsageReceipt usage)
    {
        if (usage.License.Length > 0 && usage.Seconds > 0)
            Add(usage.License, DateOnly.FromDateTime(usage.At.UtcDateTime.AddSeconds(-1)), usage.Seconds, usage.CoreSeconds);
    }

    /// <summary>Adds what was added up elsewhere.</summary>
    public void Add(DaysOfUse other)
    {
        foreach (var (license, others) in other._licenses)
        {
            var days = Of(license);
            days.EnsureCapacity(days.Count + others.Count);
            foreach (var (day, (seconds, coreSeconds)) in others)
                Add(days, day, seconds, coreSeconds);
        }
    }

    /// <summary>Adds the use of a license on a day.</summary>
    public void Add(string license, DateOnly day, long seconds, long coreSeconds) => Add(Of(license), day, seconds, coreSeconds);

    /// <summary>What is left without a part of it.</summary>
    public DaysOfUse Without(DaysOfUse part)
    {
        var rest = new DaysOfUse();
        foreach (var (license, days) in _licenses)
        {
            var less = part._licenses.GetValueOrDefault(license);
            foreach (var (day, (seconds, coreSeconds)) in days)
            {
                var (lessSeconds, lessCoreSeconds) = less?.GetValueOrDefault(day) ?? default;
                if (seconds > lessSeconds)
                    Add(rest.Of(license), day, seconds - lessSeconds, coreSeconds - lessCoreSeconds);
            }
        }

        return rest;
    }

    /// <summary>The days, in no order.</summary>
    /// <param name="isAcknowledged">Whether the vendor's last reply has them.</param>
    public IEnumerable<DayOfUse> Days(bool isAcknowledged) => _licenses.SelectMany(days => days.Value.Select(day => new DayOfUse(
        days.Key, day.Key, day.Value.Seconds, day.Value.CoreSeconds, isAcknowledged)));

    private static void Add(Dictionary<DateOnly, (long Seconds, long CoreSeconds)> days, DateOnly day, long seconds, long coreSeconds)
    {
        var sum = days.GetValueOrDefault(day);
        days[day] = (sum.Seconds + seconds, sum.CoreSeconds + coreSeconds);
    }

    private Dictionary<DateOnly, (long Seconds, long CoreSeconds)> Of(string license)
    {
        if (!_licenses.TryGetValue(license, out var days))
            _licenses[license] = days = [];
        return days;
    }
}
