using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>
/// A node that is killed in Grace comes back in Grace, at every call to the disk of a day. The reasons and their dates are
/// the same. Where the 24 hours that every node has are what its grace ends by, that end moves by an interval at most:
/// later by what the crash lost, and from the next receipt on earlier by the interval that makes up for it.
/// </summary>
public sealed class GraceKillTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(14)]
    [InlineData(0)]
    public void P2_A_node_that_is_killed_at_any_call_of_a_day_in_grace_comes_back_in_grace_with_the_same_dates(int graceDays)
    {
        var call = 0;
        while (IsKilledAt(call, graceDays))
            call++;
        Assert.True(call >= 40, "a day has more calls than that");
    }

    private static bool IsKilledAt(int call, int graceDays)
    {
        var time = new ManualTime(Licenses.Begin) { NodesLookWhenItStops = true };
        var disk = new MemoryDisk();
        var license = Licenses.Plain with
        {
            Until = Licenses.Day(1),
            Grace = new LicenseGrace { Days = graceDays },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h") },
        };
        disk["/machine/licenses/a.lic"] = Licenses.FileOf(license);
        var node = Open(time, disk);
        time.Advance(TimeSpan.FromHours(25));
        var calls = 0;
        disk.Fails = (_, _) => calls++ >= call;
        var before = node.Verdict;
        for (var hour = 0; hour < 20 && calls <= call; hour++)
        {
            before = node.Verdict;
            time.Advance(Hour);
        }

        if (calls <= call)
        {
            node.Dispose();
            return false;
        }

        time.StopNodes();
        using var again = Open(time, disk.Copy());
        var after = again.Verdict;
        Assert.Equal((LicenseState.Grace, true), (after.State, after.MayBegin));
        Assert.Equal(before.Reasons.Select(Told), after.Reasons.Select(Told));
        Assert.True((after.GraceEnds!.Value - before.GraceEnds!.Value).Duration() <= (graceDays == 0 ? Hour : TimeSpan.Zero));
        time.Advance(Hour);
        Assert.True((again.Verdict.GraceEnds!.Value - before.GraceEnds.Value).Duration() <= (graceDays == 0 ? Hour : TimeSpan.Zero));
        return true;
    }

    private static (string, DateTimeOffset?, DateTimeOffset?) Told(Reason reason) => (reason.Code, reason.Since, reason.Until);

    private static Node Open(ManualTime time, MemoryDisk disk) => Node.Open(new NodeOptions
    {
        Product = Licenses.Product,
        Trust = Licenses.Trust,
        LicenseFolder = "/machine/licenses",
        StateFolder = "/machine/state",
        TimeProvider = time,
        Disk = disk,
        LookEvery = Hour,
    });
}
