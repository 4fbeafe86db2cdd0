using System.Globalization;

namespace OfflineLicense.Verifier;

/// <summary>
/// A length of time as a license writes it: a count and one unit, <c>90d</c> or <c>5m</c>. It remembers the unit,
/// because a license is compared with the text that was signed: <c>24h</c> and <c>1d</c> are the same time but not
/// the same text. Equality is that of the text; compare <see cref="Value"/> for the time.
/// </summary>
public readonly record struct Duration
{
    /// <summary>The longest: 3650 days of 24 hours, about ten years.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    private readonly long _count;
    private readonly char _unit;

    private Duration(long count, char unit) => (_count, _unit) = (count, unit);

    /// <summary>The time itself, from one second to <see cref="Longest"/>; zero only in a default value.</summary>
    public TimeSpan Value => TimeSpan.FromTicks(_count * TicksOf(_unit));

    /// <summary>Reads <c>[1-9][0-9]*[smhd]</c>: seconds, minutes, hours or days of 24 hours.</summary>
    /// <param name="text">The text, with no sign, leading zero or space.</param>
    /// <param name="duration">What was read; the default where the answer is no.</param>
    /// <returns>Whether the text is a duration of at most <see cref="Longest"/>.</returns>
    public static bool TryParse(string? text, out Duration duration)
    {
        duration = default;
        if (text is not { Length: >= 2 and <= 10 } || text[0] == '0' || TicksOf(text[^1]) == 0) return false;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        if (count > Longest.Ticks / TicksOf(text[^1])) return false;
        duration = new Duration(count, text[^1]);
        return true;
    }

    /// <summary>Reads <c>[1-9][0-9]*[smhd]</c>.</summary>
    /// <param name="text">The text, with no sign, leading zero or space.</param>
    /// <exception cref="ArgumentException">The text is no duration, or longer than <see cref="Longest"/>.</exception>
    public static Duration Parse(string text) => TryParse(text, out var duration)
        ? duration
        : throw new ArgumentException($"'{text}' is no duration such as 30s, 5m, 12h or 90d, at most 3650d", nameof(text));

    /// <summary>The text that it was read from.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_count}{_unit}");

    // Zero for a character that is no unit, a default value's among them.
    private static long TicksOf(char unit) => unit switch
    {
        's' => TimeSpan.TicksPerSecond,
        'm' => TimeSpan.TicksPerMinute,
        'h' => TimeSpan.TicksPerHour,
        'd' => TimeSpan.TicksPerDay,
        _ => 0,
    };
}
