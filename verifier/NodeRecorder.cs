using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier;

/// <summary>
/// What a node does each time it looks: read clocks and files, reach a verdict, and write down what was used and what
/// changed, before anybody is told. Called from one place at a time; only the meter is shared, under its gate.
/// </summary>
internal sealed class NodeRecorder
{
    /// <summary>How long idle intervals are kept together in one receipt.</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromHours(1);

    private readonly NodeClock _clock;
    private readonly Meter _meter;
    private readonly Lock _meterGate;
    private readonly NodeView _view;
    private readonly NodeJournal _journal;

    // What the receipts written so far say: the next usage belongs to this license in this state.
    private string _license = "";
    private LicenseState _state = LicenseState.Unlicensed;
    private IReadOnlyList<HeldReason> _reasons = [];
    private DateTimeOffset _since;
    private TimeSpan _interval = License.DefaultReceiptInterval;
    private DateTimeOffset _nextCut;
    private long _replyNumber;
    private Instant _last;
    private bool _isRunning;

    private NodeRecorder(NodeView view, NodeJournal journal, NodeClock clock, Meter meter, Lock meterGate)
    {
        (_view, _journal, _clock, _meter, _meterGate) = (view, journal, clock, meter, meterGate);
        _last = _clock.Look();
    }

    /// <summary>Takes the key and a ledger of the state folder, and gets ready for the first look.</summary>
    public static NodeRecorder Open(NodeOptions options, LedgerDisk disk, NodeClock clock, Meter meter, Lock meterGate)
    {
        var state = new StateFolder(options.StateFolder ?? NodeFolders.StateFolder(options.Product), disk);
        var key = state.TakeKey(out var problem);
        var view = new NodeView(options, disk, state, key.VerifierKey.Name);
        view.LookAtLicenses();
        view.TakeReply();
        var journal = new NodeJournal(() => state.TakeLedger(key, problem, clock.Look().Now, view));
        return new NodeRecorder(view, journal, clock, meter, meterGate);
    }

    /// <summary>The verdict that a node would begin with, or that a running one has reached, to within an interval.</summary>
    public static Verdict Peek(NodeOptions options, LedgerDisk disk)
    {
        var state = new StateFolder(options.StateFolder ?? NodeFolders.StateFolder(options.Product), disk);
        var view = new NodeView(options, disk, state, state.InstallationOrNone());
        view.LookAtLicenses();
        view.TakeReply();
        view.RefreshOthers(own: null);
        var clock = new NodeClock(options.TimeProvider);
        if (view.Others.Select(readings => readings.Mark).Max() is { } mark)
            clock.RaiseMark(mark);
        var look = clock.Look();
        return Evaluation.Evaluate(view.Candidates, view.Facts(new OwnFacts { Readings = new LedgerReadings() }, look), look.Now);
    }

    /// <summary>Cores in use by other processes of the state folder.</summary>
    public long OtherCores { get; private set; }

    /// <summary>How long until the next look: a period at most, and exactly to the next cut if that comes before.</summary>
    public TimeSpan NextLook(TimeSpan period)
    {
        var untilCut = _nextCut - _clock.Exact();
        return untilCut < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : untilCut < period ? untilCut : period;
    }

    /// <summary>The first look: takes up where the last process left off.</summary>
    public Verdict Start()
    {
        _view.RefreshOthers(_journal.Name);
        LedgerReadings[] all = [_journal.Readings, .. _view.Others];
        if (all.Select(readings => readings.Mark).Max() is { } mark)
            _clock.RaiseMark(mark);
        _last = _clock.Look();
        lock (_meterGate)
            _meter.Restart(_last.Timestamp, _last.Now);
        if (all.Select(readings => readings.LastAt).Max() is { } newest && newest - _last.Wall > Instant.LeastStep)
            _journal.Record(ClockStep(_last.Now, _last.Wall - newest));
        return Look();
    }

    /// <summary>Looks once: at the clocks, the files, and what was used since.</summary>
    public Verdict Look()
    {
        var look = _clock.Look();
        lock (_meterGate)
            _meter.Advance(look.Timestamp);
        RecordClockStep(look);
        var isDue = look.Now >= _nextCut;
        if (_view.LookAtLicenses() || !_isRunning)
            TakeReply(look);
        if (isDue && _view.RefreshOthers(_journal.Name))
            _journal.Reread(_view);

        var verdict = Evaluation.Evaluate(_view.Candidates, Facts(look), look.Now);
        Record(verdict, look, isDue);
        _journal.Flush(look.Now);
        if (_journal.Readings.Mark is { } mark)
            _clock.RaiseMark(mark);
        OtherCores = _view.CoresOfOthers(look.Now);
        _last = look;
        _isRunning = true;
        return verdict;
    }

    /// <summary>The last look: writes what was used up to now, and that the ledger ends in good order.</summary>
    public Verdict Stop()
    {
        var verdict = Look();
        Cut(_last.Now);
        _journal.Record(new StopReceipt { At = _last.Now });
        _journal.Flush(_last.Now);
        _journal.Dispose();
        return verdict;
    }

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
    private void RecordClockStep(Instant look)
    {
        TimeSpan stoodStill;
        lock (_meterGate)
            stoodStill = _meter.TakeGap();
        if (!look.IsStep && stoodStill == TimeSpan.Zero)
            return;
        Cut(NodeClock.WholeSeconds(_last.Now + look.Elapsed - stoodStill), look.Now);
        _journal.Record(ClockStep(look.Now, look.Step + stoodStill));
        _nextCut = NextCut(look.Now);
    }

    private NodeFacts Facts(Instant look)
    {
        var (seconds, coreSeconds) = (0L, 0L);
        var graceSeconds = 0L;
        long cores;
        lock (_meterGate)
        {
            cores = _meter.Cores;
            (seconds, coreSeconds) = _meter.Pending;
            graceSeconds = _state == LicenseState.Grace ? _meter.PendingOpen : 0;
        }

        var pending = _journal.WaitingUsage
            .Select(usage => new DayOfUse(usage.License, Day(usage.From), usage.Seconds, usage.CoreSeconds, IsAcknowledged: false))
            .Append(new DayOfUse(_license, Day(_meter.From), seconds, coreSeconds, IsAcknowledged: false));
        var waitingGrace = _journal.WaitingUsage.Where(usage => usage.State.Known == LicenseState.Grace).Sum(usage => usage.OpenSeconds);
        return _view.Facts(
            new OwnFacts
            {
                Readings = _journal.Readings,
                IsRunning = _isRunning,
                Cores = cores,
                Pending = [.. pending],
                GraceSecondsSince = graceSeconds + waitingGrace,
                Unwritable = _journal.Problem,
                Damaged = _journal.Damage,
            },
            look);
    }

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    /// <summary>Writes down the span that ends here, if it ends here, and what is different from here on.</summary>
    private void Record(Verdict verdict, Instant look, bool isDue)
    {
        var license = verdict.License?.Id ?? "";
        var reasons = verdict.Reasons.Where(reason => reason.Since is not null)
            .Select(reason => new HeldReason(reason.Code, reason.Since!.Value)).ToList();
        var isOther = license != _license || !_isRunning;
        var isChanged = isOther || verdict.State != _state || !reasons.SequenceEqual(_reasons);
        if (isChanged)
            Cut(look.Now);
        else if (isDue)
            CutOrMarkIdle(look.Now);
        if (isDue || isOther)
        {
            _interval = verdict.License?.ReceiptInterval ?? License.DefaultReceiptInterval;
            lock (_meterGate)
                _meter.Interval = _interval;
            _nextCut = NextCut(look.Now);
        }

        if (isOther && license.Length > 0)
            RecordLicense(license, look.Now);
        else if (license != _license)
            _journal.RecordLicense(look.Now, null);
        if (!isChanged)
            return;
        if (verdict.State != _state || !_isRunning)
            _since = BeginningOf(verdict.State) ?? look.Now;
        (_license, _state, _reasons) = (license, verdict.State, reasons);
        _journal.Record(new StateReceipt { At = look.Now, State = verdict.State, Reasons = reasons });
    }

    // Over a restart Licensed began when it began.
    private DateTimeOffset? BeginningOf(LicenseState state) =>
        !_isRunning && _journal.Readings.LastUsage is { } usage && usage.State.Known == state && _journal.Readings.State == state
            ? usage.Since
            : null;

    private void RecordLicense(string license, DateTimeOffset at)
    {
        var candidate = _view.Find(license);
        _journal.RecordLicense(at, candidate.Signed);
        _view.Keep(candidate);
        _clock.RaiseMark(candidate.Signed!.License.Issued);
    }

    /// <summary>Several idle intervals may be one receipt, but not in Grace, whose running time is counted.</summary>
    private void CutOrMarkIdle(DateTimeOffset at)
    {
        lock (_meterGate)
        {
            var isFullHour = at.Ticks % LongestIdle.Ticks == 0 || at - _meter.From >= LongestIdle;
            if (_meter.IsIdle && _state != LicenseState.Grace && !isFullHour)
            {
                _meter.MarkIdle(at);
                return;
            }
        }

        Cut(at);
    }

    private void Cut(DateTimeOffset at, DateTimeOffset? next = null)
    {
        IReadOnlyList<MeterReading> readings;
        lock (_meterGate)
            readings = _meter.Cut(at, next ?? at);
        foreach (var reading in readings)
        {
            if (reading.OpenSeconds == 0 && reading.Cores == 0)
                continue;
            _journal.Record(new UsageReceipt
            {
                At = reading.At,
                From = reading.From,
                License = _license,
                State = _state,
                Since = _reasons.Count == 0 ? _since : _reasons.Min(reason => reason.Since),
                OpenSeconds = reading.OpenSeconds,
                Cores = reading.Cores,
                Seconds = reading.Seconds,
                CoreSeconds = reading.CoreSeconds,
                TotalSeconds = 0,
                TotalCoreSeconds = 0,
                LicensedSeconds = 0,
                GraceSeconds = 0,
            });
        }
    }

    private void TakeReply(Instant look)
    {
        _view.TakeReply();
        if (_view.Reply is not { } reply || reply.Number <= Math.Max(_replyNumber, _view.RepliedTo(_journal.Readings)))
            return;
        _replyNumber = reply.Number;
        _view.KeepReply(_view.ReplyBytes.Span);
        _view.RefreshOthers(_journal.Name);
        _journal.Reread(_view);
        var size = _journal.Name is { } name ? reply.Find(name)?.Size : null;
        _journal.Record(new ReplyReceipt { At = look.Now, Number = reply.Number, Size = size ?? 0 });
    }

    /// <summary>The next multiple of the interval since midnight, where windows of all nodes coincide.</summary>
    private DateTimeOffset NextCut(DateTimeOffset now) =>
        new(now.Ticks - (now.Ticks % _interval.Ticks) + _interval.Ticks, TimeSpan.Zero);
}
