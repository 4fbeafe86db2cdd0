using System.Globalization;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Statements;

/// <summary>The whole days in UTC that a statement is about, one at least. Immutable.</summary>
internal sealed record StatementPeriod
{
    /// <param name="from">The first day.</param>
    /// <param name="until">The day after the last one.</param>
    /// <exception cref="ArgumentException">There is no day between them.</exception>
    public StatementPeriod(DateOnly from, DateOnly until)
    {
        if (until <= from)
            throw new ArgumentException("a statement's period has one day at least, and its end is exclusive", nameof(until));
        (From, Until) = (from, until);
    }

    /// <summary>The first day.</summary>
    public DateOnly From { get; }

    /// <summary>The day after the last one.</summary>
    public DateOnly Until { get; }

    /// <summary>The midnight that it begins with.</summary>
    public DateTimeOffset Start => Midnight(From);

    /// <summary>The midnight that it ends with.</summary>
    public DateTimeOffset End => Midnight(Until);

    /// <summary>
    /// Whether a receipt belongs to it, by its <c>at</c>: later than the start and up to the end. What is written at
    /// midnight tells of the day before; so every receipt belongs to one day, and days add up.
    /// </summary>
    public bool Holds(DateTimeOffset at) => Start < at && at <= End;

    /// <summary>The day that a receipt belongs to.</summary>
    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime.AddSeconds(-1));

    /// <summary>
    /// What is asked for when nobody names days: the license's quota period that holds the day of the newest receipt,
    /// up to that day. A term goes on to be read after its end, so that the use in grace shows.
    /// </summary>
    /// <param name="license">The newest license of the chain.</param>
    /// <param name="newestReceipt">The latest <c>at</c> of any ledger; null when there are no receipts: the first day.</param>
    public static StatementPeriod Default(License license, DateTimeOffset? newestReceipt)
    {
        var firstDay = DateOnly.FromDateTime(license.From.UtcDateTime);
        var day = newestReceipt is { } at ? DayOf(at) : firstDay;
        if (license.QuotaPeriodInForce == QuotaPeriod.Term && day < firstDay)
            day = firstDay;

        // The calendar ends on the last day that has a day after it.
        if (day == DateOnly.MaxValue)
            day = day.AddDays(-1);
        return new StatementPeriod(
            DateOnly.FromDateTime(LicensePeriod.Of(license, Midnight(day)).Start.UtcDateTime), day.AddDays(1));
    }

    /// <summary>Reads a calendar month, as in <c>2026-12</c>.</summary>
    /// <exception cref="FormatException">It is none from 1970-01 to 9999-11.</exception>
    public static StatementPeriod Month(string text) =>
        TryParse(text + "-01", out var first) && first is not { Year: 9999, Month: 12 }
            ? new StatementPeriod(first, first.AddMonths(1))
            : throw new FormatException($"'{TerminalText.Escape(text)}' is no month such as 2026-12");

    /// <summary>Reads days, as in <c>2026-12-01</c>.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="until">The day after the last one.</param>
    /// <exception cref="FormatException">One of them is no day, or no day lies between them.</exception>
    public static StatementPeriod Days(string from, string until)
    {
        var (first, end) = (Day(from), Day(until));
        return first < end
            ? new StatementPeriod(first, end)
            : throw new FormatException($"no day lies from {from} until {until}: the second is the day after the last one");
    }

    private static DateOnly Day(string text) => TryParse(text, out var day)
        ? day
        : throw new FormatException($"'{TerminalText.Escape(text)}' is no day such as 2026-12-01");

    private static bool TryParse(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day) && day.Year >= 1970;

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
