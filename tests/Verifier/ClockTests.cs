using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>Effective time: the later of the wall clock and the mark.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    private readonly ManualTime _time = new(Licenses.Day(100));
    private readonly NodeClock _clock;

    public ClockTests() => _clock = new NodeClock(_time);

    [Fact]
    public void Without_a_mark_the_wall_clock_is_right()
    {
        Assert.Equal(new Instant(Licenses.Day(100), _time.GetTimestamp(), Licenses.Day(100), TimeSpan.Zero, TimeSpan.Zero), _clock.Look());
    }

    [Fact]
    public void A_clock_set_back_stops_at_the_mark_which_moves_on()
    {
        _clock.RaiseMark(Licenses.Day(100));
        _time.Wall = Licenses.Day(50);
        var look = _clock.Look();
        Assert.Equal((Licenses.Day(100), true), (look.Now, look.IsBehind));
        _time.Advance(Hour);
        Assert.Equal(Licenses.Day(100) + Hour, _clock.Look().Now);
    }

    [Fact]
    public void A_clock_set_ahead_and_mended_leaves_nothing_behind()
    {
        _time.Wall = Licenses.Day(4000);
        Assert.Equal(Licenses.Day(4000), _clock.Look().Now);
        _time.Wall = Licenses.Day(100);
        var look = _clock.Look();
        Assert.Equal((Licenses.Day(100), false), (look.Now, look.IsBehind));
    }

    [Fact]
    public void A_node_off_for_a_year_is_right_at_once()
    {
        _clock.RaiseMark(Licenses.Day(99));
        _time.Suspend(Day * 365);
        Assert.Equal(Licenses.Day(465), _clock.Look().Now);
    }

    [Fact]
    public void A_lower_mark_changes_nothing()
    {
        _clock.RaiseMark(Licenses.Day(200));
        _time.Advance(Hour);
        _clock.RaiseMark(Licenses.Day(200) + (Hour / 2));
        _clock.RaiseMark(Licenses.Day(10));
        Assert.Equal(Licenses.Day(200) + Hour, _clock.Look().Now);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(301, true)]
    [InlineData(-300, false)]
    [InlineData(-301, true)]
    public void A_step_of_more_than_five_minutes_is_one(int seconds, bool isStep)
    {
        _clock.Look();
        _time.Advance(Hour);
        _time.Wall += TimeSpan.FromSeconds(seconds);
        var look = _clock.Look();
        Assert.Equal((TimeSpan.FromSeconds(seconds), isStep, Hour), (look.Step, look.IsStep, look.Elapsed));
        Assert.Equal(TimeSpan.Zero, _clock.Look().Step);
    }

    [Fact]
    public void The_first_look_sees_no_step_however_long_the_node_was_off()
    {
        _time.Suspend(Day * 30);
        Assert.False(_clock.Look().IsStep);
    }

    [Fact]
    public void Labels_are_whole_seconds_of_utc()
    {
        _time.Wall = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 999, TimeSpan.FromHours(2));
        var look = _clock.Look();
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), look.Now);
        Assert.Equal((TimeSpan.Zero, look.Wall), (look.Now.Offset, look.Now));
    }

    [Fact]
    public void Whatever_is_done_to_the_wall_clock_time_never_falls_below_the_mark()
    {
        const int seed = 7;
        var random = new Random(seed);
        var (mark, markedAt) = (DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        var run = TimeSpan.Zero;
        for (var step = 0; step < 5000; step++)
        {
            switch (random.Next(3))
            {
                case 0:
                    _time.Wall = Licenses.Day(random.Next(1000));
                    break;
                case 1:
                    var by = TimeSpan.FromSeconds(random.Next(90000));
                    run += by;
                    _time.Advance(by);
                    break;
                default:
                    var to = Licenses.Day(random.Next(900));
                    _clock.RaiseMark(to);
                    if (to > mark + (run - markedAt))
                        (mark, markedAt) = (to, run);
                    break;
            }

            var least = mark + (run - markedAt);
            var expected = _time.Wall > least ? _time.Wall : least;
            Assert.True(expected == _clock.Look().Now, FormattableString.Invariant($"seed {seed}, step {step}"));
        }
    }
}
