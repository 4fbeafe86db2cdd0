using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>A clock that is held back wins the time that the node is off, and a day once.</summary>
public sealed class HeldBackClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    [Theory]
    [InlineData(48)]
    [InlineData(3)]
    [InlineData(0)]
    public void A_clock_held_back_at_each_of_a_hundred_starts_wins_a_day_in_all(int hoursBefore)
    {
        var aStart = Hour * 5.5;
        var site = new MemorySite();
        site.Put();
        using (site.Open())
            site.Time.Advance(Hour * hoursBefore);
        for (var start = 0; start < 100; start++)
        {
            site.Time.Wall = DateTimeOffset.UnixEpoch;
            using var node = site.Open();
            site.Time.Advance(aStart);
        }

        var truth = Licenses.Begin + (Hour * (hoursBefore + 550));
        Assert.InRange(Node.Peek(site.Options).At, truth - Day - aStart, truth);
    }

    [Fact]
    public void A_reader_of_the_receipts_comes_to_the_same_time()
    {
        var site = new MemorySite();
        site.Put();
        for (var start = 0; start < 20; start++)
        {
            site.Time.Wall = DateTimeOffset.UnixEpoch;
            using var node = site.Open();
            site.Time.Advance(Hour * 7);
        }

        var readings = new LedgerReadings();
        foreach (var entry in Assert.Single(LedgerFolder.ScanAll(site.Disk, site.Options.StateFolder!)).Receipts(site.Disk))
            readings.Add(entry.Receipt);
        site.Time.Wall = DateTimeOffset.UnixEpoch;
        Assert.Equal(readings.Mark, Node.Peek(site.Options).At);
    }

    [Fact]
    public void A_machine_that_stands_still_with_its_clock_held_back_ages_by_the_interval_that_is_counted()
    {
        var site = new MemorySite();
        site.Put();
        using (site.Open())
            site.Time.Advance(Day * 2);
        site.Time.Wall = DateTimeOffset.UnixEpoch;
        using (var node = site.Open())
        {
            site.Time.Advance(Hour);
            var before = node.Verdict.At;
            site.Time.Freeze(TimeSpan.FromHours(9));
            site.Time.LetNodesLook();
            Assert.Equal(before + Hour, node.Verdict.At);
        }

        using var again = site.Open();
        Assert.Equal(Licenses.Day(1) + (Hour * 3), again.Verdict.At);
    }

    [Fact]
    public void What_was_noticed_keeps_its_date_when_the_machine_starts_in_1970()
    {
        var site = new MemorySite();
        site.Put(plain => plain with { Quota = new LicenseQuota { NodeMinutes = 60 } });
        using (var node = site.Open())
        {
            site.Time.Advance(Day * 2);
            Assert.True(node.TryBegin(1, out _, out _));
            site.Time.Advance(Hour * 2);
        }

        var right = site.Time.Wall;
        var noticed = Assert.Single(Node.Peek(site.Options).Reasons);
        site.Time.Wall = DateTimeOffset.UnixEpoch;
        using (var node = site.Open())
        {
            site.Time.Advance(Hour);
            Assert.True(node.Verdict.At < noticed.Since);
            Assert.Equal(noticed, Assert.Single(node.Verdict.Reasons));
        }

        site.Time.Wall = right + Hour;
        using var mended = site.Open();
        Assert.Equal(noticed, Assert.Single(mended.Verdict.Reasons));
    }

    [Fact]
    public void What_was_noticed_under_a_clock_far_ahead_is_dated_anew_once_that_is_mended()
    {
        var site = new MemorySite();
        site.Put(plain => plain with { Quota = new LicenseQuota { NodeMinutes = 60 } });
        site.Time.Wall = Licenses.Day(4000);
        using (var node = site.Open())
        {
            Assert.True(node.TryBegin(1, out _, out _));
            site.Time.Advance(Hour * 2);
        }

        site.Time.Wall = Licenses.Day(1);
        using var mended = site.Open();
        Assert.Equal(Licenses.Day(1), Assert.Single(mended.Verdict.Reasons).Since);
    }
}
