using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

// Where time moves otherwise than by passing: steps of the wall clock, machines that stood still, time resets.
internal sealed partial class NodeRecorder
{
    private int _resets;
    private bool _isResetDue;

    private static ClockReceipt ClockStep(DateTimeOffset at, TimeSpan step) => new()
    {
        At = at,
        AheadSeconds = Math.Max(0, (long)step.TotalSeconds),
        BehindSeconds = Math.Max(0, -(long)step.TotalSeconds),
    };

    /// <summary>
    /// A wall clock that was moved, or a machine that stood still: what was used is cut off where the clock would have
    /// been, and the next span begins where it is.
    /// </summary>
    private Instant RecordClockStep(Instant look)
    {
        TimeSpan stoodStill;
        lock (_meterGate)
            stoodStill = _meter.TakeGap();
        if (!look.IsStep && stoodStill == TimeSpan.Zero)
            return look;
        if (stoodStill > TimeSpan.Zero)
            look = _clock.TakeBack(stoodStill, look);
        Cut(ExactText.WholeSeconds(_last.Now + look.Elapsed - stoodStill), look.Now);
        _journal.Record(ClockStep(look.Now, look.Step + stoodStill));
        _nextCut = NextCut(look.Now);
        return look;
    }

    /// <summary>
    /// Applies the time resets that are due: in the ledgers that nobody has, and in the own one, durably before anybody is
    /// told of it. Another process does so in its own. Whoever did it, time goes back here.
    /// </summary>
    private Instant TakeResets(Instant look)
    {
        if (_isResetDue && _view.Resets.Any)
        {
            foreach (var other in _view.Others.Where(_view.Resets.MayBeDue).ToList())
                _folder.TakeReset(_view, other.Ledger, look.Wall);
            TakeOwnReset(look);
            _view.RefreshOthers(_ledger);
        }

        _isResetDue = false;
        LedgerReadings[] all = [_journal.Readings, .. _view.Others];
        var resets = all.Sum(readings => readings.Resets.Count);
        if (resets == _resets)
            return look;

        _resets = resets;
        var back = _clock.SetMark(_view.Resets.MarkOf(all, withDue: false) ?? DateTimeOffset.UnixEpoch, look);
        Cut(look.Now, back.Now);
        _nextCut = NextCut(back.Now);
        return back;
    }

    private void TakeOwnReset(Instant look)
    {
        if (_journal.Name is null || !_view.Resets.MayBeDue(_journal.Readings))
            return;

        // Up to here time is what it was; and the open time up to here is what the reset adds.
        Cut(look.Now);
        _journal.Flush(look.Now);
        if (_journal.Problem is not null || _view.Resets.DueIn(_journal.Name, look.Wall) is not { } due)
            return;
        _journal.Record(due);
        _journal.Flush(look.Now);
    }

    /// <summary>The next multiple of the interval since midnight, where windows of all nodes coincide.</summary>
    private DateTimeOffset NextCut(DateTimeOffset now) =>
        new(now.Ticks - (now.Ticks % _interval.Ticks) + _interval.Ticks, TimeSpan.Zero);
}
