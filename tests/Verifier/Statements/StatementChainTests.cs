using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Statements;
using Xunit;
using static OfflineLicense.Tests.Verifier.Statements.StatementDesk;

namespace OfflineLicense.Tests.Verifier.Statements;

/// <summary>Chains of licenses: amendments, renewals, ends of terms, and which quota is judged over which days.</summary>
public sealed class StatementChainTests : IDisposable
{
    private readonly StatementDesk _desk = new();

    [Fact]
    public void An_amendment_carries_the_count_on()
    {
        var first = _desk.Issue(1, plan => plan with { Quota = new() { NodeMinutes = 60 } });
        var amended = _desk.Issue(2, plan => plan with { Replaces = first.License.Id, Quota = new() { NodeMinutes = 200 } });
        var node = FleetNode.Begin("acme", "a", December(5)).Hold(first).Use(1, 2).Hold(amended).Use(1, 3);
        var statement = _desk.Of(amended, StatementPeriod.Default(amended.License, node.Now), Whole(node));
        Assert.Equal(new StatementUse(5 * 3600, 5 * 3600), statement.TowardQuota);
    }

    [Fact]
    public void A_renewal_begins_at_nothing_and_counts_the_last_days_under_the_old_license()
    {
        var first = _desk.Issue(1, plan => plan with { Until = December(10) });
        var renewal = _desk.Issue(2, plan => plan with { Replaces = first.License.Id, From = December(10) });
        var node = FleetNode.Begin("acme", "a", December(9, 20)).Hold(first).Use(1, 10).Hold(renewal).Use(1, 3);
        var statement = _desk.Of(renewal, StatementPeriod.Default(renewal.License, node.Now), Whole(node));
        Assert.Equal((StatementPeriod.Days("2026-12-10", "2026-12-11"), new StatementUse(9 * 3600, 9 * 3600)), (statement.Chain.Period, statement.TowardQuota));
        Assert.Equal(default, statement.Counted[0].OutOfTerm);
    }

    [Fact]
    public void A_term_that_begins_at_noon_does_not_take_the_morning_of_the_license_before()
    {
        var first = _desk.Issue(1, plan => plan with { Until = December(10, 12) });
        var renewal = _desk.Issue(2, plan => plan with { Replaces = first.License.Id, From = December(10, 12) });
        var node = FleetNode.Begin("acme", "a", December(10, 9)).Hold(first).Use(1, 3).Hold(renewal).Use(2, 1);
        var statement = _desk.Of(renewal, StatementPeriod.Days("2026-12-10", "2026-12-11"), Whole(node));
        Assert.Equal(new StatementUse(4 * 3600, 5 * 3600), statement.Itemised);
        Assert.Equal(new StatementUse(3600, 2 * 3600), statement.TowardQuota);
    }

    [Fact]
    public void Use_after_the_term_s_end_is_billed_and_named()
    {
        var license = _desk.Issue(1, plan => plan with { Until = December(10) });
        var node = FleetNode.Begin("acme", "a", December(9, 22)).Hold(license).Use(1, 2).Hold(license, LicenseState.Grace).Use(1, 5);
        var statement = _desk.Of(license, StatementPeriod.Default(license.License, node.Now), Whole(node));
        Assert.Equal((7 * 3600, 5 * 3600), ((int)statement.Itemised.Seconds, (int)statement.Counted[0].OutOfTerm.Seconds));
        Assert.Equal(2 * 3600, (int)statement.TowardQuota.Seconds);
    }

    [Fact]
    public void A_license_of_the_chain_without_its_text_proves_nothing_and_is_named()
    {
        var lost = _desk.Forge(1, plan => plan);
        var license = _desk.Issue(2, plan => plan with { Replaces = lost.License.Id });
        var node = FleetNode.Begin("acme", "a", December(5)).Hold(lost).Use(1, 2).Hold(license).Use(1, 3);
        var statement = _desk.Of(license, Month, Whole(node));
        Assert.Equal(new StatementUse(3 * 3600, 3 * 3600), statement.Itemised);
        Assert.Equal([lost.License.Id], statement.Chain.WithoutText);
        Assert.Equal(NotCountedReason.NoText, Assert.Single(statement.Counted[0].NotCounted).Reason);
    }

    [Theory]
    [InlineData(QuotaPeriod.Month, "2026-12-01", "2027-01-01", true)]
    [InlineData(QuotaPeriod.Month, "2026-12-01", "2026-12-15", true)]
    [InlineData(QuotaPeriod.Month, "2026-12-02", "2026-12-15", false)]
    [InlineData(QuotaPeriod.Month, "2026-12-01", "2027-01-02", false)]
    [InlineData(QuotaPeriod.Year, "2027-01-01", "2028-01-01", true)]
    [InlineData(QuotaPeriod.Year, "2026-12-01", "2027-01-01", false)]
    [InlineData(QuotaPeriod.Term, "2026-11-22", "2027-11-22", true)]
    [InlineData(QuotaPeriod.Term, "2026-11-22", "2027-12-22", true)]
    [InlineData(QuotaPeriod.Term, "2026-12-01", "2027-01-01", false)]
    public void Minutes_are_judged_when_the_days_are_those_of_a_quota_period(QuotaPeriod per, string from, string until, bool isJudged)
    {
        var license = _desk.Issue(1, plan => plan with { Quota = new() { Per = per, NodeMinutes = 1 } });
        Assert.Equal(isJudged, _desk.Of(license, StatementPeriod.Days(from, until)).Chain.Quota is not null);
    }

    [Fact]
    public void Cores_of_the_days_before_a_renewal_are_not_judged_by_it()
    {
        var first = _desk.Issue(1, plan => plan with { Quota = new() { Cores = 64 }, Until = December(10) });
        var smaller = _desk.Issue(2, plan => plan with { Replaces = first.License.Id, From = December(10), Quota = new() { Cores = 8 } });
        Assert.False(_desk.Of(smaller, Month).Chain.JudgesCores);
        Assert.True(_desk.Of(smaller, StatementPeriod.Days("2026-12-10", "2027-01-01")).Chain.JudgesCores);
        Assert.True(_desk.Of(first, StatementPeriod.Month("2026-11")).Chain.JudgesCores);
    }

    [Fact]
    public void Licenses_of_other_chains_change_no_byte()
    {
        var license = _desk.Issue(1);
        var node = FleetNode.Begin("acme", "a", December(5)).Hold(license).Use(1, 2);
        var before = _desk.Print(license, Ever, Whole(node));
        _desk.Issue(8);
        Assert.Equal(before, _desk.Print(license, Ever, Whole(node)));
    }

    public void Dispose() => _desk.Dispose();
}
