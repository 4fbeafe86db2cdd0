using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>
/// Disks that refuse for a while, as systems do: at an append, while a segment gives way to the next, at opening. The verdict says
/// so and what mends it, nothing that was written is lost, and once the disk is good again all that was used is written, once.
/// </summary>
public sealed class RefusingDiskTests
{
    private const int Minutes = 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly (Exception Says, string Mend)[] Errors =
    [
        (new IOException("No space left on device", 28), "the disk is full"),
        (new IOException("Disk quota exceeded", 122), "the quota of the disk is used up"),
        (new IOException("Read-only file system", 30), "the disk is mounted read-only"),
        (new IOException("Input/output error", 5), "the disk fails"),
        (new UnauthorizedAccessException("Permission denied"), "make the state folder writable"),
    ];

    // Which calls are refused, by what they do and the path.
    private static readonly Dictionary<string, Func<string, string, bool>> Moments = new(StringComparer.Ordinal)
    {
        ["opening"] = static (_, _) => true,
        ["append"] = static (what, path) => what is "append to" && !path.EndsWith(".new", StringComparison.Ordinal),
        ["closing of a segment"] = static (what, path) => what is "append to" && path.EndsWith(".receipts.new", StringComparison.Ordinal),
        ["name of the next segment"] = static (what, path) => what is "rename" && path.EndsWith(".receipts.new", StringComparison.Ordinal),
        ["sync of the folder"] = static (what, path) => what is "sync" && !path.EndsWith(".receipts", StringComparison.Ordinal),
    };

    public static TheoryData<string> AllMoments => [.. Moments.Keys];

    [Theory]
    [MemberData(nameof(AllMoments))]
    public void A_disk_that_refuses_is_in_the_verdict_with_what_mends_it_and_loses_nothing_once_it_is_good_again(string moment)
    {
        foreach (var (says, mend) in Errors)
            Check(moment, says, mend);
    }

    private static void Check(string moment, Exception says, string mend)
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put(plain => plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1m") } });

        // Small segments, so that minutes are enough to fill some.
        var disk = new FailingDisk { LargestSegment = 2000, Says = says };
        if (moment == "opening")
            disk.Refuses = Moments[moment];
        using (var node = site.Open(disk))
        {
            Assert.True(node.TryBegin(2, out var usage, out var why), why?.Sentence);
            using (usage)
            {
                site.Time.Advance(Minutes * Minute);
                var before = Written(site);
                disk.Refuses = Moments[moment];
                site.Time.Advance(Minutes * Minute);

                var reason = Assert.Single(node.Verdict.Reasons);
                Assert.Equal((LicenseState.Grace, ReasonCode.LedgerUnwritable, true), (node.Verdict.State, reason.Code, node.Verdict.MayBegin));
                Assert.Contains(says.Message, reason.Sentence, StringComparison.Ordinal);
                Assert.StartsWith(mend, reason.Mend, StringComparison.Ordinal);
                Assert.Equal(before, Written(site).Take(before.Count));

                disk.Refuses = static (_, _) => false;
                site.Time.Advance(2 * Minute);
                Assert.Equal((LicenseState.Licensed, 0), (node.Verdict.State, node.Verdict.Warnings.Count));
                Assert.Equal(before, Written(site).Take(before.Count));
            }
        }

        Assert.Single(site.Ledgers());
        Assert.Equal(2 * (2 * Minutes + 2) * 60, site.UsageReceipts().Sum(static usage => usage.CoreSeconds));
        LedgerAudit.Check(site, Minute);
    }

    private static List<Receipt> Written(NodeSite site) => [.. site.Receipts()];
}
