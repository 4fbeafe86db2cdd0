using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>The watch on the license folder: what comes of it when it works, and that nothing does when it does not.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly NodeSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task What_is_put_into_the_folder_is_seen_without_waiting_for_the_next_look_also_after_the_folder_was_made_anew()
    {
        // The only test that waits for the machine: without the watch the next look would be in an hour.
        using var node = Node.Open(_site.Options with { TimeProvider = TimeProvider.System, LookEvery = TimeSpan.FromHours(1) });
        node.Look();
        await Counts(node, _ => Licenses.Plain);

        // Put aside first: not every file system tells a folder's birth, by which one of the same number is known to be another.
        Directory.Move(_site.LicenseFolder, _site["aside"]);
        Directory.CreateDirectory(_site.LicenseFolder);
        node.Look();
        await Counts(node, plain => plain with { Id = Licenses.Id(2) });
    }

    [Fact]
    public void Where_no_watch_is_to_be_had_one_is_asked_for_rarely_and_nothing_is_told()
    {
        var disk = new FailingDisk();
        using var watch = new LicenseWatch(disk, _site.LicenseFolder, _site.Time, static () => Assert.Fail("nobody watches"));
        for (var second = 0; second < 65; second++)
        {
            watch.Keep();
            _site.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, disk.Watches);
        using var node = Node.Open(_site.Options with { TimeProvider = TimeProvider.System, Disk = disk });
        node.Look();
        Assert.Equal((4, 0), (disk.Watches, node.Verdict.Warnings.Count));
    }

    [Fact]
    public void A_folder_that_is_gone_for_a_look_is_watched_from_the_look_on_at_which_it_is_there_again()
    {
        var disk = new FailingDisk();
        using var watch = new LicenseWatch(disk, _site.LicenseFolder, _site.Time, static () => Assert.Fail("nobody watches"));
        watch.Keep();
        Directory.Delete(_site.LicenseFolder);
        watch.Keep();
        Assert.Equal(1, disk.Watches);
        Directory.CreateDirectory(_site.LicenseFolder);
        watch.Keep();
        watch.Keep();
        Assert.Equal(2, disk.Watches);
    }

    [Fact]
    public void However_much_changes_looks_are_a_tenth_of_a_second_apart_and_none_is_put_off()
    {
        var time = _site.Time;
        var looks = new List<TimeSpan>();
        var begin = time.Wall;
        LookAlarm? alarm = null;
        alarm = new LookAlarm(time.CreateTimer(_ =>
        {
            looks.Add(time.Wall - begin);
            alarm!.LookBegins();
            alarm.Set(TimeSpan.FromSeconds(1));
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        alarm.Set(TimeSpan.FromSeconds(1));
        for (var millisecond = 0; millisecond < 1_000; millisecond += 10)
        {
            alarm.Hurry();
            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(tenth => TimeSpan.FromMilliseconds(100 * tenth)), looks);
        alarm.Dispose();
        alarm.Hurry();
        alarm.Set(TimeSpan.Zero);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, looks.Count);
    }

    [Fact]
    public void A_change_during_a_look_is_looked_at_soon_after_it()
    {
        var looks = 0;
        using var alarm = new LookAlarm(_site.Time.CreateTimer(_ => looks++, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        alarm.LookBegins();
        alarm.Hurry();
        alarm.Set(TimeSpan.FromHours(1));
        _site.Time.Advance(LookAlarm.Soon);
        Assert.Equal(1, looks);
    }

    [Fact]
    public void A_date_that_comes_while_a_look_is_under_way_is_looked_at_right_after_it()
    {
        // Alarms go off a fraction of a millisecond early, and a look takes longer than that.
        _site.Put(plain => plain with { Until = Licenses.Day(1) });
        _site.Time.Advance(Licenses.Day(1) - _site.Time.Wall - TimeSpan.FromMilliseconds(0.4));
        var clock = new NodeClock(_site.Time);
        var look = clock.Look();
        using var recorder = new NodeRecorder(_site.Options, clock, new Meter(_site.Time.TimestampFrequency, look.Timestamp, look.Now), new Lock());
        var verdict = recorder.Look();
        Assert.Equal(LicenseState.Licensed, verdict.State);
        _site.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TimeSpan.FromMilliseconds(1), recorder.NextLook(TimeSpan.FromSeconds(1), verdict));
        Assert.Equal(LicenseState.Grace, recorder.Look().State);
    }

    private async Task Counts(Node node, Func<License, License> license)
    {
        var counts = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = license(Licenses.Plain).Id;
        node.Changed += (_, change) =>
        {
            if (change.After.License?.Id == id)
                counts.TrySetResult();
        };
        _site.Put(license);
        await counts.Task.WaitAsync(TimeSpan.FromMinutes(10));
    }
}
