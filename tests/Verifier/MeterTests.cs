using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// The meter against one that counts tick by tick. Every reading must be the difference of two whole-second readings of
/// the plain counters, so that nothing is lost, doubled or rounded away however the spans are cut.
/// </summary>
public sealed class MeterTests
{
    private static readonly DateTimeOffset Zero = Licenses.Begin;

    [Fact]
    public void All_short_histories_read_as_a_plain_counter_reads_them()
    {
        const int steps = 7;
        var count = (int)Math.Pow(5, steps);
        for (var history = 0; history < count; history++)
        {
            var pair = new Pair(frequency: 2);
            for (int step = 0, rest = history; step < steps; step++, rest /= 5)
                pair.Do(rest % 5, 1);
            pair.Check();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Long_random_histories_read_as_a_plain_counter_reads_them(long frequency)
    {
        const int seed = 20261122;
        var random = new Random(seed);
        for (var run = 0; run < 50; run++)
        {
            var pair = new Pair(frequency);
            for (var step = 0; step < 400; step++)
                pair.Do(random.Next(5), random.Next(1, 9));
            pair.Check(FormattableString.Invariant($"seed {seed}, run {run}, frequency {frequency}"));
        }
    }

    [Fact]
    public void Work_that_begins_after_idle_windows_is_read_in_its_own_window()
    {
        var meter = new Meter(1, 0, Zero);
        meter.Advance(600);
        meter.MarkIdle(At(600));
        meter.Change(700, 4);
        meter.Advance(900);
        Assert.Equal(
            [new MeterReading(Zero, At(600), 600, 0, 0, 0), new MeterReading(At(600), At(900), 300, 4, 200, 800)],
            meter.Cut(At(900)));
    }

    [Fact]
    public void Idle_windows_without_work_after_them_are_one_reading()
    {
        var meter = new Meter(1, 0, Zero);
        for (var window = 1; window <= 12; window++)
        {
            meter.Advance(window * 300);
            meter.MarkIdle(At(window * 300));
        }

        Assert.Equal([new MeterReading(Zero, At(3600), 3600, 0, 0, 0)], meter.Cut(At(3600)));
    }

    [Fact]
    public void Work_of_no_length_shows_its_cores_and_no_time()
    {
        var meter = new Meter(1, 0, Zero);
        meter.Change(10, 8);
        meter.Change(10, -8);
        meter.Advance(300);
        Assert.Equal(new MeterReading(Zero, At(300), 300, 8, 0, 0), Assert.Single(meter.Cut(At(300))));
    }

    [Fact]
    public void Work_that_goes_on_shows_its_cores_in_the_next_span_too()
    {
        var meter = new Meter(1, 0, Zero);
        meter.Change(0, 8);
        meter.Cut(At(0));
        meter.Change(0, -8);
        Assert.Equal(8, Assert.Single(meter.Cut(At(1))).Cores);
        Assert.Equal(0, Assert.Single(meter.Cut(At(2))).Cores);
    }

    [Fact]
    public void A_machine_that_stood_still_is_charged_one_interval_and_the_rest_is_told()
    {
        var meter = new Meter(1000, 0, Zero);
        meter.Change(0, 2);
        meter.Advance(600_000);
        Assert.Equal(new MeterReading(Zero, At(600), 600, 2, 600, 1200), Assert.Single(meter.Cut(At(600))));
        Assert.Equal(TimeSpan.Zero, meter.TakeGap());
        meter.Advance(600_000 + 600_001);
        Assert.Equal(new MeterReading(At(600), At(1200), 300, 2, 300, 600), Assert.Single(meter.Cut(At(1200))));
        Assert.Equal(TimeSpan.FromMilliseconds(300_001), meter.TakeGap());
        Assert.Equal(TimeSpan.Zero, meter.TakeGap());
    }

    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(1, 61, 1)]
    [InlineData(29, 60, 60)]
    [InlineData(30, 60, 60)]
    [InlineData(31, 62, 62)]
    [InlineData(31, 63, 31)]
    public void Two_intervals_and_at_least_a_minute_between_two_looks_are_believed(int interval, int span, int counted)
    {
        var meter = new Meter(1, 0, Zero) { Interval = TimeSpan.FromSeconds(interval) };
        meter.Advance(span);
        Assert.Equal(counted, Assert.Single(meter.Cut(At(span))).OpenSeconds);
        Assert.Equal(TimeSpan.FromSeconds(span - counted), meter.TakeGap());
    }

    [Fact]
    public void A_span_begins_where_the_wall_clock_was_moved_to()
    {
        var meter = new Meter(1, 0, Zero);
        meter.Advance(10);
        Assert.Equal(At(10), Assert.Single(meter.Cut(At(10), next: At(5000))).At);
        meter.Advance(20);
        Assert.Equal(new MeterReading(At(5000), At(5010), 10, 0, 0, 0), Assert.Single(meter.Cut(At(5010))));
    }

    [Fact]
    public void A_monotonic_clock_that_falls_back_gives_and_takes_nothing()
    {
        var meter = new Meter(1, 100, Zero);
        meter.Change(100, 1);
        meter.Advance(50);
        meter.Advance(160);
        Assert.Equal(60, Assert.Single(meter.Cut(At(60))).Seconds);
    }

    [Fact]
    public void Fractions_of_a_second_are_carried_over_and_never_lost()
    {
        var meter = new Meter(1000, 0, Zero);
        meter.Change(0, 3);
        long seconds = 0, coreSeconds = 0;
        for (var cut = 1; cut <= 1000; cut++)
        {
            meter.Advance(cut * 999);
            var reading = Assert.Single(meter.Cut(At(cut)));
            seconds += reading.Seconds;
            coreSeconds += reading.CoreSeconds;
        }

        Assert.Equal((999, 2997), (seconds, coreSeconds));
    }

    [Fact]
    public void A_century_at_a_gigahertz_with_a_million_cores_does_not_overflow()
    {
        const long gigahertz = 1_000_000_000, day = 86400 * gigahertz;
        var meter = new Meter(gigahertz, 0, Zero) { Interval = TimeSpan.FromDays(1) };
        meter.Change(0, 1_000_000);
        for (long d = 1; d <= 36500; d++)
            meter.Advance(d * day);
        Assert.Equal(36500L * 86400 * 1_000_000, Assert.Single(meter.Cut(At(1))).CoreSeconds);
    }

    private static DateTimeOffset At(long second) => Zero + TimeSpan.FromSeconds(second);

    /// <summary>A meter, and a counter that looks at every single tick.</summary>
    private sealed class Pair(long frequency)
    {
        private readonly Meter _meter = new(frequency, 0, Zero);
        private readonly List<(MeterReading Read, MeterReading Expected)> _readings = [];
        private (long Open, long Busy, long Core) _ticks, _read;
        private (long Open, long Busy, long Core)? _idle;
        private long _cores, _most, _now, _label;
        private DateTimeOffset _from = Zero, _idleAt;

        public void Do(int what, int amount)
        {
            switch (what)
            {
                case 0:
                    for (var i = 0; i < amount; i++)
                        Tick();
                    _meter.Advance(_now);
                    break;
                case 1:
                    _cores += amount;
                    _most = Math.Max(_most, _cores);
                    _meter.Change(_now, amount);
                    break;
                case 2 when _cores > 0:
                    var released = Math.Min(amount, _cores);
                    _cores -= released;
                    _meter.Change(_now, -released);
                    break;
                case 3 when _most == 0:
                    (_idle, _idleAt) = (_ticks, At(++_label));
                    _meter.MarkIdle(_idleAt);
                    break;
                case 4:
                    Cut();
                    break;
            }

            Assert.Equal((_cores, _most == 0), (_meter.Cores, _meter.IsIdle));
        }

        public void Check(string where = "")
        {
            Cut();
            Assert.All(_readings, pair => Assert.True(pair.Expected == pair.Read, $"{where}: {pair.Expected} read as {pair.Read}"));
            Assert.Equal(
                (_ticks.Open / frequency, _ticks.Busy / frequency, _ticks.Core / frequency),
                (_readings.Sum(p => p.Read.OpenSeconds), _readings.Sum(p => p.Read.Seconds), _readings.Sum(p => p.Read.CoreSeconds)));
        }

        private void Tick()
        {
            _now++;
            _ticks = (_ticks.Open + 1, _ticks.Busy + (_cores > 0 ? 1 : 0), _ticks.Core + _cores);
        }

        private void Cut()
        {
            var at = At(++_label);
            var expected = new List<MeterReading>();
            if (_idle is { } idle && _most > 0)
                expected.Add(Expect(idle, _idleAt, 0));
            expected.Add(Expect(_ticks, at, _most));
            var read = _meter.Cut(at);
            Assert.Equal(expected.Count, read.Count);
            _readings.AddRange(read.Zip(expected));
            (_idle, _most) = (null, _cores);
        }

        private MeterReading Expect((long Open, long Busy, long Core) ticks, DateTimeOffset at, long most)
        {
            var reading = new MeterReading(
                _from, at, Whole(ticks.Open, _read.Open), most, Whole(ticks.Busy, _read.Busy), Whole(ticks.Core, _read.Core));
            (_read, _from) = (ticks, at);
            return reading;
        }

        private long Whole(long ticks, long before) => (ticks / frequency) - (before / frequency);
    }
}
