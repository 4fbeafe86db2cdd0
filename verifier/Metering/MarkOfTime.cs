namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The time that can no longer be undone, as the receipts of one ledger tell it: the earliest <c>at</c> of the newest usage
/// receipts whose open time sums to 24 hours, and the end of any that begins at it, to five minutes: whose dates are not the
/// clock's, which is behind, but the mark's own. So a clock that was wrong for less than a day of running leaves nothing
/// behind; and one that is held back holds back the time that the node is off, and a day once, however often it is started.
/// </summary>
internal sealed class MarkOfTime
{
    /// <summary>The running time after which a label counts as true.</summary>
    public static readonly TimeSpan RunningTime = TimeSpan.FromHours(24);

    private readonly Queue<(DateTimeOffset At, long OpenSeconds)> _newest = new();

    // Those of the newest that are earlier than all that came after them: the first is the earliest of all.
    private readonly LinkedList<DateTimeOffset> _earliest = new();
    private long _sum;

    /// <summary>The mark; null while there is none.</summary>
    public DateTimeOffset? Value { get; private set; }

    /// <summary>The usage receipts that the next mark is taken from, oldest first.</summary>
    public IEnumerable<(DateTimeOffset At, long OpenSeconds)> Newest => _newest;

    /// <summary>Adds a usage receipt.</summary>
    public void Add(DateTimeOffset from, DateTimeOffset at, long openSeconds)
    {
        // Opening takes its time too, which passes on the mark. Nothing is added to a mark: it may be the last of all times.
        if (from - Instant.LeastStep <= Value && at > Value)
            Value = at;
        Enqueue(at, openSeconds);
        while (_sum - _newest.Peek().OpenSeconds >= (long)RunningTime.TotalSeconds)
        {
            var oldest = _newest.Dequeue();
            _sum -= oldest.OpenSeconds;
            if (_earliest.First!.Value == oldest.At)
                _earliest.RemoveFirst();
        }

        if (_sum >= (long)RunningTime.TotalSeconds && !(Value >= _earliest.First!.Value))
            Value = _earliest.First.Value;
    }

    /// <summary>Sets the mark by a time reset, down as well as up; the sum begins anew.</summary>
    public void Reset(DateTimeOffset mark)
    {
        _newest.Clear();
        _earliest.Clear();
        _sum = 0;
        Value = mark;
    }

    /// <summary>Goes on where another left off, by its <see cref="Value"/> and <see cref="Newest"/>.</summary>
    public void TakeUp(DateTimeOffset? value, IEnumerable<(DateTimeOffset At, long OpenSeconds)> newest)
    {
        Value = value;
        foreach (var (at, openSeconds) in newest)
            Enqueue(at, openSeconds);
    }

    private void Enqueue(DateTimeOffset at, long openSeconds)
    {
        _newest.Enqueue((at, openSeconds));
        _sum += openSeconds;
        while (_earliest.Last is { } last && last.Value > at)
            _earliest.RemoveLast();
        _earliest.AddLast(at);
    }
}
