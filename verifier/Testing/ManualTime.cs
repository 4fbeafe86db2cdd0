using System.Globalization;
using OfflineLicense.Verifier;

namespace OfflineLicense.Testing;

/// <summary>
/// Time that stands still until a test moves it: a wall clock, a monotonic clock, and timers that fire, on the thread
/// that moves it, when the monotonic clock passes them. Thread-safe; one thread at a time moves it.
/// </summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _wall;
    private TimeSpan _monotonic = TimeSpan.FromHours(1);

    /// <summary>A clock that stands at a moment.</summary>
    /// <param name="wall">What the wall clock shows.</param>
    public ManualTime(DateTimeOffset wall) => _wall = wall;

    /// <summary>A clock that stands at a moment.</summary>
    /// <param name="wall">What the wall clock shows, for example <c>2026-11-22T10:00:00Z</c>.</param>
    /// <exception cref="FormatException">The text is no time.</exception>
    public ManualTime(string wall)
        : this(DateTimeOffset.Parse(wall, CultureInfo.InvariantCulture))
    {
    }

    /// <summary>The wall clock. Setting it is what an operator does: the monotonic clock stays, and no timer is due.</summary>
    public DateTimeOffset Wall
    {
        get
        {
            lock (_gate)
                return _wall;
        }

        set
        {
            lock (_gate)
                _wall = value;
            LetNodesLook();
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>
    /// Whether nodes look at once when time comes to a stop, and before any other timer fires. A node looks once a second
    /// otherwise; with this it can be told to look rarely, months pass in a moment, and yet nobody sees an old verdict.
    /// </summary>
    internal bool NodesLookWhenItStops { get; init; }

    /// <summary>The nodes that run on this clock.</summary>
    internal IReadOnlyList<Node> Nodes
    {
        get
        {
            lock (_gate)
                return [.. _timers.Select(timer => timer.Node).OfType<Node>()];
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Wall;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
            return _monotonic.Ticks;
    }

    /// <summary>Lets time pass: both clocks go on, and timers fire in their order, each at its own time.</summary>
    /// <param name="by">How long; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (_gate)
            end = _monotonic + by;
        while (TakeNext(end) is { } next)
        {
            if (next.Node is null)
                LetNodesLook();
            next.Fire();
        }

        LetNodesLook();
    }

    /// <summary>A machine that was suspended: the wall clock goes on, the monotonic clock stands still, as on Linux.</summary>
    /// <param name="by">How long.</param>
    public void Suspend(TimeSpan by) => Wall += by;

    /// <summary>A virtual machine that was stopped while its clocks ran on: timers that were due fire late, once time goes on.</summary>
    /// <param name="by">How long.</param>
    public void Freeze(TimeSpan by)
    {
        lock (_gate)
            MoveTo(_monotonic + by);
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets the nodes look at files and clocks, where they look when time stops.</summary>
    internal void LetNodesLook()
    {
        if (!NodesLookWhenItStops)
            return;
        foreach (var node in Nodes)
        {
            // What the first look wrote down, or could not, the second tells.
            node.Look();
            node.Look();
        }
    }

    /// <summary>Nodes look no more, as if their processes were gone.</summary>
    internal void StopNodes()
    {
        lock (_gate)
            _timers.RemoveAll(timer => timer.Node is not null);
    }

    // The timer is out of the list when this returns, or in it again for its next period, so that it may do as it likes.
    private Timer? TakeNext(TimeSpan end)
    {
        lock (_gate)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(static timer => timer.Due);
            MoveTo(next is null ? end : next.Due < _monotonic ? _monotonic : next.Due);
            next?.Rearm();
            return next;
        }
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

        public Node? Node => state as Node;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = time._monotonic + dueTime;
                time._timers.Add(this);
                return true;
            }
        }

        // A period of zero means once, as for the system's timers.
        public void Rearm()
        {
            if (_period > TimeSpan.Zero)
                Due += _period;
            else
                time._timers.Remove(this);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._gate)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
