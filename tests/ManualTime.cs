using System.Globalization;

namespace OfflineLicense.Tests;

/// <summary>
/// Time that stands still until a test moves it: a wall clock, a monotonic clock, and timers that fire, on the thread
/// that moves it, when the monotonic clock passes them. Not thread-safe.
/// </summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _wall;
    private TimeSpan _monotonic = TimeSpan.FromHours(1);

    public ManualTime(DateTimeOffset wall) => _wall = wall;

    /// <param name="wall">For example <c>2026-11-22T10:00:00Z</c>.</param>
    public ManualTime(string wall)
        : this(DateTimeOffset.Parse(wall, CultureInfo.InvariantCulture))
    {
    }

    /// <summary>The wall clock. Setting it is what an operator does: the monotonic clock stays, no timer fires.</summary>
    public DateTimeOffset Wall
    {
        get => _wall;
        set => _wall = value;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _monotonic.Ticks;

    /// <summary>Lets time pass: both clocks go on, and timers fire in their order, each at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = _monotonic + by;
        while (_timers.Where(timer => timer.Due <= end).MinBy(static timer => timer.Due) is { } next)
        {
            MoveTo(next.Due < _monotonic ? _monotonic : next.Due);
            next.Fire();
        }

        MoveTo(end);
    }

    /// <summary>A machine that was suspended: the wall clock goes on, the monotonic clock stands still, as on Linux.</summary>
    public void Suspend(TimeSpan by) => _wall += by;

    /// <summary>A virtual machine that was stopped while its clocks ran on: timers that were due fire late, once time goes on.</summary>
    public void Freeze(TimeSpan by) => MoveTo(_monotonic + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(TimeSpan monotonic)
    {
        _wall += monotonic - _monotonic;
        _monotonic = monotonic;
    }

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            _period = period;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            Due = time._monotonic + dueTime;
            time._timers.Add(this);
            return true;
        }

        public void Fire()
        {
            time._timers.Remove(this);
            // A period of zero means once, as for the system's timers.
            if (_period > TimeSpan.Zero)
            {
                Due += _period;
                time._timers.Add(this);
            }

            callback(state);
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
