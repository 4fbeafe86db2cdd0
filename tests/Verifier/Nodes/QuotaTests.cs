using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>Quotas where new work begins (design 4): refused, in Grace, or only told.</summary>
public sealed class QuotaTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("cores", ReasonCode.CoresExceeded)]
    [InlineData("node-cores", ReasonCode.NodeCoresExceeded)]
    public void Cores_with_overage_refuse_are_refused_one_by_one_and_the_state_stays(string quota, string code)
    {
        using var site = Site(quota, OverageRule.Refuse);
        using var node = site.Open();
        var work = Begin(node, 8);
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal(code, why.Code);
        node.Look();
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        work.Dispose();
        Begin(node, 8).Dispose();
    }

    [Theory]
    [InlineData("cores", ReasonCode.CoresExceeded)]
    [InlineData("node-cores", ReasonCode.NodeCoresExceeded)]
    public void Cores_with_overage_grace_lead_to_Grace_and_back(string quota, string code)
    {
        using var site = Site(quota, OverageRule.Grace);
        using var node = site.Open();
        using var within = Begin(node, 8);
        var above = Begin(node, 1);
        site.Time.Advance(Minute);
        Assert.Equal((LicenseState.Grace, code), (node.Verdict.State, node.Verdict.Reasons.Single().Code));
        above.Dispose();
        site.Time.Advance(Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Theory]
    [InlineData("cores")]
    [InlineData("node-cores")]
    [InlineData("minutes")]
    public void With_overage_allow_nothing_is_refused_and_it_is_told(string quota)
    {
        using var site = Site(quota, OverageRule.Allow);
        using var node = site.Open();
        using var work = Begin(node, 9);
        site.Time.Advance(11 * Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.Contains(node.Verdict.Warnings, warning => warning.Code is ReasonCode.CoresExceeded or ReasonCode.NodeCoresExceeded or ReasonCode.NodeMinutesUsed);
        Begin(node, 1).Dispose();
    }

    [Fact]
    public void Minutes_that_are_used_up_refuse_new_work_and_leave_the_old_alone()
    {
        using var site = Site("minutes", OverageRule.Refuse);
        using var node = site.Open();
        using (Begin(node, 1))
        {
            site.Time.Advance(10 * Minute);
            Assert.False(node.TryBegin(1, out _, out var why));
            Assert.Equal((ReasonCode.NodeMinutesUsed, LicenseState.Licensed), (why.Code, node.Verdict.State));
            site.Time.Advance(10 * Minute);
        }

        Assert.Equal(20, node.Verdict.Quotas.Single().Used);
    }

    [Fact]
    public void Minutes_with_overage_grace_lead_to_Grace_from_then_on()
    {
        using var site = Site("minutes", OverageRule.Grace);
        using var node = site.Open();
        using var work = Begin(node, 1);
        site.Time.Advance(20 * Minute);
        var reason = Assert.Single(node.Verdict.Reasons);
        Assert.Equal((ReasonCode.NodeMinutesUsed, Licenses.Begin + (10 * Minute)), (reason.Code, reason.Since));
        Begin(node, 1).Dispose();
    }

    [Fact]
    public void Where_there_are_no_locks_two_nodes_on_one_state_folder_count_together_by_their_receipts()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put(plain => plain with { Overage = OverageRule.Refuse, Quota = new LicenseQuota { Cores = 10, NodeCores = 8, NodeMinutes = 1000 } });
        using var first = site.Open(new FailingDisk());
        using var second = site.Open(new FailingDisk());
        var work = Begin(first, 8);
        site.Time.Advance(10 * Minute);

        Assert.False(second.TryBegin(3, out _, out var why));
        Assert.Equal(ReasonCode.CoresExceeded, why.Code);
        using var little = Begin(second, 2);
        Assert.False(first.TryBegin(1, out _, out why));
        Assert.Equal(10, second.Verdict.Quotas.Single(quota => quota.Name == "node-minutes").Used);

        // Cut short by a license that changes: the other's work still counts for two intervals.
        site.Time.Advance(6 * Minute);
        site.Put(plain => plain with { Id = Licenses.Id(2), Replaces = plain.Id, Overage = OverageRule.Refuse, Quota = new LicenseQuota { Cores = 10 } });
        site.Time.Advance(3 * Minute);
        Assert.False(second.TryBegin(1, out _, out _));
        work.Dispose();
        site.Time.Advance(12 * Minute);
        Begin(second, 8).Dispose();
        Assert.Equal(2, site.Ledgers().Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public void A_number_that_is_no_count_of_cores_is_a_mistake(int cores)
    {
        using var site = new NodeSite();
        using var node = site.Open();
        Assert.Throws<ArgumentOutOfRangeException>(nameof(cores), () => node.TryBegin(cores, out _, out _));
    }

    private static NodeSite Site(string quota, OverageRule overage)
    {
        var site = new NodeSite { LookEvery = Minute };
        site.Put(plain => plain with
        {
            Overage = overage,
            Quota = quota switch
            {
                "cores" => new LicenseQuota { Cores = 8 },
                "node-cores" => new LicenseQuota { NodeCores = 8 },
                _ => new LicenseQuota { NodeMinutes = 10 },
            },
        });
        return site;
    }

    private static Usage Begin(Node node, int cores)
    {
        Assert.True(node.TryBegin(cores, out var usage, out var why), why?.Sentence);
        return usage;
    }
}
