namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// When a node looks next: at the time that its last look set, or soon, when something changed. However much changes, it
/// looks ten times a second at most. Thread-safe; no member throws, waits for a look, or does anything once it is disposed.
/// </summary>
/// <param name="timer">Fires the look; it is disposed with this.</param>
internal sealed class LookAlarm(ITimer timer) : IDisposable
{
    /// <summary>How long after the first sign of a change: the writes of one copy belong to one look.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private bool _isHurried;
    private bool _isClosed;

    /// <summary>A look begins: what changed before is seen by it.</summary>
    public void LookBegins()
    {
        lock (_gate)
            _isHurried = false;
    }

    /// <summary>A look has ended: the next one is due after this time, or soon, if something changed meanwhile.</summary>
    public void Set(TimeSpan due) => Change(() => _isHurried && due > Soon ? Soon : due);

    /// <summary>Something changed. Only the first sign since the last look counts, so that none puts it off.</summary>
    public void Hurry() => Change(() =>
    {
        if (_isHurried)
            return null;
        _isHurried = true;
        return Soon;
    });

    /// <summary>Ends it; a look that is running is not waited for.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            timer.Dispose();
        }
    }

    private void Change(Func<TimeSpan?> due)
    {
        lock (_gate)
        {
            if (!_isClosed && due() is { } time)
                timer.Change(time, Timeout.InfiniteTimeSpan);
        }
    }
}
