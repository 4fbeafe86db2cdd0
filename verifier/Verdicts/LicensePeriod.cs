namespace OfflineLicense.Verifier.Verdicts;

/// <summary>The span over which a license's minutes are counted. <see cref="End"/> is exclusive; null for no end.</summary>
internal readonly record struct LicensePeriod(DateTimeOffset Start, DateTimeOffset? End)
{
    /// <summary>The period of a license that runs at a moment: its term, or the calendar year or month in UTC.</summary>
    public static LicensePeriod Of(License license, DateTimeOffset at)
    {
        switch (license.QuotaPeriodInForce)
        {
            case QuotaPeriod.Year:
                var year = new DateTimeOffset(at.Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
                return new(year, at.Year == 9999 ? null : year.AddYears(1));
            case QuotaPeriod.Month:
                var month = new DateTimeOffset(at.Year, at.Month, 1, 0, 0, 0, TimeSpan.Zero);
                return new(month, at is { Year: 9999, Month: 12 } ? null : month.AddMonths(1));
            default:
                return new(license.From, license.Until);
        }
    }

    public bool HoldsDay(DateOnly day) =>
        day >= DateOnly.FromDateTime(Start.UtcDateTime)
        && (End is not { } end || day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) < end.UtcDateTime);
}
