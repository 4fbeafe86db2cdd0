using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// What a node does each time it looks: read clocks and files, reach a verdict, and write down what was used and what
/// changed, before anybody is told. Called from one place at a time; only the meter is shared, under its gate.
/// </summary>
internal sealed partial class NodeRecorder : IDisposable
{
    /// <summary>How long idle intervals are kept together in one receipt.</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromHours(1);

    /// <summary>A timer that is due now would fire before it is set again.</summary>
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);

    private readonly NodeClock _clock;
    private readonly Meter _meter;
    private readonly Lock _meterGate;
    private readonly NodeView _view;
    private readonly NodeJournal _journal;

    private readonly StateFolder _folder;
    private readonly TimeSpan? _removeAfter;

    // What the receipts recorded so far say: the next usage belongs to this license in this state.
    private string _license = "";
    private LicenseState _state = LicenseState.Unlicensed;
    private IReadOnlyList<HeldReason> _reasons = [];
    private DateTimeOffset _since;
    private TimeSpan _interval = License.DefaultReceiptInterval;
    private DateTimeOffset _nextCut;
    private long _coresAtCut;
    private long _lastReceiptTicks;
    private bool _wasLicensed;
    private string? _ledger;
    private Instant _last;
    private bool _hasBegun;
    private bool _isRunning;

    /// <summary>Gets ready; nothing is read yet, so nothing can fail.</summary>
    public NodeRecorder(NodeOptions options, NodeClock clock, Meter meter, Lock meterGate)
    {
        (_clock, _meter, _meterGate) = (clock, meter, meterGate);
        _folder = new StateFolder(options.StateFolder ?? NodeFolders.StateFolder(options.Product), options.Disk, options.Machine);
        _view = new NodeView(options, options.Disk, _folder);
        _removeAfter = options.RemoveReceiptsAfter;
        _journal = new NodeJournal(_folder, _view);
        Cores = CorePool.In(options.Disk, _folder.Path, meterGate);
    }

    /// <summary>
    /// The verdict that a node would begin with, or that a running one has reached, to within an interval; and what comes of it.
    /// </summary>
    public static Foretelling Peek(NodeOptions options)
    {
        var view = NodeView.Read(options, options.Disk);
        view.RefreshOthers(own: null);
        var clock = new NodeClock(options.TimeProvider);
        if (view.Resets.MarkOf(view.Others, withDue: true) is { } mark)
            clock.RaiseMark(mark);
        var look = clock.Look();
        var own = new OwnFacts
        {
            Readings = new LedgerReadings(),
            OtherCores = CorePool.CountIn(options.Disk, options.StateFolder ?? NodeFolders.StateFolder(options.Product)),
        };
        var foretelling = new Foretelling(view.Candidates, view.Facts(own, look), look.Now);
        if (foretelling.Now.License is not { } license || license.Issued <= look.Now)
            return foretelling;

        // As when it runs: time is not before the moment at which its license was signed.
        look = look with { Now = license.Issued };
        return new Foretelling(view.Candidates, view.Facts(own, look), look.Now);
    }

    /// <summary>The cores in use by all processes of the state folder.</summary>
    public CorePool Cores { get; }

    /// <summary>When the newest receipt of the own ledger was written; null while there is none. Read from any thread.</summary>
    public DateTimeOffset? LastReceipt =>
        Volatile.Read(ref _lastReceiptTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>
    /// How long until the next look: a period at most, and exactly to the next cut, or to the next date that the verdict
    /// names, if that comes before.
    /// </summary>
    public TimeSpan NextLook(TimeSpan period, Verdict verdict)
    {
        var now = _clock.Exact();
        var next = _nextCut - now < period ? _nextCut : now + period;
        foreach (var date in (ReadOnlySpan<DateTimeOffset?>)[verdict.TermEnd, verdict.GraceEnds, verdict.MailBy])
        {
            // After the moment that the verdict is about, not after now: a date may have come while it was reached.
            if (date > verdict.At && date < next)
                next = date.Value;
        }

        return next - now < Soonest ? Soonest : next - now;
    }

    /// <summary>Looks once: at the files, the clocks, and what was used since. The first look takes up where the last process left off.</summary>
    public Verdict Look()
    {
        if (!_hasBegun)
            Begin();

        // Files may take their time, so they come before the moment that all of the rest is about.
        LookAtFiles(isDue: _clock.Exact() >= _nextCut);
        Cores.Refresh(_view.HasQuotaOfCores, _view.CoresOfOthers(_clock.Exact()));
        var look = _clock.Look();
        lock (_meterGate)
        {
            // Nobody works in a node that is still opening: however long that takes, it is no use, and has no state yet.
            if (_isRunning)
                _meter.Advance(look.Timestamp);
            else
                _meter.Restart(look.Timestamp, look.Now);
        }

        look = TakeResets(RecordClockStep(look));
        var verdict = Reach(ref look);
        Record(verdict, look);
        _last = look;
        _isRunning = true;
        RecordReply(look.Now);
        RecordTrust(look.Now);
        Write(look.Now);
        Cores.Bind(verdict.RefuseCoresAbove);
        TellLastReceipt();
        return verdict;
    }

    /// <summary>The last look: writes what was used up to now, and that the ledger ends in good order.</summary>
    public Verdict Stop()
    {
        var verdict = Look();
        Cut(_last.Now);
        _journal.Record(new StopReceipt { At = _last.Now });
        _journal.Flush(_last.Now, isLast: true);
        TellLastReceipt();
        return verdict;
    }

    /// <summary>Lets go of the ledger, the key and the cores.</summary>
    public void Dispose()
    {
        Cores.Dispose();
        _journal.Dispose();
        _folder.Dispose();
    }

    private void Begin()
    {
        _view.LookAtAll();
        _last = _clock.Look();
        if (_journal.Name is null)
            _journal.Open(_last.Now);
        _ledger = _journal.Name;
        _view.RefreshOthers(_ledger);
        _view.TrustNothingBelow(_journal.Readings.TrustVersion);
        LedgerReadings[] all = [_journal.Readings, .. _view.Others];
        _resets = all.Sum(readings => readings.Resets.Count);
        _last = _clock.Look();
        foreach (var mark in (ReadOnlySpan<DateTimeOffset?>)[_view.Resets.MarkOf(all, withDue: false), _view.LastActive(all)?.Issued])
        {
            // To the second: receipts that begin at the mark move it on.
            if (mark > _last.Now)
                _last = _clock.SetMark(mark.Value, _last);
        }

        _journal.LabelStart(_last.Now);
        lock (_meterGate)
            _meter.Restart(_last.Timestamp, _last.Now);
        _nextCut = NextCut(_last.Now);
        _folder.Prune(_view, _last.Now - _removeAfter);
        if (all.Select(readings => readings.LastAt).Max() is { } newest && newest - _last.Wall > Instant.LeastStep)
            _journal.Record(ClockStep(_last.Now, _last.Wall - newest));
        _hasBegun = true;
    }

    private void TellLastReceipt() => Volatile.Write(ref _lastReceiptTicks, _journal.Readings.LastAt?.Ticks ?? 0);

    private void LookAtFiles(bool isDue)
    {
        var before = _view.Replies.Taken;
        var isOther = _view.LookAtLicenses();
        if (isOther)
            _view.TakeReply();
        var isNewReply = _view.Replies.Taken != before;
        if (isNewReply)
        {
            _journal.LeaveIfLost(_last.Now);
            _folder.Prune(_view, _last.Now - _removeAfter);
        }

        if (_journal.Name != _ledger)
            TakeOver();
        else if (isDue || isNewReply || _view.MayHaveLeft)
            LookAtLedgers();
        _isResetDue |= isDue || isOther || !_isRunning;
    }

    private void LookAtLedgers()
    {
        if (_view.LookAtWhatLeft())
            _journal.Reread();
        _view.RefreshOthers(_ledger);
    }

    private Verdict Reach(ref Instant look)
    {
        var verdict = Evaluation.Evaluate(_view.Candidates, Facts(look), look.Now);
        if (verdict.License is { Licensee: var licensee } && _view.Serve(licensee))
        {
            LookAtLedgers();
            verdict = Evaluation.Evaluate(_view.Candidates, Facts(look), look.Now);
        }

        if (verdict.License is not { } license || license.Issued <= look.Now)
            return verdict;

        // The vendor's clock was later than this one is: from here on time is not before it.
        _clock.RaiseMark(license.Issued);
        Cut(look.Now, license.Issued);
        look = look with { Now = license.Issued };
        return Evaluation.Evaluate(_view.Candidates, Facts(look), look.Now);
    }

    private void Write(DateTimeOffset now)
    {
        // A copy is kept before a receipt names it; where the disk refused, as soon as it takes anything again.
        if (_journal.Problem is null)
            _view.KeepAll();
        _journal.Flush(now);
        if (_journal.Readings.Mark is { } mark)
            _clock.RaiseMark(mark);
        if (_journal.Name != _ledger)
            TakeOver();
        PruneAfterRoll(now);
    }

    // Another ledger than before, or the first after all: what was the own one is now another's, or the reverse.
    private void TakeOver()
    {
        _ledger = _journal.Name;
        _view.LookAtKeptTrust();
        _view.LookAtKept();
        LookAtLedgers();
    }

    private NodeFacts Facts(Instant look)
    {
        var totals = _journal.Totals();
        long cores, open, seconds, coreSeconds;
        lock (_meterGate)
            (cores, open, (seconds, coreSeconds)) = (_meter.Cores, _meter.PendingOpen, _meter.Pending);
        var pending = _journal.WaitingUsage
            .Select(usage => new DayOfUse(usage.License, Day(usage.At.AddSeconds(-1)), usage.Seconds, usage.CoreSeconds, IsAcknowledged: false))
            .Append(new DayOfUse(_license, Day(_meter.From), seconds, coreSeconds, IsAcknowledged: false));
        return _view.Facts(
            new OwnFacts
            {
                Readings = _journal.Readings,
                Active = _license.Length > 0 ? _license : null,
                Held = _isRunning ? _reasons : null,
                WasLicensed = _wasLicensed || _journal.Readings.WasLicensed,
                LicensedSeconds = totals.LicensedSeconds + (_state == LicenseState.Licensed ? open : 0),
                GraceSeconds = totals.GraceSeconds + (_state == LicenseState.Grace ? open : 0),
                OwesInterval = totals.OwesInterval,
                Cores = cores,
                OtherCores = Cores.Others,
                Pending = [.. pending],
                Unwritable = _journal.Problem,
                UnwritableMend = _journal.ProblemMend,
                Damaged = _journal.Damage,
            },
            look);
    }

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    /// <summary>Writes down the span that ends here, if it ends here, and what is different from here on.</summary>
    private void Record(Verdict verdict, Instant look)
    {
        var isDue = look.Now >= _nextCut;
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
        if (_since > look.Now && !look.IsBehind)
            _since = look.Now;
        if (!isChanged)
            return;
        if (verdict.State != _state || !_isRunning)
            _since = BeginningOf(verdict.State) ?? look.Now;
        (_license, _state, _reasons) = (license, verdict.State, reasons);
        _wasLicensed |= _state == LicenseState.Licensed;
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
        _view.Keep(candidate);
        _journal.RecordLicense(at, candidate.Signed);
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
        long coresBefore;
        lock (_meterGate)
        {
            readings = _meter.Cut(at, next ?? at);
            (coresBefore, _coresAtCut) = (_coresAtCut, _meter.Cores);
        }

        foreach (var reading in readings)
        {
            // Less than a second, and nothing that the reading before did not say: its fraction is carried over.
            if (reading is { OpenSeconds: 0, Seconds: 0, CoreSeconds: 0 } && reading.Cores <= coresBefore)
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
}
