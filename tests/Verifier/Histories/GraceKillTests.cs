using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>
/// A node that is killed in Grace comes back in Grace, at every call to the disk of a day. The reasons and their dates are
/// the same. Where the 24 hours that every node has are what its grace ends by, that end moves by an interval at most: the
/// crash may have lost as much, and the next receipt makes up for it. What it says from then on is what comes.
/// </summary>
public sealed class GraceKillTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(14)]
    [InlineData(0)]
    public void P2_A_node_that_is_killed_at_any_call_of_a_day_in_grace_comes_back_in_grace_with_the_same_dates(int graceDays)
    {
        var call = 0;
        while (Killed(call, graceDays) is var (before, after, site))
        {
            using (after)
            {
                Assert.Equal((LicenseState.Grace, true), (after.Verdict.State, after.Verdict.MayBegin));
                Assert.Equal(before.Reasons.Select(Told), after.Verdict.Reasons.Select(Told));
                Assert.True((after.Verdict.GraceEnds!.Value - before.GraceEnds!.Value).Duration() <= (graceDays == 0 ? Hour : TimeSpan.Zero));
                site.Time.Advance(Hour);
                Assert.True((after.Verdict.GraceEnds!.Value - before.GraceEnds.Value).Duration() <= (graceDays == 0 ? Hour : TimeSpan.Zero));
            }

            call++;
        }

        Assert.True(call >= 40, "a day has more calls than that");
    }

    [Fact]
    public void P8_What_a_killed_node_says_of_the_end_of_its_notice_is_when_it_ends()
    {
        for (var call = 0; Killed(call, graceDays: 0) is var (_, after, site); call++)
        {
            using (after)
            {
                var end = after.Verdict.GraceEnds!.Value;
                Assert.Equal(end, Node.Peek(site.Options).GraceEnds);
                site.Time.Advance(end - after.Verdict.At - Second);
                Assert.Equal((LicenseState.Grace, (DateTimeOffset?)end), (after.Verdict.State, after.Verdict.GraceEnds));
                site.Time.Advance(Second);
                Assert.Equal(LicenseState.Lapsed, after.Verdict.State);
            }
        }
    }

    [Fact]
    public void P8_Status_beside_a_node_in_its_notice_says_the_same_end_within_an_interval_too()
    {
        var site = new MemorySite();
        site.Put(plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 0 } });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(26.3));
        Assert.Equal(Licenses.Day(2), node.Verdict.GraceEnds);
        Assert.Equal(Licenses.Day(2), Node.Peek(site.Options).GraceEnds);
    }

    // Null where a day has no such call.
    private static (Verdict Before, Node After, MemorySite Site)? Killed(int call, int graceDays)
    {
        var site = new MemorySite();
        site.Put(plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = graceDays } });
        var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(25));
        var calls = 0;
        site.Disk.Fails = (_, _) => calls++ >= call;
        var before = node.Verdict;
        for (var hour = 0; hour < 20 && calls <= call; hour++)
        {
            before = node.Verdict;
            site.Time.Advance(Hour);
        }

        if (calls <= call)
        {
            node.Dispose();
            return null;
        }

        site.Kill();
        return (before, site.Open(), site);
    }

    private static (string, DateTimeOffset?, DateTimeOffset?) Told(Reason reason) => (reason.Code, reason.Since, reason.Until);
}
