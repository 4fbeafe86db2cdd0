using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>Clocks that are moved, and machines that stand still (design 6): use is measured, labels are told apart.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(6, 360, 0)]
    [InlineData(-6, 0, 360)]
    [InlineData(90, 5400, 0)]
    public void A_wall_clock_that_is_moved_is_told_and_not_billed(int minutes, long ahead, long behind)
    {
        using var site = Worked(site => site.Time.Wall += minutes * Minute);
        var clock = Assert.Single(site.Receipts().OfType<ClockReceipt>());
        Assert.Equal((ahead, behind), (clock.AheadSeconds, clock.BehindSeconds));
        Assert.Equal((1200, 2400), (site.UsageReceipts().Sum(u => u.OpenSeconds), site.UsageReceipts().Sum(u => u.CoreSeconds)));
        LedgerAudit.Check(site);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-4)]
    public void A_time_service_that_trims_the_clock_is_no_step(int minutes)
    {
        using var site = Worked(site => site.Time.Wall += minutes * Minute);
        Assert.Empty(site.Receipts().OfType<ClockReceipt>());
        Assert.Equal(2400, site.UsageReceipts().Sum(u => u.CoreSeconds));
    }

    [Fact]
    public void A_suspended_machine_is_not_metered()
    {
        using var site = Worked(site => site.Time.Suspend(TimeSpan.FromHours(8)));
        Assert.Equal(8 * 3600, Assert.Single(site.Receipts().OfType<ClockReceipt>()).AheadSeconds);
        Assert.Equal(2400, site.UsageReceipts().Sum(u => u.CoreSeconds));
    }

    [Fact]
    public void A_machine_that_was_stopped_while_its_clocks_ran_counts_one_interval()
    {
        using var site = Worked(site => site.Time.Freeze(TimeSpan.FromHours(8)));
        Assert.Equal((8 * 3600) - 300, Assert.Single(site.Receipts().OfType<ClockReceipt>()).AheadSeconds, 60.0);
        Assert.Equal(2400 + 600, site.UsageReceipts().Sum(u => u.CoreSeconds), 120.0);
        LedgerAudit.Check(site);
    }

    [Fact]
    public void A_clock_before_the_last_receipt_at_start_is_told()
    {
        using var site = Worked(_ => { });
        site.Time.Wall -= TimeSpan.FromHours(2);
        using (var node = site.Open())
            site.Time.Advance(10 * Minute);
        Assert.Equal((0, 7200), site.Receipts().OfType<ClockReceipt>().Select(clock => (clock.AheadSeconds, clock.BehindSeconds)).Single());
    }

    [Fact]
    public void Time_off_is_no_step_and_is_not_metered()
    {
        using var site = Worked(_ => { });
        site.Time.Suspend(TimeSpan.FromDays(100));
        using (var node = site.Open())
            site.Time.Advance(10 * Minute);
        Assert.Empty(site.Receipts().OfType<ClockReceipt>());
        Assert.Equal(1800, site.UsageReceipts().Sum(u => u.OpenSeconds));
    }

    [Fact]
    public void A_clock_set_back_behind_a_day_of_running_stops_at_the_mark()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        site.Put(plain => plain with { Until = Licenses.Day(2), Receipts = new LicenseReceipts { Every = Duration.Parse("1h") } });
        using (site.Open())
            site.Time.Advance(TimeSpan.FromDays(3));
        site.Time.Wall = Licenses.Day(1);
        using var node = site.Open();
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        Assert.Contains(node.Verdict.Warnings, warning => warning.Code == ReasonCode.ClockBehind);
        Assert.InRange(node.Verdict.At, Licenses.Day(2), Licenses.Day(2.1));
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.InRange(node.Verdict.At, Licenses.Day(2) + TimeSpan.FromHours(2), Licenses.Day(2.2));
    }

    [Fact]
    public void A_license_issued_after_what_the_clock_says_moves_labels_but_meters_nothing()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var old = site.Put();
        using (var node = site.Open())
        {
            Assert.True(node.TryBegin(2, out var work, out _));
            site.Time.Advance(7 * Minute);
            site.Put(plain => plain with { Id = Licenses.Id(2), Replaces = old.Id, Issued = Licenses.Day(3) });
            site.Time.Advance(13 * Minute);
            work.Dispose();
            Assert.InRange(node.Verdict.At, Licenses.Day(3), Licenses.Day(3.1));
        }

        Assert.Equal((1200, 2400), (site.UsageReceipts().Sum(u => u.OpenSeconds), site.UsageReceipts().Sum(u => u.CoreSeconds)));
        Assert.All(site.UsageReceipts(), usage => Assert.True(usage.At - usage.From <= TimeSpan.FromHours(1)));
        LedgerAudit.Check(site);
    }

    /// <summary>Two cores for twenty minutes, and something that happens to the clock after eight.</summary>
    private static NodeSite Worked(Action<NodeSite> happens)
    {
        var site = new NodeSite(Licenses.Day(10)) { LookEvery = Minute };
        site.Put();
        using var node = site.Open();
        Assert.True(node.TryBegin(2, out var work, out _));
        site.Time.Advance(8 * Minute);
        happens(site);
        site.Time.Advance(12 * Minute);
        work.Dispose();
        return site;
    }
}
