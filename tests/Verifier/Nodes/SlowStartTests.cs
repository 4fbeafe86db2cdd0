using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>
/// Machines on which much happens while a node opens: slow volumes, a machine that is suspended, a time service that finds
/// its server. What lies before the node is open is nobody's use, and no reason to refuse any.
/// </summary>
public sealed class SlowStartTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("each look at a file takes 2 seconds")]
    [InlineData("each look at a file takes 15 minutes")]
    [InlineData("suspended for a day at each look at a file")]
    [InlineData("the clock goes an hour forward")]
    [InlineData("the clock goes an hour back")]
    public void A_node_that_opens_slowly_is_licensed_and_bills_what_it_was_open(string what)
    {
        using var site = new NodeSite(Licenses.Day(3)) { LookEvery = Minute };
        site.Put();
        var isOpening = true;
        var disk = new FailingDisk
        {
            StampOf = path =>
            {
                if (isOpening)
                    Happens(site, what);
                return LedgerDisk.Real.Stamp(path);
            },
        };
        using (var node = site.Open(disk))
        {
            isOpening = false;
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
            Assert.Empty(node.Verdict.Warnings);
            Assert.True(node.TryBegin(2, out var work, out _));
            site.Time.Advance(10 * Minute);
            work.Dispose();
        }

        Assert.Equal((600, 1200), (site.UsageReceipts().Sum(static usage => usage.OpenSeconds), site.UsageReceipts().Sum(static usage => usage.CoreSeconds)));
        LedgerAudit.Check(site);
    }

    private static void Happens(NodeSite site, string what)
    {
        switch (what)
        {
            case "each look at a file takes 2 seconds": site.Time.Advance(TimeSpan.FromSeconds(2)); break;
            case "each look at a file takes 15 minutes": site.Time.Advance(15 * Minute); break;
            case "suspended for a day at each look at a file": site.Time.Suspend(TimeSpan.FromDays(1)); break;
            case "the clock goes an hour forward": site.Time.Wall += TimeSpan.FromHours(1); break;
            case "the clock goes an hour back": site.Time.Wall -= TimeSpan.FromHours(1); break;
            default: throw new ArgumentException(what, nameof(what));
        }
    }
}
