using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>
/// The accidents that clocks have, by name, on a machine whose license runs for the whole year: what the node says while
/// the clock is wrong, and what stays behind once it is right.
/// </summary>
public sealed class ClockAccidentTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset In2020 = new(2020, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset In2099 = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_2020_when_the_node_starts()
    {
        using var site = Machine();
        var right = site.Time.Wall;
        site.Time.Wall = In2020;
        using (var node = site.Open())
        {
            Assert.Equal((LicenseState.Licensed, ReasonCode.ClockBehind), (node.Verdict.State, Assert.Single(node.Verdict.Warnings).Code));
            Assert.Equal(Licenses.Plain.Issued, node.Verdict.At);
            Work(node, site, Hour);
        }

        site.Time.Wall = right + Hour;
        NothingIsLeft(site);
    }

    [Fact]
    public void It_becomes_2020_while_the_node_runs_with_work_in_it()
    {
        using var site = Machine();
        var right = site.Time.Wall;
        using (var node = site.Open())
        {
            Work(node, site, 26 * Hour, () => site.Time.Wall = In2020);
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            Assert.Contains(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.ClockBehind);
            site.Time.Wall = right + (26 * Hour);
            site.Time.Advance(Minute);
            Assert.Empty(node.Verdict.Warnings);
        }

        Assert.Equal(26 * 3600, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
        NothingIsLeft(site);
    }

    [Fact]
    public void It_is_2099_for_an_hour()
    {
        using var site = Machine();
        using (var node = site.Open())
        {
            site.Time.Advance(Day);
            var right = site.Time.Wall;
            site.Time.Wall = In2099;
            site.Time.Advance(Minute);
            Assert.Equal(LicenseState.Grace, node.Verdict.State);
            Work(node, site, Hour);
            site.Time.Wall = right + Hour + Minute;
            site.Time.Advance(Minute);
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
        }

        NothingIsLeft(site);
    }

    [Fact]
    public void It_is_2099_for_two_days_and_work_that_runs_goes_on_while_new_work_waits_for_the_vendor()
    {
        using var site = Machine();
        using var node = site.Open();
        site.Time.Advance(Day);
        var right = site.Time.Wall;
        site.Time.Wall = In2099;
        Work(node, site, 2 * Day);
        site.Time.Wall = right + (2 * Day);
        site.Time.Advance(Hour);
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal(ReasonCode.TermEnded, why.Code);
        Assert.Contains("ask your vendor for a time reset", why.Mend, StringComparison.Ordinal);
        Assert.Contains(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.ClockBehind);
        Assert.Equal(2 * 86_400, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(10, 1)]
    public void A_clock_that_goes_some_minutes_forward_bills_nothing_of_it_and_is_told_from_five_on(int minutes, int told)
    {
        using var site = Machine();
        using (var node = site.Open())
            Work(node, site, Hour, () => site.Time.Wall += minutes * Minute);
        Assert.Equal(told, site.Receipts().OfType<ClockReceipt>().Count());
        Assert.Equal(3600, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
        NothingIsLeft(site);
    }

    [Fact]
    public void Summer_time_is_nothing()
    {
        using var site = Machine(new DateTimeOffset(2026, 3, 29, 0, 30, 0, TimeSpan.Zero));
        using (var node = site.Open())
            Work(node, site, 2 * Hour);
        Assert.Empty(site.Receipts().OfType<ClockReceipt>());
        Assert.All(site.Receipts(), static receipt => Assert.Equal(TimeSpan.Zero, receipt.At.Offset));
        Assert.Equal(7200, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
    }

    [Fact]
    public void Suspended_for_a_week_with_work_in_it()
    {
        using var site = Machine();
        using (var node = site.Open())
        {
            Work(node, site, Hour, () => site.Time.Suspend(7 * Day));
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
        }

        Assert.Equal(7 * 86_400, Assert.Single(site.Receipts().OfType<ClockReceipt>()).AheadSeconds);
        Assert.Equal(3600, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
        NothingIsLeft(site);
    }

    [Fact]
    public void A_virtual_machine_is_frozen_for_a_week_and_bills_one_interval()
    {
        using var site = Machine();
        using (var node = site.Open())
            Work(node, site, Hour, () => site.Time.Freeze(7 * Day));
        Assert.InRange(Assert.Single(site.Receipts().OfType<ClockReceipt>()).AheadSeconds, (7 * 86_400) - 3600 - 60, (7 * 86_400) - 3600 + 60);
        Assert.InRange(site.UsageReceipts().Sum(static usage => usage.CoreSeconds), 2 * 3600, (2 * 3600) + 60);
        NothingIsLeft(site);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("2099-01-01T00:00:00Z")]
    public void A_clock_that_is_wrong_at_the_first_start_before_there_is_any_license(string wrong)
    {
        using var site = new NodeSite(DateTimeOffset.Parse(wrong, System.Globalization.CultureInfo.InvariantCulture)) { LookEvery = Minute };
        using (var node = site.Open())
        {
            site.Time.Advance(Hour);
            Assert.Equal(LicenseState.Unlicensed, node.Verdict.State);
            site.Time.Wall = Licenses.Day(3);
            Put(site);
            site.Time.Advance(Minute);
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
            Work(node, site, Hour);
        }

        Assert.Equal(3600, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
        NothingIsLeft(site);
    }

    [Fact]
    public void A_battery_is_dead_and_each_boot_is_1970_until_the_time_service_answers()
    {
        using var site = Machine();
        for (var boot = 0; boot < 3; boot++)
        {
            var right = site.Time.Wall;
            site.Time.Wall = DateTimeOffset.UnixEpoch;
            using var node = site.Open();
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            Work(node, site, Hour, () => site.Time.Wall = right + (30 * Minute), after: 5 * Minute);
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
            Assert.Empty(node.Verdict.Warnings);
        }

        Assert.Equal(3 * 3600, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
        NothingIsLeft(site);
    }

    [Fact]
    public void It_is_1970_at_the_first_start_with_a_license_which_waits_until_the_clock_is_right()
    {
        using var site = new NodeSite(DateTimeOffset.UnixEpoch) { LookEvery = Minute };
        Put(site);
        using var node = site.Open();
        Assert.Equal((LicenseState.Unlicensed, ReasonCode.NotYetValid), (node.Verdict.State, Assert.Single(node.Verdict.NotCounting).Code));
        site.Time.Wall = Licenses.Day(10);
        site.Time.Advance(Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    /// <summary>A machine that ran before, with a clock that was right.</summary>
    private static NodeSite Machine(DateTimeOffset? now = null)
    {
        var site = new NodeSite(now ?? Licenses.Day(10)) { LookEvery = Minute };
        Put(site);
        using (site.Open())
            site.Time.Advance(Minute);
        return site;
    }

    private static void Put(NodeSite site) =>
        site.Put(static plain => plain with { Until = Licenses.Day(300), Receipts = new LicenseReceipts { Every = Duration.Parse("1h") } });

    /// <summary>One core for a time, in the middle of which, or after so long, something may happen.</summary>
    private static void Work(Node node, NodeSite site, TimeSpan time, Action? happens = null, TimeSpan? after = null)
    {
        Assert.True(node.TryBegin(1, out var work, out _));
        site.Time.Advance(after ?? (time / 2));
        happens?.Invoke();
        site.Time.Advance(time - (after ?? (time / 2)));
        work.Dispose();
    }

    /// <summary>A node that starts now is Licensed, goes by the clock, and warns of nothing.</summary>
    private static void NothingIsLeft(NodeSite site)
    {
        LedgerAudit.Check(site, Hour);
        using var node = site.Open();
        Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
        Assert.Empty(node.Verdict.Warnings);
    }
}
