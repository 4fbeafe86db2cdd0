namespace OfflineLicense.Verifier.Metering;

/// <summary>What a meter read over one span, in whole seconds.</summary>
/// <param name="From">When the span began, as its label says (UTC, whole seconds).</param>
/// <param name="At">When it ended (exclusive).</param>
/// <param name="OpenSeconds">Time that the node was open.</param>
/// <param name="Cores">The most cores that were in use at once.</param>
/// <param name="Seconds">Time with at least one core in use.</param>
/// <param name="CoreSeconds">The integral of cores over time.</param>
internal readonly record struct MeterReading(
    DateTimeOffset From, DateTimeOffset At, long OpenSeconds, long Cores, long Seconds, long CoreSeconds);

/// <summary>
/// Integrates cores in use over monotonic time. Labels come from outside and never enter a sum. Fractions of a second are
/// carried over from one reading to the next, so that nothing is rounded away. Not thread-safe: its node holds a lock.
/// </summary>
internal sealed class Meter(long frequency, long timestamp, DateTimeOffset from)
{
    private readonly long _frequency = frequency;
    private long _last = timestamp;
    private DateTimeOffset _from = from;
    private Sums _carried;
    private Sums _sums;
    private (DateTimeOffset At, Sums Sums)? _idleUntil;
    private long _mostCores;
    private Int128 _notCounted;

    // In units of the monotonic clock; wide divisions are not for where work begins and ends.
    private long _interval = Length(License.DefaultReceiptInterval, frequency);
    private long _longestSpan = LongestSpan(License.DefaultReceiptInterval, frequency);

    /// <summary>Cores in use now.</summary>
    public long Cores { get; private set; }

    /// <summary>
    /// The receipt interval. A span between two looks that is longer than two of them, and than a minute, was no running:
    /// the machine was stopped or suspended, and the span counts as one interval.
    /// </summary>
    public TimeSpan Interval
    {
        get;
        set => (field, _interval, _longestSpan) = (value, Length(value, _frequency), LongestSpan(value, _frequency));
    }
    = License.DefaultReceiptInterval;

    /// <summary>When the span that is being read began.</summary>
    public DateTimeOffset From => _from;

    /// <summary>Whether any core has been in use since the last reading.</summary>
    public bool IsIdle => _mostCores == 0;

    /// <summary>What has been used since the last reading, in whole seconds: not yet in any receipt.</summary>
    public (long Seconds, long CoreSeconds) Pending => (Whole(_sums.Busy), Whole(_sums.Core));

    /// <summary>Whole seconds that the node was open since the last reading.</summary>
    public long PendingOpen => Whole(_sums.Open);

    /// <summary>Begins to measure here, with nothing read yet.</summary>
    public void Restart(long timestamp, DateTimeOffset from) => (_last, _from) = (timestamp, from);

    /// <summary>The time since this was last asked for that was not counted, because the machine stood still for it.</summary>
    public TimeSpan TakeGap()
    {
        var gap = TimeSpan.FromTicks((long)(_notCounted * TimeSpan.TicksPerSecond / _frequency));
        _notCounted = 0;
        return gap;
    }

    /// <summary>Lets time pass up to a timestamp with the cores in use as they are.</summary>
    public void Advance(long timestamp)
    {
        var span = Math.Max(0, timestamp - _last);
        _last = Math.Max(_last, timestamp);
        if (span > _longestSpan)
        {
            _notCounted += span - _interval;
            span = _interval;
        }

        _sums = _sums.Plus(span, Cores);
    }

    /// <summary>Takes cores into use, or out of it when negative, from a timestamp on.</summary>
    public void Change(long timestamp, long cores)
    {
        Advance(timestamp);
        Cores += cores;
        _mostCores = Math.Max(_mostCores, Cores);
    }

    /// <summary>
    /// Notes that a span may be cut here, which was idle up to now. Should work begin before the next cut, the idle part
    /// is read by itself, so that use lies in a span of its own window.
    /// </summary>
    public void MarkIdle(DateTimeOffset at) => _idleUntil = (at, _sums);

    /// <summary>Ends the span and begins the next: one reading, or two when idle windows come before one with work.</summary>
    /// <param name="at">The span's end.</param>
    /// <param name="next">The next one's beginning, if the wall clock was moved in between.</param>
    public IReadOnlyList<MeterReading> Cut(DateTimeOffset at, DateTimeOffset? next = null)
    {
        var readings = new List<MeterReading>(2);
        if (_idleUntil is { } idle && !IsIdle)
        {
            readings.Add(Read(idle.At, idle.Sums, mostCores: 0));
            _sums = _sums.Minus(idle.Sums);
        }

        readings.Add(Read(at, _sums, _mostCores));
        _sums = default;
        _idleUntil = null;
        _mostCores = Cores;
        _from = next ?? at;
        return readings;
    }

    private MeterReading Read(DateTimeOffset at, Sums span, long mostCores)
    {
        var due = _carried.Plus(span);
        var (open, busy, core) = (Whole(due.Open), Whole(due.Busy), Whole(due.Core));
        _carried = due.Minus(new Sums(open * _frequency, busy * _frequency, (Int128)core * _frequency));
        var reading = new MeterReading(_from, at, open, mostCores, busy, core);
        _from = at;
        return reading;
    }

    private static long Length(TimeSpan time, long frequency) => (long)((Int128)time.Ticks * frequency / TimeSpan.TicksPerSecond);

    private static long LongestSpan(TimeSpan interval, long frequency) => Math.Max(2 * Length(interval, frequency), 60 * frequency);

    private long Whole(Int128 ticks) => (long)(ticks / _frequency);

    /// <summary>In units of the monotonic clock, of which a long holds centuries; only core time can be more.</summary>
    private readonly record struct Sums(long Open, long Busy, Int128 Core)
    {
        public Sums Plus(long span, long cores) => cores == 0
            ? this with { Open = Open + span }
            : new Sums(Open + span, Busy + span, unchecked(Core + Product(span, cores)));

        public Sums Plus(Sums other) => new(Open + other.Open, Busy + other.Busy, Core + other.Core);

        public Sums Minus(Sums other) => new(Open - other.Open, Busy - other.Busy, Core - other.Core);

        // Cannot overflow, and costs a tenth of the checked one: this is where work begins and ends.
        private static Int128 Product(long span, long cores)
        {
            var high = Math.BigMul(span, cores, out var low);
            return new Int128(unchecked((ulong)high), unchecked((ulong)low));
        }
    }
}
