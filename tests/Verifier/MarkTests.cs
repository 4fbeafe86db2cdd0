using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>The time that can no longer be undone, against its definition read aloud.</summary>
public sealed class MarkTests
{
    private const long Hour = 3600;

    [Fact]
    public void There_is_no_mark_before_a_day_of_running()
    {
        var mark = new MarkOfTime();
        mark.Add(Licenses.Day(9), Licenses.Day(10), (24 * Hour) - 1);
        Assert.Null(mark.Value);
        mark.Add(Licenses.Day(11), Licenses.Day(11), 1);
        Assert.Equal(Licenses.Day(10), mark.Value);
        mark.Add(Licenses.Day(12), Licenses.Day(12), (24 * Hour) - 1);
        Assert.Equal(Licenses.Day(11), mark.Value);
    }

    [Fact]
    public void Less_than_a_day_with_a_clock_far_ahead_leaves_no_mark_behind()
    {
        var mark = new MarkOfTime();
        Run(mark, Licenses.Day(10), hours: 48);
        Run(mark, Licenses.Day(9000), hours: 23);
        Assert.Equal(Licenses.Day(12), mark.Value);
        Run(mark, Licenses.Day(13), hours: 48);
        Assert.Equal(Licenses.Day(15), mark.Value);
    }

    [Fact]
    public void A_mark_at_the_end_of_all_times_is_one_like_any_other()
    {
        var (mark, last) = (new MarkOfTime(), new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
        Run(mark, last - TimeSpan.FromHours(24), hours: 24);
        mark.Add(last, last, 24 * Hour);
        mark.Add(last, last, 24 * Hour);
        Assert.Equal(last, mark.Value);
    }

    [Fact]
    public void A_whole_day_with_a_clock_far_ahead_does_until_a_time_reset()
    {
        var mark = new MarkOfTime();
        Run(mark, Licenses.Day(9000), hours: 24);
        Run(mark, Licenses.Day(12), hours: 48);
        Assert.Equal(Licenses.Day(9000) + TimeSpan.FromHours(1), mark.Value);
        mark.Reset(Licenses.Day(14));
        Assert.Equal(Licenses.Day(14), mark.Value);
        Run(mark, Licenses.Day(15), hours: 23);
        Assert.Equal(Licenses.Day(14), mark.Value);
        Run(mark, Licenses.Day(15) + TimeSpan.FromHours(23), hours: 1);
        Assert.Equal(Licenses.Day(15) + TimeSpan.FromHours(1), mark.Value);
    }

    [Fact]
    public void A_clock_that_is_held_back_at_every_start_holds_back_a_day_and_no_more()
    {
        var mark = new MarkOfTime();
        Run(mark, Licenses.Day(10), hours: 24);
        for (var start = 0; start < 100; start++)
            Run(mark, from: mark.Value!.Value, hours: 5);
        Assert.Equal(Licenses.Day(10) + TimeSpan.FromHours(1 + 500), mark.Value);
    }

    [Fact]
    public void Any_history_has_the_mark_that_the_definition_gives_it()
    {
        const int seed = 11;
        var random = new Random(seed);
        for (var run = 0; run < 200; run++)
        {
            var mark = new MarkOfTime();
            var receipts = new List<(DateTimeOffset At, long OpenSeconds)>();
            DateTimeOffset? expected = null;
            for (var step = 0; step < 120; step++)
            {
                var day = Licenses.Day(random.Next(50));
                if (random.Next(60) == 0)
                {
                    expected = day;
                    receipts.Clear();
                    mark.Reset(day);
                }
                else
                {
                    var (from, open) = (day - TimeSpan.FromDays(random.Next(3)), random.Next(5) == 0 ? 0 : random.Next(20) * Hour);
                    receipts.Add((day, open));
                    mark.Add(from, day, open);
                    if (from <= expected && day > expected)
                        expected = day;
                    if (ByDefinition(receipts) is { } defined && !(expected >= defined))
                        expected = defined;
                }

                Assert.True(expected == mark.Value, FormattableString.Invariant($"seed {seed}, run {run}, step {step}"));
            }
        }
    }

    /// <summary>The earliest of the newest receipts whose open time sums to at least 24 hours.</summary>
    private static DateTimeOffset? ByDefinition(List<(DateTimeOffset At, long OpenSeconds)> receipts)
    {
        for (var newest = 1; newest <= receipts.Count; newest++)
        {
            var taken = receipts.TakeLast(newest).ToList();
            if (taken.Sum(receipt => receipt.OpenSeconds) >= 24 * Hour)
                return taken.Min(receipt => receipt.At);
        }

        return null;
    }

    private static void Run(MarkOfTime mark, DateTimeOffset from, int hours)
    {
        for (var hour = 1; hour <= hours; hour++)
            mark.Add(from + TimeSpan.FromHours(hour - 1), from + TimeSpan.FromHours(hour), Hour);
    }
}
