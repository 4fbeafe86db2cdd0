using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

public sealed class NodeTests
{
    [Fact]
    public void Work_is_metered_from_its_beginning_to_its_end()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
        {
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            Assert.True(node.TryBegin(8, out var usage, out _));
            site.Time.Advance(TimeSpan.FromSeconds(90));
            usage.Dispose();
            site.Time.Advance(TimeSpan.FromMinutes(10));
        }

        var receipts = site.UsageReceipts();
        Assert.Equal(90, receipts.Sum(receipt => receipt.Seconds));
        Assert.Equal(720, receipts.Sum(receipt => receipt.CoreSeconds));
        Assert.Equal(690, receipts.Sum(receipt => receipt.OpenSeconds));
        Assert.Equal(8, receipts[0].Cores);
        Assert.Equal(0, receipts[^1].Cores);
        Assert.Equal(720, receipts[^1].TotalCoreSeconds);
        Assert.IsType<StopReceipt>(site.Receipts()[^1]);
    }

    [Fact]
    public void A_ledger_begins_with_its_start_its_license_and_its_state()
    {
        using var site = new NodeSite();
        site.Put();
        site.Open().Dispose();
        Assert.Equal(["start", "license", "state", "stop"], site.Receipts().Select(receipt => receipt.Kind));
    }

    [Fact]
    public void A_restart_changes_no_verdict()
    {
        using var site = new NodeSite();
        site.Put(license => license with { Until = Licenses.Day(10) });
        Verdict before;
        using (var node = site.Open())
        {
            site.Time.Advance(TimeSpan.FromDays(12));
            before = node.Verdict;
        }

        using var again = site.Open();
        Assert.Equal(LicenseState.Grace, before.State);
        Assert.Equal(before.State, again.Verdict.State);
        Assert.Equal(before.GraceEnds, again.Verdict.GraceEnds);
        Assert.Equal(before.Reasons, again.Verdict.Reasons.Select((r, i) => r with { File = before.Reasons[i].File }));
    }
}
