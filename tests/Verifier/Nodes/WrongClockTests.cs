using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>
/// Of several processes with one state folder, one had its clock far ahead for a while. What it left behind there says
/// nothing to the others, whose clocks are right.
/// </summary>
public sealed class WrongClockTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly NodeSite _site = new() { LookEvery = Minute };
    private readonly ManualTime _ahead = new(Licenses.Day(60));

    public void Dispose() => _site.Dispose();

    [Fact]
    public void It_gives_no_new_beginning_to_a_reason_that_held_before_a_restart()
    {
        _site.Put(plain => plain with { Quota = new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 10 } });
        using (var node = _site.Open())
        {
            using (OpenAhead())
                _ahead.Advance(20 * Minute); // Licensed, it says: a month of its own has begun
            Assert.True(node.TryBegin(1, out var work, out _));
            _site.Time.Advance(30 * Minute);
            work.Dispose();
            Assert.Equal(Licenses.Begin + (10 * Minute), Assert.Single(node.Verdict.Reasons).Since);
        }

        _site.Time.Advance(TimeSpan.FromDays(3));
        using var again = _site.Open();
        Assert.Equal(Licenses.Begin + (10 * Minute), Assert.Single(again.Verdict.Reasons).Since);
    }

    [Fact]
    public void Its_cores_are_not_in_use_for_ever_when_it_stops_without_a_word()
    {
        _site.Put(plain => plain with { Overage = OverageRule.Refuse, Quota = new LicenseQuota { Cores = 10 } });
        using var stopped = OpenAhead(new FailingDisk());
        Assert.True(stopped.TryBegin(8, out _, out _));
        _ahead.Advance(20 * Minute);

        using var node = _site.Open(new FailingDisk());
        _site.Time.Advance(20 * Minute);
        Assert.Equal(2, _site.Ledgers().Count);
        Assert.True(node.TryBegin(10, out _, out _));
    }

    [Fact]
    public void The_last_export_is_the_one_that_was_recorded_last()
    {
        using var node = _site.Open();
        _site.Time.Wall += TimeSpan.FromDays(60);
        _site.Export();
        _site.Time.Wall -= TimeSpan.FromDays(60);
        _site.Time.Advance(10 * Minute);
        Assert.Equal(Licenses.Day(60), node.Verdict.LastExport);
        _site.Export();
        _site.Time.Advance(6 * Minute);
        Assert.Equal(Licenses.Begin + (10 * Minute), node.Verdict.LastExport);
    }

    private Node OpenAhead(FailingDisk? disk = null) =>
        Node.Open((disk is null ? _site.Options : _site.Options with { Disk = disk }) with { TimeProvider = _ahead });
}
