using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>Minutes by period and along the chain of licenses, and what a quota leads to.</summary>
public sealed class QuotaTests
{
    private static readonly License Metered = Licenses.Plain with { Quota = new LicenseQuota { NodeMinutes = 1000, CoreMinutes = 8000 } };

    [Theory]
    [InlineData(QuotaPeriod.Month, "2026-01-31T23:59:59Z", "2026-01-01", "2026-02-01")]
    [InlineData(QuotaPeriod.Month, "2026-02-01T00:00:00Z", "2026-02-01", "2026-03-01")]
    [InlineData(QuotaPeriod.Month, "2026-12-31T23:59:59Z", "2026-12-01", "2027-01-01")]
    [InlineData(QuotaPeriod.Month, "2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01")]
    [InlineData(QuotaPeriod.Year, "2026-12-31T23:59:59Z", "2026-01-01", "2027-01-01")]
    [InlineData(QuotaPeriod.Year, "2027-01-01T00:00:00Z", "2027-01-01", "2028-01-01")]
    [InlineData(QuotaPeriod.Term, "2027-01-01T00:00:00Z", "2026-01-01", null)]
    public void A_period_is_the_term_or_the_calendars(QuotaPeriod per, string at, string start, string? end)
    {
        var license = Metered with { Quota = Metered.Quota with { Per = per } };
        var period = LicensePeriod.Of(license, Time(at));
        Assert.Equal(Time(start), period.Start);
        Assert.Equal(end is null ? null : Time(end), period.End);
        Assert.True(period.HoldsDay(DateOnly.FromDateTime(period.Start.UtcDateTime)));
        Assert.False(period.HoldsDay(DateOnly.FromDateTime(period.Start.UtcDateTime).AddDays(-1)));
        if (period.End is { } after)
            Assert.False(period.HoldsDay(DateOnly.FromDateTime(after.UtcDateTime)));
    }

    [Fact]
    public void An_amendment_keeps_the_count_and_a_renewal_begins_at_nothing()
    {
        var use = Days((1, 10, 600));
        var amended = Metered with { Id = Licenses.Id(2), Replaces = Licenses.Id(1) };
        var renewed = amended with { From = Licenses.Day(365) };
        Assert.Equal(600, Seconds(amended, Licenses.Day(370), use));
        Assert.Equal(0, Seconds(renewed, Licenses.Day(370), use));
    }

    [Fact]
    public void A_month_counts_on_over_a_renewal_in_its_middle()
    {
        var renewed = Metered with
        {
            Id = Licenses.Id(2),
            Replaces = Licenses.Id(1),
            From = Licenses.Day(15),
            Quota = Metered.Quota with { Per = QuotaPeriod.Month },
        };
        Assert.Equal(600 + 60, Seconds(renewed, Licenses.Day(20), Days((1, 10, 600), (2, 16, 60))));
    }

    [Fact]
    public void On_the_day_in_whose_middle_a_term_begins_only_the_use_of_that_term_counts()
    {
        var noon = Licenses.Day(100.5);
        var renewed = Metered with { Id = Licenses.Id(2), Replaces = Licenses.Id(1), From = noon };
        var amended = renewed with { Id = Licenses.Id(3), Replaces = Licenses.Id(2) };
        var use = Days((1, 99, 1), (1, 100, 10), (2, 100, 100), (3, 100, 1000), (3, 101, 10000));
        Assert.Equal(11100, Seconds(amended, Licenses.Day(102), use, Metered, renewed));
    }

    [Fact]
    public void Use_of_a_license_outside_the_chain_counts_nothing()
    {
        var amended = Metered with { Id = Licenses.Id(3), Replaces = Licenses.Id(2) };
        Assert.Equal(10, Seconds(amended, Licenses.Day(20), Days((1, 10, 600), (2, 10, 10))));
        Assert.Equal(610, Seconds(amended, Licenses.Day(20), Days((1, 10, 600), (2, 10, 10)), Metered with
        {
            Id = Licenses.Id(2),
            Replaces = Licenses.Id(1),
        }));
    }

    [Fact]
    public void Licenses_that_name_each_other_in_a_circle_are_each_counted_once()
    {
        var (one, two) = (Metered with { Replaces = Licenses.Id(2) }, Metered with { Id = Licenses.Id(2), Replaces = Licenses.Id(1) });
        Assert.Equal([Licenses.Id(1), Licenses.Id(2)], new LicenseChain(one, [two, one]).Ids);
    }

    [Fact]
    public void The_vendors_figure_counts_and_what_it_does_not_have_yet()
    {
        var use = new UseOfMinutes(
            [Day(1, 10, 600, isAcknowledged: true), Day(1, 11, 60)],
            [new ReplyUse(Licenses.Id(1), Licenses.Begin, 5000, 9000)]);
        Assert.Equal((5060, 9060), use.In(new LicenseChain(Metered, []), LicensePeriod.Of(Metered, Licenses.Day(20))));
    }

    [Fact]
    public void A_figure_for_another_period_or_another_license_does_not_count()
    {
        var use = new UseOfMinutes(
            [Day(1, 10, 600, isAcknowledged: true), Day(1, 11, 60)],
            [new ReplyUse(Licenses.Id(1), Licenses.Day(-365), 5000, 9000), new ReplyUse(Licenses.Id(9), Licenses.Begin, 5000, 9000)]);
        Assert.Equal((660, 660), use.In(new LicenseChain(Metered, []), LicensePeriod.Of(Metered, Licenses.Day(20))));
    }

    [Theory]
    [InlineData(749, null)]
    [InlineData(750, ReasonCode.QuotaThreeQuarters)]
    [InlineData(899, ReasonCode.QuotaThreeQuarters)]
    [InlineData(900, ReasonCode.QuotaNineTenths)]
    [InlineData(999, ReasonCode.QuotaNineTenths)]
    public void A_warning_comes_at_three_quarters_and_at_nine_tenths(long minutes, string? code)
    {
        var check = Check(Metered, Days((1, 10, (minutes * 60) + 59)));
        Assert.Equal(code is null ? [] : [code], check.Warnings.Select(warning => warning.Code));
        Assert.Empty(check.Exceeded);
        Assert.Equal(new QuotaUse("node-minutes", minutes, 1000, Licenses.Begin, null), check.Quotas[0]);
    }

    [Theory]
    [InlineData(OverageRule.Allow, 1, 0, false)]
    [InlineData(OverageRule.Grace, 0, 1, false)]
    [InlineData(OverageRule.Refuse, 1, 0, true)]
    public void Used_up_minutes_lead_to_what_the_license_says(OverageRule overage, int warnings, int exceeded, bool isRefused)
    {
        var check = Check(Metered with { Overage = overage }, Days((1, 10, 60000)));
        Assert.Equal((warnings, exceeded, isRefused), (check.Warnings.Count, check.Exceeded.Count, check.MinutesRefusal is not null));
        Assert.Null(Check(Metered with { Overage = overage, Enforcement = EnforcementRule.Advisory }, Days((1, 10, 60000))).MinutesRefusal);
    }

    [Fact]
    public void A_refusal_is_told_only_where_there_is_one()
    {
        var license = Metered with { Overage = OverageRule.Refuse, Quota = Metered.Quota with { Cores = 8 } };
        var facts = Facts(Days((1, 10, 60000))) with { CoresInUse = 9 };
        var enforced = QuotaCheck.Of(license, [], facts, Licenses.Day(20)).Warnings;
        Assert.All(enforced, warning => Assert.EndsWith(": new work is refused", warning.Sentence, StringComparison.Ordinal));
        var advisory = QuotaCheck.Of(license with { Enforcement = EnforcementRule.Advisory }, [], facts, Licenses.Day(20)).Warnings;
        Assert.Equal(enforced.Count, advisory.Count);
        Assert.All(advisory, warning => Assert.DoesNotContain("refused", warning.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void All_the_cores_of_a_license_may_be_in_use()
    {
        var license = Licenses.Plain with { Quota = new LicenseQuota { Cores = 8, NodeCores = 4 } };
        var facts = Facts(UseOfMinutes.None) with { CoresInUse = 8, NodeCoresInUse = 4 };
        Assert.Empty(QuotaCheck.Of(license, [], facts, Licenses.Day(20)).Exceeded);
        facts = facts with { CoresInUse = 9, NodeCoresInUse = 5 };
        Assert.Equal(
            [ReasonCode.CoresExceeded, ReasonCode.NodeCoresExceeded],
            QuotaCheck.Of(license, [], facts, Licenses.Day(20)).Exceeded.Select(exceeded => exceeded.Code));
    }

    [Fact]
    public void A_new_month_gives_new_minutes()
    {
        var license = Metered with { Quota = Metered.Quota with { Per = QuotaPeriod.Month } };
        var use = Facts(Days((1, 10, 60000)));
        Assert.Single(QuotaCheck.Of(license, [], use, Licenses.Day(31) - TimeSpan.FromSeconds(1)).Exceeded);
        Assert.Empty(QuotaCheck.Of(license, [], use, Licenses.Day(31)).Exceeded);
    }

    private static QuotaCheck Check(License license, UseOfMinutes use) => QuotaCheck.Of(license, [], Facts(use), Licenses.Day(20));

    private static NodeFacts Facts(UseOfMinutes use) => new World().Facts with { Use = use };

    private static long Seconds(License license, DateTimeOffset at, UseOfMinutes use, params License[] known) =>
        use.In(new LicenseChain(license, known.Length == 0 ? [Metered] : known), LicensePeriod.Of(license, at)).Seconds;

    private static UseOfMinutes Days(params (int License, int Day, long Seconds)[] days) =>
        new([.. days.Select(day => Day(day.License, day.Day, day.Seconds))], []);

    private static DayOfUse Day(int license, int day, long seconds, bool isAcknowledged = false) =>
        new(Licenses.Id(license), DateOnly.FromDateTime(Licenses.Day(day).UtcDateTime), seconds, seconds, isAcknowledged);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
}
