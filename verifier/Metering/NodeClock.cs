using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Metering;

/// <summary>One look at the clocks: everything that is decided at once uses the same.</summary>
/// <param name="Now">Effective time, the later of wall clock and mark (UTC, whole seconds).</param>
/// <param name="Timestamp">The monotonic clock.</param>
/// <param name="Wall">The wall clock, as it was (UTC, whole seconds).</param>
/// <param name="Elapsed">Monotonic time since the look before.</param>
/// <param name="Step">How far the wall clock was moved against the monotonic one since the look before.</param>
internal readonly record struct Instant(DateTimeOffset Now, long Timestamp, DateTimeOffset Wall, TimeSpan Elapsed, TimeSpan Step)
{
    /// <summary>A smaller step is the ordinary work of a time service.</summary>
    public static readonly TimeSpan LeastStep = TimeSpan.FromMinutes(5);

    public bool IsStep => Step.Duration() > LeastStep;

    public bool IsBehind => Wall < Now;
}

/// <summary>
/// The two clocks of a node. The wall clock is a label, the monotonic one measures; the mark is the time below which
/// labels cannot fall any more, and moves on with the monotonic clock. Not thread-safe: its node holds a lock.
/// </summary>
internal sealed class NodeClock
{
    private readonly TimeProvider _time;
    private DateTimeOffset _mark = DateTimeOffset.UnixEpoch;
    private long _markTimestamp;
    private (DateTimeOffset Wall, long Timestamp)? _before;

    public NodeClock(TimeProvider time)
    {
        _time = time;
        _markTimestamp = time.GetTimestamp();
    }

    /// <summary>Raises the mark to a time that can no longer be undone; never lowers it.</summary>
    public void RaiseMark(DateTimeOffset to)
    {
        var timestamp = _time.GetTimestamp();
        if (to <= _mark + _time.GetElapsedTime(_markTimestamp, timestamp))
            return;
        _mark = to;
        _markTimestamp = timestamp;
    }

    /// <summary>Sets the mark, down as well as up, as a time reset does.</summary>
    /// <returns>The look at which it happens, in the time from then on.</returns>
    public Instant SetMark(DateTimeOffset to, Instant look)
    {
        (_mark, _markTimestamp) = (to, look.Timestamp);
        return look with { Now = look.Wall > to ? look.Wall : to };
    }

    /// <summary>
    /// Takes from the mark what the monotonic clock went on while the machine stood still: nothing ran then, and no receipt
    /// will say so.
    /// </summary>
    /// <returns>The look at which that is known, in the time from then on.</returns>
    public Instant TakeBack(TimeSpan stoodStill, Instant look) =>
        SetMark(ExactText.WholeSeconds(_mark + _time.GetElapsedTime(_markTimestamp, look.Timestamp) - stoodStill), look);

    /// <summary>Effective time with its fraction of a second: for setting alarms, never for a label.</summary>
    public DateTimeOffset Exact()
    {
        var wall = _time.GetUtcNow().ToUniversalTime();
        var mark = _mark + _time.GetElapsedTime(_markTimestamp);
        return wall > mark ? wall : mark;
    }

    /// <summary>Looks at both clocks once.</summary>
    public Instant Look()
    {
        var timestamp = _time.GetTimestamp();
        var exact = _time.GetUtcNow().ToUniversalTime();
        var wall = ExactText.WholeSeconds(exact);
        var mark = ExactText.WholeSeconds(_mark + _time.GetElapsedTime(_markTimestamp, timestamp));
        var was = _before ?? (exact, timestamp);
        var elapsed = _time.GetElapsedTime(was.Timestamp, timestamp);
        _before = (exact, timestamp);
        return new Instant(wall > mark ? wall : mark, timestamp, wall, elapsed, exact - was.Wall - elapsed);
    }
}
