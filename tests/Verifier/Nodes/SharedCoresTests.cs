using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>A quota of cores over nodes side by side on one state folder, known through locks and not through receipts.</summary>
public sealed class SharedCoresTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [LinuxFact]
    public void What_one_node_begins_another_cannot_and_what_it_ends_another_can_in_the_same_moment()
    {
        using var site = Site(10, OverageRule.Refuse);
        using var first = site.Open();
        using var second = site.Open();
        var work = Begin(first, 8);
        Assert.False(second.TryBegin(3, out _, out var why));
        Assert.Equal(ReasonCode.CoresExceeded, why.Code);
        Assert.Contains("3 cores more than the 8 in use would be above the 10", why.Sentence, StringComparison.Ordinal);
        using var little = Begin(second, 2);
        Assert.False(first.TryBegin(1, out _, out _));
        work.Dispose();
        Begin(second, 8).Dispose();
    }

    [LinuxFact]
    public void A_node_that_closes_gives_its_cores_back_though_its_work_was_never_ended()
    {
        using var site = Site(8, OverageRule.Refuse);
        var first = site.Open();
        using var second = site.Open();
        var work = Begin(first, 8);
        first.Dispose();
        Begin(second, 8).Dispose();
        work.Dispose();
        Begin(second, 8).Dispose();
    }

    [LinuxFact]
    public void Work_that_is_handed_from_node_to_node_at_the_quota_is_never_counted_twice()
    {
        using var site = Site(8, OverageRule.Grace);
        using var first = site.Open();
        using var second = site.Open();
        for (var round = 0; round < 5; round++)
        {
            using (Begin(first, 8))
                site.Time.Advance(Minute);
            using (Begin(second, 8))
                site.Time.Advance(Minute);
        }

        Assert.DoesNotContain(site.Receipts().OfType<StateReceipt>(), receipt => receipt.State == LicenseState.Grace);
    }

    [LinuxFact]
    public void Cores_of_all_nodes_above_a_quota_with_overage_grace_are_noticed_at_the_next_look_and_so_is_their_end()
    {
        using var site = Site(8, OverageRule.Grace);
        using var first = site.Open();
        using var second = site.Open();
        using var within = Begin(first, 5);
        var above = Begin(second, 5);
        first.Look();
        second.Look();
        first.Look();
        Assert.All([first, second], node => Assert.Equal(ReasonCode.CoresExceeded, Assert.Single(node.Verdict.Reasons).Code));
        Assert.Equal(10, Assert.Single(first.Verdict.Quotas).Used);
        above.Dispose();
        first.Look();
        second.Look();
        Assert.All([first, second], node => Assert.Equal(LicenseState.Licensed, node.Verdict.State));
    }

    [LinuxFact]
    public void A_quota_that_is_lowered_under_running_work_ends_nothing_and_refuses_until_there_is_room()
    {
        using var site = Site(100, OverageRule.Refuse);
        using var first = site.Open();
        using var second = site.Open();
        var early = Begin(first, 50);
        var late = Begin(second, 30);
        Amend(site, 2, 40, OverageRule.Refuse);
        first.Look();
        second.Look();

        // 80 run where 40 may, and each that ends makes room only once less than 40 run.
        early.Dispose();
        second.Look();
        first.Look();
        using var room = Begin(first, 10);
        Assert.False(first.TryBegin(1, out _, out _));
        Assert.False(second.TryBegin(1, out _, out _));
        late.Dispose();
        first.Look();
        Begin(first, 30).Dispose();
    }

    [LinuxFact]
    public void A_quota_that_comes_over_running_work_counts_that_work_of_all_nodes()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        using var first = site.Open();
        using var second = site.Open();
        Assert.False(File.Exists(Path.Combine(site.StateFolder, CorePool.FileName)));
        using var work = Begin(first, 6);
        var more = Begin(second, 6);
        Amend(site, 2, 10, OverageRule.Refuse);
        first.Look();
        second.Look();
        Assert.False(first.TryBegin(1, out _, out _));
        more.Dispose();
        first.Look();
        Assert.True(first.TryBegin(4, out _, out _));
        Assert.False(second.TryBegin(1, out _, out _));
    }

    [LinuxFact]
    public void A_quota_that_is_raised_lets_more_begin()
    {
        using var site = Site(8, OverageRule.Refuse);
        using var first = site.Open();
        using var second = site.Open();
        using var work = Begin(first, 8);
        Amend(site, 2, 12, OverageRule.Refuse);
        second.Look();
        using var more = Begin(second, 4);
        Assert.False(second.TryBegin(1, out _, out _));
    }

    [LinuxFact]
    public void Whoever_removes_or_replaces_the_file_of_cores_wins_nothing_for_longer_than_a_look()
    {
        using var site = Site(10, OverageRule.Refuse);
        using var first = site.Open();
        using var second = site.Open();
        using var work = Begin(first, 8);
        var file = Path.Combine(site.StateFolder, CorePool.FileName);
        File.Delete(file);
        first.Look();
        second.Look();
        Assert.False(second.TryBegin(3, out _, out _));
        using var little = Begin(second, 2);

        File.WriteAllText(site["another"], "whatever it says");
        File.Move(site["another"], file, overwrite: true);
        second.Look();
        first.Look();
        Assert.False(first.TryBegin(1, out _, out _));
        Assert.Equal("whatever it says", File.ReadAllText(file));
    }

    [LinuxFact]
    public void Where_the_file_of_cores_cannot_be_opened_nodes_go_by_receipts_until_it_can()
    {
        using var site = Site(10, OverageRule.Refuse);
        var file = Path.Combine(site.StateFolder, CorePool.FileName);
        Directory.CreateDirectory(file);
        using var first = site.Open();
        using var second = site.Open();
        using var work = Begin(first, 8);
        site.Time.Advance(10 * Minute);
        Assert.False(second.TryBegin(3, out _, out _));
        using var little = Begin(second, 2);

        Directory.Delete(file);
        first.Look();
        second.Look();
        Assert.False(first.TryBegin(1, out _, out _));
        little.Dispose();
        Begin(first, 2).Dispose();
    }

    /// <summary>Whoever can write in the state folder can patch the product too; this is all that it gains here.</summary>
    [LinuxFact]
    public void A_stranger_who_locks_every_core_keeps_new_work_out_and_ends_none()
    {
        using var site = Site(10, OverageRule.Refuse);
        using var node = site.Open();
        using var work = Begin(node, 4);
        var file = Path.Combine(site.StateFolder, CorePool.FileName);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using (var stranger = LedgerDisk.Real.OpenLocks(file)!)
        {
            Assert.True(stranger.TryTake(new LockRange(4, 10)));
            Assert.False(node.TryBegin(1, out _, out var why));
            Assert.Equal(ReasonCode.CoresExceeded, why.Code);
            node.Look();
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        }

        Begin(node, 6).Dispose();
    }

    [LinuxFact]
    public void Status_sees_the_cores_in_use_and_takes_none()
    {
        using var site = Site(10, OverageRule.Refuse);
        Assert.Equal(0, Assert.Single(Node.Peek(site.Options).Quotas).Used);
        Assert.False(File.Exists(Path.Combine(site.StateFolder, CorePool.FileName)));
        using var node = site.Open();
        using (Begin(node, 4))
            Assert.Equal(4, Assert.Single(Node.Peek(site.Options).Quotas).Used);
        Assert.Equal(0, Assert.Single(Node.Peek(site.Options).Quotas).Used);
        Begin(node, 10).Dispose();
    }

    [LinuxFact]
    public void A_quota_of_cores_costs_no_allocation_and_no_more_than_the_usage()
    {
        using var site = Site(10, OverageRule.Refuse);
        using var first = site.Open();
        using var second = site.Open();
        using var work = Begin(second, 8);
        Begin(first, 1).Dispose();
        Assert.InRange(LeastCost.AllocatedBytes(() =>
        {
            for (var i = 0; i < 1000; i++)
                Begin(first, 1).Dispose();
        }, 1000 * 32), 0, 1000 * 32);
    }

    [LinuxFact]
    public void Eight_threads_of_two_nodes_never_pass_the_quota_together()
    {
        using var site = Site(10, OverageRule.Refuse);
        using var first = site.Open();
        using var second = site.Open();
        long inUse = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var node = thread % 2 == 0 ? first : second;
            for (var i = 0; i < 2000; i++)
            {
                if (!node.TryBegin(1 + (i % 4), out var usage, out _))
                    continue;
                Assert.InRange(Interlocked.Add(ref inUse, usage.Cores), 1, 10);
                Interlocked.Add(ref inUse, -usage.Cores);
                usage.Dispose();
            }
        });
        Begin(first, 10).Dispose();
    }

    private static NodeSite Site(long cores, OverageRule overage)
    {
        var site = new NodeSite { LookEvery = Minute };
        site.Put(plain => plain with { Overage = overage, Quota = new LicenseQuota { Cores = cores } });
        return site;
    }

    private static void Amend(NodeSite site, int number, long cores, OverageRule overage) => site.Put(plain => plain with
    {
        Id = Licenses.Id(number),
        Replaces = plain.Id,
        Overage = overage,
        Quota = new LicenseQuota { Cores = cores },
    });

    private static Usage Begin(Node node, int cores)
    {
        Assert.True(node.TryBegin(cores, out var usage, out var why), why?.Sentence);
        return usage;
    }
}
