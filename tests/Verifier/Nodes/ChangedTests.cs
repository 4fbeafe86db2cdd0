using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>What <see cref="Node.Changed"/> tells a product, when, and what its handlers may do.</summary>
public sealed class ChangedTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(10);

    [Fact]
    public void Each_state_of_a_license_that_runs_out_is_told_once()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with { Until = Licenses.Day(60), Grace = new LicenseGrace { Days = 7 } });
        using var node = site.Open();
        var told = Record(node);
        site.Time.Advance(TimeSpan.FromDays(100));
        Assert.Equal(
            ["Licensed TermEndsSoon", "Grace TermEnded", "Lapsed TermEnded"],
            told.Select(change => string.Join(' ', change.After.Warnings.Concat(change.After.Reasons).Select(reason => reason.Code).Prepend(change.After.State.ToString()))));
        Assert.Equal(told.Select(change => change.After).SkipLast(1), told.Select(change => change.Before).Skip(1));
    }

    [Fact]
    public void A_license_that_arrives_is_told_with_what_was_before()
    {
        using var site = new NodeSite();
        using var node = site.Open();
        var told = Record(node);
        var license = site.Put();
        node.Look();
        var change = Assert.Single(told);
        Assert.Equal((LicenseState.Unlicensed, null), (change.Before.State, change.Before.License));
        Assert.Equal((LicenseState.Licensed, license.Id), (change.After.State, change.After.License?.Id));
        Assert.Same(node.Verdict, change.After);
    }

    [Fact]
    public void Use_that_goes_on_is_no_change_and_three_quarters_of_a_quota_are_one()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with { Quota = new LicenseQuota { NodeMinutes = 1_000, Cores = 64 } });
        using var node = site.Open();
        var told = Record(node);
        Assert.True(node.TryBegin(2, out var usage, out _));
        site.Time.Advance(TimeSpan.FromMinutes(740));
        Assert.Empty(told);
        site.Time.Advance(TimeSpan.FromMinutes(100));
        Assert.Equal(ReasonCode.QuotaThreeQuarters, Assert.Single(told).After.Warnings.Single().Code);
        usage.Dispose();
    }

    [Fact]
    public void The_day_that_a_node_runs_in_grace_at_least_is_counted_down_in_silence()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromMilliseconds(7_301) };
        site.Put(plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 0 } });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(25));
        var told = Record(node);
        site.Time.Advance(TimeSpan.FromHours(22));
        Assert.Empty(told);
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LicenseState.Lapsed, Assert.Single(told).After.State);
    }

    [Fact]
    public void An_export_and_a_file_that_does_not_count_are_told()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with { Receipts = new LicenseReceipts { MailEvery = Duration.Parse("90d") } });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(2));
        var told = Record(node);
        site.Export();
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains(told, change => change.Before.LastExport is null && change.After.LastExport is not null);
        told.Clear();
        File.WriteAllText(Path.Combine(site.LicenseFolder, "broken.lic"), "not a license");
        node.Look();
        site.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([ReasonCode.StillChanging, ReasonCode.Malformed], told.Select(change => change.After.NotCounting.Single().Code));
    }

    [Fact]
    public void A_handler_that_throws_harms_neither_the_node_nor_the_next_handler()
    {
        using var site = new NodeSite();
        using var node = site.Open();
        node.Changed += (_, _) => throw new InvalidOperationException("the product's own mistake");
        var told = Record(node);
        site.Put();
        site.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(told);
        Assert.True(node.TryBegin(1, out var usage, out _));
        usage.Dispose();
        Assert.Equal((LicenseState.Licensed, 0), (node.Verdict.State, node.Verdict.Warnings.Count));
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Single(told);
    }

    [Fact]
    public void A_handler_runs_with_no_lock_held_and_may_begin_work_and_close_the_node()
    {
        using var site = new NodeSite();
        var node = site.Open();
        var didAll = false;
        node.Changed += (_, _) =>
        {
            Assert.True(node.TryBegin(3, out var usage, out _));
            usage.Dispose();
            // Another thread gets every lock while this one waits for it; one of its own, since those of the pool may all be waiting.
            var hasBegun = false;
            var another = new Thread(() =>
            {
                hasBegun = node.TryBegin(1, out var other, out _);
                other?.Dispose();
                node.Look();
                node.Dispose();
            })
            { IsBackground = true };
            another.Start();
            Assert.True(another.Join(LongEnough));
            Assert.True(hasBegun);
            node.Dispose();
            didAll = true;
        };
        var after = Record(node);
        site.Put();
        node.Look();
        Assert.True(didAll);
        Assert.Empty(after); // closed before it was its turn
        Assert.Equal("stop", site.Receipts()[^1].Kind);
    }

    [Fact]
    public void A_closed_node_tells_nothing_not_even_what_its_last_look_finds()
    {
        using var site = new NodeSite();
        var node = site.Open();
        var told = Record(node);
        site.Put();
        node.Dispose();
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        site.Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(told);
    }

    [Fact]
    public void What_changes_while_a_handler_runs_is_told_as_one_change_when_it_returns()
    {
        using var site = new NodeSite();
        using var node = site.Open();
        var depth = 0;
        var told = new List<VerdictChangedEventArgs>();
        node.Changed += (_, change) =>
        {
            Assert.Equal(1, ++depth);
            told.Add(change);
            if (told.Count == 1)
            {
                File.WriteAllText(Path.Combine(site.LicenseFolder, "one.lic"), "not a license");
                node.Look();
                File.WriteAllText(Path.Combine(site.LicenseFolder, "two.lic"), "not a license");
                node.Look();
            }

            depth--;
        };
        site.Put();
        node.Look();
        Assert.Equal([0, 2], told.Select(change => change.After.NotCounting.Count));
        Assert.Same(told[0].After, told[1].Before);
    }

    [Fact]
    public void Looks_from_many_threads_are_told_in_one_order_and_never_two_at_once()
    {
        using var site = new NodeSite();
        site.Put();
        var told = new List<VerdictChangedEventArgs>();
        var running = 0;
        var overlaps = 0;
        using (var node = site.Open())
        {
            node.Changed += (_, change) =>
            {
                if (Interlocked.Increment(ref running) != 1)
                    Interlocked.Increment(ref overlaps);
                told.Add(change);
                Interlocked.Decrement(ref running);
            };
            Parallel.For(0, 4, thread =>
            {
                var file = Path.Combine(site.LicenseFolder, FormattableString.Invariant($"{thread}.lic"));
                for (var round = 0; round < 25; round++)
                {
                    File.WriteAllText(file, "not a license");
                    node.Look();
                    File.Delete(file);
                    node.Look();
                }
            });
            Assert.Empty(node.Verdict.NotCounting);
        }

        Assert.Equal(0, overlaps);
        Assert.NotEmpty(told);
        Assert.Empty(told[^1].After.NotCounting);
        for (var i = 1; i < told.Count; i++)
            Assert.Same(told[i - 1].After, told[i].Before);
    }

    [Fact]
    public void A_node_counts_what_it_refused_and_says_when_it_wrote_last()
    {
        using var site = new NodeSite();
        using var node = site.Open();
        Assert.False(node.TryBegin(1, out _, out _));
        Assert.False(node.TryBegin(1, out _, out _));
        site.Put(plain => plain with { Quota = new LicenseQuota { NodeCores = 4 }, Overage = OverageRule.Refuse });
        node.Look();
        Assert.True(node.TryBegin(3, out var usage, out _));
        Assert.False(node.TryBegin(2, out _, out _));
        Assert.Equal(
            [(ReasonCode.NodeCoresExceeded, 1L), (ReasonCode.Unlicensed, 2L)],
            node.Refusals.Select(refusal => (refusal.Key, refusal.Value)).Order());
        Assert.Equal(3, node.CoresInUse);
        usage.Dispose();
        site.Time.Advance(TimeSpan.FromMinutes(63));
        Assert.Equal(Licenses.Begin.AddHours(1), node.LastReceipt);
        Assert.Equal(0, node.CoresInUse);
    }

    private static List<VerdictChangedEventArgs> Record(Node node)
    {
        var told = new List<VerdictChangedEventArgs>();
        node.Changed += (sender, change) =>
        {
            Assert.Same(node, sender);
            told.Add(change);
        };
        return told;
    }
}
