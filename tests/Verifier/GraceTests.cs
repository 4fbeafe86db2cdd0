using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>Grace that is earned, by numbers worked out by hand.</summary>
public sealed class GraceTests
{
    private const long ThirtyDays = 30 * 86400;

    [Theory]
    [InlineData(null, null, null, 0, 14)]
    [InlineData(null, null, null, 100 * ThirtyDays, 14)]
    [InlineData(null, 1, null, 100 * ThirtyDays, 14)]
    [InlineData(14, 1, 60, ThirtyDays - 1, 14)]
    [InlineData(14, 1, 60, ThirtyDays, 15)]
    [InlineData(14, 1, 60, (12 * ThirtyDays) + 1, 26)]
    [InlineData(14, 1, 60, 46 * ThirtyDays, 60)]
    [InlineData(14, 1, 60, 47 * ThirtyDays, 60)]
    [InlineData(0, 2, 5, ThirtyDays, 2)]
    [InlineData(0, 2, 5, 3 * ThirtyDays, 5)]
    [InlineData(0, 0, 0, 100 * ThirtyDays, 0)]
    [InlineData(null, 3, 20, ThirtyDays, 17)]
    [InlineData(3650, 3650, 3650, long.MaxValue / 4096, 3650)]
    public void Days_and_a_little_more_for_each_thirty_days_run_licensed(int? days, int? earn, int? limit, long licensedSeconds, int expected)
    {
        var license = Licenses.Plain with { Grace = new LicenseGrace { Days = days, Earn = earn, Limit = limit } };
        var rule = GraceRule.Of(license, new World().Facts with { LicensedSeconds = licensedSeconds });
        Assert.Equal(TimeSpan.FromDays(expected), rule.Length);
        Assert.Equal(Licenses.Day(400 + expected), rule.EndFor(Licenses.Day(400)));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(0L, 86400)]
    [InlineData(1L, 86399)]
    [InlineData(86399L, 1)]
    [InlineData(86400L, 0)]
    [InlineData(90000L, 0)]
    public void Who_ever_was_licensed_runs_a_day_in_grace_at_least(long? graceSeconds, long expectedSeconds)
    {
        var rule = GraceRule.Of(Licenses.Plain, new World().Facts with { GraceSeconds = graceSeconds });
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), rule.Notice);
    }

    [Fact]
    public void A_node_switched_on_a_year_late_is_told_a_day_ahead()
    {
        var world = new World { License = Licenses.Plain with { Until = Licenses.Day(35) } };
        world = world with { Facts = world.Facts with { GraceSeconds = 0 } };
        Assert.Equal(LicenseState.Grace, world.Verdict.State);
        Assert.Equal(world.Now + TimeSpan.FromHours(24), world.Verdict.GraceEnds);
    }
}
