using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>What random histories found, each by its name and by the fewest steps that it takes.</summary>
public sealed class FoundTests
{
    [Fact]
    public void Minutes_that_the_vendor_has_are_not_counted_again_while_the_disk_is_full() => Holds(
        new(Act.Put, 735, 96032), new(Act.Begin, 167, 1005284), new(Act.Run, 391, 731078), new(Act.BreakDisk, 272, 311375),
        new(Act.Suspend, 362, 40695), new(Act.Reply, 628, 553035));

    [Fact]
    public void A_start_is_labelled_with_effective_time_like_all_that_follows_it()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        site.Put(plain => plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("5d") } });
        using (var node = site.Open())
            site.Time.Advance(TimeSpan.FromDays(3));
        site.Export();
        site.Time.Wall -= TimeSpan.FromDays(90);
        using var again = site.Open();
        Assert.Equal(again.Verdict.At, site.Receipts().OfType<StartReceipt>().Last().At);
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
    }

    private static void Holds(params Step[] history)
    {
        long comparisons = 0;
        Assert.Null(HistoryTests.Failure(history, ref comparisons));
        Assert.True(comparisons > 0);
    }
}
