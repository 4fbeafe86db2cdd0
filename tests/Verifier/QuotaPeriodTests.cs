using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>The periods of minutes at their edges: months of every length, leap years, terms that begin on 29 February, and midnight.</summary>
public sealed class QuotaPeriodTests
{
    private static readonly DateTimeOffset LeapDay = new(2028, 2, 29, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(QuotaPeriod.Month)]
    [InlineData(QuotaPeriod.Year)]
    public void Every_second_of_use_in_nine_years_counts_in_one_period_and_in_no_other(QuotaPeriod per)
    {
        var license = Licenses.Plain with { From = Time(2024, 1, 1), Quota = new LicenseQuota { Per = per, NodeMinutes = 1 } };
        var chain = new LicenseChain(license, []);
        var days = Enumerable.Range(0, (int)(Time(2033, 1, 1) - license.From).TotalDays).Select(day => license.From.AddDays(day)).ToList();
        var use = new UseOfMinutes([.. days.Select(day => new DayOfUse(license.Id, DateOnly.FromDateTime(day.UtcDateTime), 1, 2, IsAcknowledged: false))], []);
        var periods = days.Select(day => LicensePeriod.Of(license, day)).Distinct().ToList();
        Assert.Equal(per == QuotaPeriod.Month ? 9 * 12 : 9, periods.Count);
        Assert.Equal(days.Count, periods.Sum(period => use.In(chain, period).Seconds));
        foreach (var period in periods)
        {
            // As many as the calendar has: a second a day.
            var length = per == QuotaPeriod.Month ? DateTime.DaysInMonth(period.Start.Year, period.Start.Month) : DateTime.IsLeapYear(period.Start.Year) ? 366 : 365;
            Assert.Equal((length, 2 * length), use.In(chain, period));
            Assert.Equal(period, LicensePeriod.Of(license, period.End!.Value.AddSeconds(-1)));
            Assert.NotEqual(period, LicensePeriod.Of(license, period.End!.Value));
        }

        if (per == QuotaPeriod.Month)
            Assert.Equal([28, 29, 30, 31], periods.Select(period => (int)(period.End!.Value - period.Start).TotalDays).Distinct().Order());
    }

    [Fact]
    public void A_year_is_the_calendars_also_for_a_term_that_begins_on_29_February()
    {
        var license = Licenses.Plain with { From = LeapDay, Until = LeapDay.AddYears(4), Quota = new LicenseQuota { Per = QuotaPeriod.Year, NodeMinutes = 1 } };
        Assert.Equal(new LicensePeriod(Time(2028, 1, 1), Time(2029, 1, 1)), LicensePeriod.Of(license, LeapDay));
        Assert.Equal(new LicensePeriod(Time(2029, 1, 1), Time(2030, 1, 1)), LicensePeriod.Of(license, Time(2029, 2, 28)));
        Assert.Equal(new LicensePeriod(Time(2032, 1, 1), Time(2033, 1, 1)), LicensePeriod.Of(license, Time(2032, 2, 29)));
    }

    [Fact]
    public void A_term_is_itself_however_long_and_its_last_day_counts_whole()
    {
        var license = Licenses.Plain with { From = LeapDay, Until = Time(2029, 2, 28).AddHours(12), Quota = new LicenseQuota { NodeMinutes = 1 } };
        var period = LicensePeriod.Of(license, Time(2031, 1, 1));
        Assert.Equal(new LicensePeriod(license.From, license.Until), period);
        Assert.False(period.HoldsDay(new DateOnly(2028, 2, 28)));
        Assert.True(period.HoldsDay(new DateOnly(2028, 2, 29)));
        Assert.True(period.HoldsDay(new DateOnly(2029, 2, 28)));
        Assert.False(period.HoldsDay(new DateOnly(2029, 3, 1)));
    }

    [Theory]
    [InlineData("2028-02-29T23:55:00Z", "2028-03-01T00:00:00Z", 29)] // to midnight: of the day before
    [InlineData("2028-02-29T23:57:00Z", "2028-03-01T00:00:01Z", 1)] // over midnight, as after a machine stood still: of the day in which it ends
    [InlineData("2028-03-01T00:00:00Z", "2028-03-01T00:00:01Z", 1)]
    public void An_interval_lies_whole_in_the_period_of_the_day_in_which_it_ends(string from, string at, int day)
    {
        var readings = new LedgerReadings();
        readings.Add(new UsageReceipt
        {
            From = Parse(from),
            At = Parse(at),
            License = Licenses.Plain.Id,
            State = LicenseState.Licensed,
            Since = Parse(from),
            OpenSeconds = 60,
            Cores = 1,
            Seconds = 60,
            CoreSeconds = 60,
            TotalSeconds = 60,
            TotalCoreSeconds = 60,
            LicensedSeconds = 60,
            GraceSeconds = 0,
        });
        var license = Licenses.Plain with { Quota = new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 1 } };
        var (use, chain) = (new UseOfMinutes([.. readings.Days], []), new LicenseChain(license, []));
        var months = new[] { LeapDay, LeapDay.AddDays(1) }.Select(time => use.In(chain, LicensePeriod.Of(license, time)).Seconds);
        Assert.Equal(day == 29 ? [60, 0] : [0, 60], months);
    }

    [Fact]
    public void Minutes_that_are_used_up_in_the_last_hour_of_a_month_refuse_until_midnight_in_utc_and_no_longer()
    {
        using var site = new NodeSite(LeapDay.AddHours(23)) { LookEvery = TimeSpan.FromMinutes(1) };
        site.Put(plain => plain with { Overage = OverageRule.Refuse, Quota = new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 30 } });
        using var node = site.Open();
        Assert.True(node.TryBegin(1, out var work, out _));
        site.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal(ReasonCode.NodeMinutesUsed, why.Code);
        site.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(node.TryBegin(1, out var more, out _));
        Assert.Equal(Time(2028, 3, 1), node.Verdict.Quotas.Single().PeriodStart);
        work.Dispose();
        more.Dispose();
    }

    private static DateTimeOffset Time(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
}
