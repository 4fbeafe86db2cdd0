using System.Globalization;

namespace OfflineLicense.Verifier;

/// <summary>How numbers and times are written for people: alike everywhere, and never by the machine's culture.</summary>
internal static class Words
{
    /// <summary>A day, or a moment where it is not midnight: <c>2026-11-22</c>, <c>2026-11-22 10:00:00 UTC</c>.</summary>
    public static string Date(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return utc.TimeOfDay == TimeSpan.Zero
            ? utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
    }

    /// <summary>A whole number with thousands set apart: <c>1,051,200</c>.</summary>
    public static string Number(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>A number and its noun: <c>1 core</c>, <c>2 cores</c>.</summary>
    public static string Count(long number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>A share in whole per cent, rounded down.</summary>
    public static string Percent(long part, long whole) =>
        whole == 0 ? "100 %" : ((Int128)part * 100 / whole).ToString(CultureInfo.InvariantCulture) + " %";

    /// <summary>A length of time in the largest unit of which it is a whole number: <c>90 days</c>, <c>5 minutes</c>.</summary>
    public static string Length(TimeSpan length) => length.Ticks switch
    {
        var ticks when ticks % TimeSpan.TicksPerDay == 0 => Count(ticks / TimeSpan.TicksPerDay, "day"),
        var ticks when ticks % TimeSpan.TicksPerHour == 0 => Count(ticks / TimeSpan.TicksPerHour, "hour"),
        var ticks when ticks % TimeSpan.TicksPerMinute == 0 => Count(ticks / TimeSpan.TicksPerMinute, "minute"),
        var ticks => Count(ticks / TimeSpan.TicksPerSecond, "second"),
    };

    /// <summary>A sum of use in hours and minutes, the seconds cut off: <c>24 h 0 min</c>.</summary>
    public static string HoursAndMinutes(long seconds) => $"{Number(seconds / 3600)} h {Number(seconds / 60 % 60)} min";
}
