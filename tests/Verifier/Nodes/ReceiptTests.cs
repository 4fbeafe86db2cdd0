using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>What a node writes down, and when (design 3.2).</summary>
public sealed class ReceiptTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Windows_begin_at_multiples_of_the_interval_whenever_a_node_was_opened()
    {
        using var site = new NodeSite(Licenses.Begin + TimeSpan.FromSeconds(77));
        site.Put();
        using (var first = site.Open())
        using (var work = Begin(first, 1))
        {
            site.Time.Advance(TimeSpan.FromSeconds(200));
            using var second = site.Open();
            using var more = Begin(second, 2);
            site.Time.Advance(16 * Minute);
        }

        var cuts = site.Ledgers().Select(ledger => ledger.Receipts(LedgerDisk.Real)
            .Select(entry => entry.Receipt).OfType<UsageReceipt>().Select(usage => usage.From).Skip(1).ToList()).ToList();
        Assert.Equal(2, cuts.Count);
        Assert.Equal(cuts[0], cuts[1]);
        Assert.Equal([5, 10, 15, 20], cuts[0].Select(cut => (cut - Licenses.Begin).TotalMinutes));
    }

    [Fact]
    public void Idle_intervals_are_one_receipt_up_to_the_hour()
    {
        using var site = new NodeSite(Licenses.Begin + (50 * Minute));
        site.Put();
        using (site.Open())
            site.Time.Advance(TimeSpan.FromHours(2.5));
        Assert.Equal([10, 60, 60, 20], site.UsageReceipts().Select(usage => usage.OpenSeconds / 60));
    }

    [Fact]
    public void Idle_intervals_in_Grace_are_a_receipt_each()
    {
        using var site = new NodeSite(Licenses.Begin);
        site.Put(plain => plain with { Until = Licenses.Day(0.5), From = Licenses.Day(-1) });
        site.Time.Wall = Licenses.Day(0.5);
        using (site.Open())
            site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(12, site.UsageReceipts().Count);
        Assert.Equal(3600, site.UsageReceipts()[^1].GraceSeconds);
    }

    [Fact]
    public void Work_after_idle_windows_lies_in_a_window_of_its_own()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
        {
            site.Time.Advance(17 * Minute);
            using var work = Begin(node, 4);
            site.Time.Advance(8 * Minute);
        }

        Assert.Equal(
            [(0, 15, 0L, 0L), (15, 20, 4, 720), (20, 25, 4, 1200)],
            site.UsageReceipts().Select(usage => (MinuteOf(usage.From), MinuteOf(usage.At), usage.Cores, usage.CoreSeconds)));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void A_change_of_state_cuts_the_interval()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put(plain => plain with { Until = Licenses.Begin + (7 * Minute) });
        using (var node = site.Open())
        using (Begin(node, 1))
            site.Time.Advance(12 * Minute);
        Assert.Equal(
            [(0, 5, "Licensed", 0), (5, 7, "Licensed", 0), (7, 10, "Grace", 7), (10, 12, "Grace", 7)],
            site.UsageReceipts().Select(usage => (MinuteOf(usage.From), MinuteOf(usage.At), usage.State.Word, MinuteOf(usage.Since))));
        Assert.Equal(["Licensed", "Grace"], site.Receipts().OfType<StateReceipt>().Select(state => state.State.Word));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void A_license_that_changes_in_mid_use_bills_each_part_to_its_own_and_changes_the_interval()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var old = site.Put();
        using (var node = site.Open())
        using (Begin(node, 2))
        {
            site.Time.Advance(7 * Minute);
            site.Put(plain => plain with { Id = Licenses.Id(2), Replaces = old.Id, Receipts = new LicenseReceipts { Every = Duration.Parse("2m") } });
            site.Time.Advance(4 * Minute);
        }

        Assert.Equal(
            [(0, 5, old.Id, 300), (5, 8, old.Id, 480), (8, 10, Licenses.Id(2), 120), (10, 11, Licenses.Id(2), 180)],
            site.UsageReceipts().Select(usage => (MinuteOf(usage.From), MinuteOf(usage.At), usage.License, (int)usage.TotalSeconds)));
        var ledger = Assert.Single(site.Ledgers());
        Assert.Equal(
            [LicenseHolding.Of(ledger.Key!.Name, Licenses.Signed().TextBytes), 2],
            site.Receipts().OfType<LicenseReceipt>().Take(1).Select(license => (object)license.Holds)
                .Append(site.Receipts().OfType<LicenseReceipt>().Count()));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void Fractions_of_a_second_are_carried_over_and_none_is_lost()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
        {
            for (var piece = 0; piece < 1000; piece++)
            {
                using (Begin(node, 3))
                    site.Time.Advance(TimeSpan.FromMilliseconds(400));
                site.Time.Advance(TimeSpan.FromMilliseconds(700));
            }
        }

        var usage = site.UsageReceipts();
        Assert.Equal((1100, 400, 1200), (usage.Sum(u => u.OpenSeconds), usage.Sum(u => u.Seconds), usage.Sum(u => u.CoreSeconds)));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void Work_of_less_than_a_second_shows_its_cores()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
            Begin(node, 64).Dispose();
        Assert.Equal((64, 0), (Assert.Single(site.UsageReceipts()).Cores, site.UsageReceipts()[0].Seconds));
    }

    [Fact]
    public void Closing_at_the_very_cut_writes_no_interval_of_nothing()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
        {
            Begin(node, 8);
            site.Time.Advance(10 * Minute);
        }

        Assert.Equal([300, 300], site.UsageReceipts().Select(usage => usage.OpenSeconds));
    }

    [Fact]
    public void A_new_month_cuts_no_differently_and_begins_its_quota_anew()
    {
        using var site = new NodeSite(new DateTimeOffset(2026, 1, 31, 23, 50, 0, TimeSpan.Zero));
        site.Put(plain => plain with { Quota = new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 1000 } });
        using var node = site.Open();
        using var work = Begin(node, 1);
        site.Time.Advance(9 * Minute);
        node.Look();
        Assert.Equal(9, node.Verdict.Quotas.Single().Used);
        site.Time.Advance(6 * Minute);
        Assert.Equal((5, new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)), (node.Verdict.Quotas.Single().Used, node.Verdict.Quotas.Single().PeriodStart));
    }

    [Fact]
    public void A_node_with_no_license_writes_use_that_nobody_is_billed_for()
    {
        using var site = new NodeSite();
        using (var node = site.Open())
        {
            Assert.False(node.TryBegin(1, out _, out var why));
            Assert.Equal(ReasonCode.Unlicensed, why.Code);
            site.Time.Advance(20 * Minute);
        }

        Assert.Equal(["start", "state", "usage", "stop"], site.Receipts().Select(receipt => receipt.Kind));
        Assert.Equal(("", 1200), (site.UsageReceipts()[0].License, site.UsageReceipts()[0].OpenSeconds));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void Licensed_began_when_it_began_also_over_a_restart()
    {
        using var site = new NodeSite();
        site.Put();
        for (var run = 0; run < 3; run++)
        {
            using (site.Open())
                site.Time.Advance(5 * Minute);
        }

        Assert.All(site.UsageReceipts(), usage => Assert.Equal(Licenses.Begin, usage.Since));
    }

    [Fact]
    public void An_unclean_start_adds_one_interval_to_the_next_use_in_Grace()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with { Until = Licenses.Begin + (5 * Minute) });
        using var node = site.Open();
        site.Time.Advance(15 * Minute);
        site.CutPower();
        using (site.Open())
            site.Time.Advance(10 * Minute);
        Assert.Equal([0, 5, 10, 20, 25], site.UsageReceipts().Select(usage => usage.GraceSeconds / 60));
        Assert.Equal([1, 0], site.Receipts().OfType<StartReceipt>().Select(start => start.Clean));
        LedgerAudit.Check(site);
    }

    private static int MinuteOf(DateTimeOffset time) => (int)(time - Licenses.Begin).TotalMinutes;

    private static Usage Begin(Node node, int cores)
    {
        Assert.True(node.TryBegin(cores, out var usage, out var why), why?.Sentence);
        return usage;
    }
}
