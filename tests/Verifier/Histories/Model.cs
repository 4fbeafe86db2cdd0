using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>A license file as the machine put it there: the license, or the code of why nobody can read one from it.</summary>
internal sealed record Filed(License? License, string? Broken);

/// <summary>
/// What a node is to say and to remember, told second by second from what happened to it: no receipts, no files, and two
/// clocks that are told what they show. Two things it takes as it sees them, and the machine checks them apart: whether
/// receipts can be written, and the day to mail by. A third where nobody on the machine can know it: the minutes of a chain
/// of which a file is gone and the vendor has told the sum, between what is known here and all that was used.
/// </summary>
internal sealed class Model(IReadOnlyDictionary<string, License> texts)
{
    public const long Interval = 3600;
    public const long Day = 86400;

    private Memory _memory = new();
    private Memory _durable = new();
    private string _license = "";
    private bool _isRunning;
    private DateTimeOffset _wall;
    private DateTimeOffset _mark;
    private DateTimeOffset _at;
    private DateTimeOffset _nextCut;
    private DateTimeOffset _from;
    private long _open;
    private long _busy;
    private long _core;
    private long _most;
    private long _coresAtCut;
    private bool _wasWritable = true;
    private bool _isAllExported;
    private bool _wasStepped;
    private long? _minutesTold;

    /// <summary>What the node would know after a power cut at this moment.</summary>
    public Memory Durable => _durable;

    /// <summary>All that was used, written or not.</summary>
    public (long Seconds, long CoreSeconds) Used
    {
        get
        {
            var (seconds, coreSeconds) = _memory.UsedInAll();
            return _license.Length > 0 ? (seconds + _busy, coreSeconds + _core) : (seconds, coreSeconds);
        }
    }

    /// <summary>Cores in use.</summary>
    public long Cores { get; private set; }

    /// <summary>The number of the vendor's newest reply.</summary>
    public long ReplyNumber { get; set; }

    /// <summary>Effective time: the wall clock, but not before what can no longer be undone.</summary>
    public DateTimeOffset Now => Later(_wall, _mark);

    /// <summary>A process starts.</summary>
    public void Start(bool isClean, DateTimeOffset wall)
    {
        _memory = _durable with { OwesInterval = _durable.OwesInterval || !isClean };
        var signed = _memory.LastActive is { } last ? texts[last].Issued : DateTimeOffset.UnixEpoch;
        (_wall, _mark) = (wall, Later(signed, _memory.Mark ?? signed));
        (_isRunning, _license, _at, _from, Cores, _most) = (false, "", Now, Now, 0, 0);
        (_open, _busy, _core, _coresAtCut, _wasWritable, _wasStepped) = (0, 0, 0, 0, true, false);
    }

    /// <summary>Time passes, while the node looks at every date that comes.</summary>
    public void Pass(long seconds) => Run(seconds, seconds);

    /// <summary>A machine stands still while its clocks run on: longer than two intervals counts as one.</summary>
    /// <returns>The seconds that count.</returns>
    public long Freeze(long seconds)
    {
        var interval = _license.Length > 0 ? Interval : 300;
        var counted = seconds > 2 * interval ? interval : seconds;
        _wasStepped |= seconds > counted;
        Run(seconds, counted);
        return counted;
    }

    private void Run(long seconds, long counted)
    {
        _open += counted;
        _busy += Cores > 0 ? counted : 0;
        _core += counted * Cores;
        _wall += TimeSpan.FromSeconds(seconds);
        _mark += TimeSpan.FromSeconds(counted);
        _at += TimeSpan.FromSeconds(counted);
    }

    /// <summary>Work begins, or ends.</summary>
    public void Change(long cores)
    {
        Cores += cores;
        _most = Math.Max(_most, Cores);
    }

    /// <summary>The wall clock is moved against the monotonic one.</summary>
    public void Step(TimeSpan by)
    {
        _wall += by;
        _wasStepped |= by.Duration() > TimeSpan.FromMinutes(5);
    }

    /// <summary>The operator exports all that was written.</summary>
    public void Export() => _isAllExported = true;

    /// <summary>The node looks.</summary>
    /// <param name="files">What is in the license folder.</param>
    /// <param name="isWritable">Whether receipts can be written, as the node says.</param>
    /// <param name="mailBy">The day to mail by, as the node says.</param>
    /// <param name="minutes">The minutes used, as the node says.</param>
    public Expected Look(IReadOnlyCollection<Filed> files, bool isWritable, DateTimeOffset? mailBy, long? minutes)
    {
        _minutesTold = minutes;

        // A clock that was moved: what was before belongs to before.
        var isStep = _isRunning && _wasStepped;
        _wasStepped = false;
        var isAllExported = _isAllExported;
        if (isStep)
            Cut(_at);
        if (isStep || !_isRunning)
            (_from, _nextCut) = (Now, NextHour(Now));
        _at = Now;

        // It looks twice: what the first look writes down, or cannot, the second tells.
        Record(Reach(files, _wasWritable, isAllExported ? null : mailBy), isWritable);
        _at = Later(_at, Now);
        var said = Reach(files, isWritable, mailBy);
        Record(said, isWritable);
        _wasWritable = isWritable;
        return said;
    }

    // The vendor's clock may be ahead of this one: time is not before the moment at which the license was signed.
    private Expected Reach(IReadOnlyCollection<Filed> files, bool isWritable, DateTimeOffset? mailBy)
    {
        var said = Evaluate(files, isWritable, mailBy);
        if (said.License is not { } license || texts[license].Issued <= _at)
            return said;
        Cut(_at);
        _at = _from = _mark = texts[license].Issued;
        return Evaluate(files, isWritable, mailBy);
    }

    /// <summary>The process ends in good order.</summary>
    public void Stop(bool isWritable)
    {
        Cut(_at);
        _isAllExported &= !isWritable;
        if (isWritable)
            _durable = _memory;
        _memory = _durable;
        _license = "";
    }

    /// <summary>The process ends in no order.</summary>
    public void Kill()
    {
        _memory = _durable;
        _license = "";
        (_busy, _core) = (0, 0);
    }

    /// <summary>Why work on so many cores may not begin; null when it may.</summary>
    public string? WhyNot(Expected said, int cores)
    {
        if (!said.MayBegin)
            return said.Reasons[0].Code;
        if (said.License is null || texts[said.License] is not { OverageInForce: OverageRule.Refuse, EnforcementInForce: EnforcementRule.Enforced } license)
            return null;
        if (said.Minutes >= (license.Quota.NodeMinutes ?? license.Quota.CoreMinutes))
            return MinutesUsed(license);
        if (Cores + cores > license.Quota.NodeCores)
            return ReasonCode.NodeCoresExceeded;
        return Cores + cores > license.Quota.Cores ? ReasonCode.CoresExceeded : null;
    }

    private void Record(Expected said, bool isWritable)
    {
        var license = said.License ?? "";
        var held = _memory.Held.Clear().AddRange(said.Reasons.Where(static reason => reason.Since is not null)
            .Select(static reason => KeyValuePair.Create(reason.Code, reason.Since!.Value)));
        var isChanged = !_isRunning || license != _license || said.State != _memory.State || !held.SequenceEqual(_memory.Held);
        var isDue = _at >= _nextCut;

        // Idle windows may be one receipt, up to the hour.
        var isLeft = _most == 0 && _memory.State != LicenseState.Grace
            && _at.Ticks % TimeSpan.TicksPerHour != 0 && _at - _from < TimeSpan.FromHours(1);
        _isAllExported &= !isChanged;
        if (isChanged || (isDue && !isLeft))
            Cut(_at);
        if (isDue || isChanged)
            _nextCut = NextHour(_at);
        if (license.Length > 0)
        {
            _memory = _memory with
            {
                Counted = _memory.Counted.Add(license),
                Kept = _memory.Kept.Add(license),
                LastActive = license,
            };
            _mark = Later(_mark, texts[license].Issued);
        }

        _memory = _memory with
        {
            State = said.State,
            Held = held,
            WasLicensed = _memory.WasLicensed || said.State == LicenseState.Licensed,
        };
        (_license, _isRunning) = (license, true);
        if (!isWritable)
            return;
        _durable = _memory;
        _mark = Later(_mark, _memory.Mark ?? _mark);
    }

    private void Cut(DateTimeOffset label)
    {
        // Work that began just now is read too, though it has taken no second yet.
        var isRead = _open > 0 || _most > _coresAtCut;
        _isAllExported &= !isRead;
        var memory = isRead ? _memory.WithRunning(_from, label, _open) : _memory;
        if (_license.Length > 0 && _busy > 0)
        {
            var key = (_license, DateOnly.FromDateTime(label.UtcDateTime.AddSeconds(-1)));
            var (seconds, coreSeconds) = memory.Used.GetValueOrDefault(key);
            memory = memory with { Used = memory.Used.SetItem(key, (seconds + _busy, coreSeconds + _core)) };
        }

        if (memory.State == LicenseState.Licensed && isRead)
            memory = memory with { LicensedSeconds = memory.LicensedSeconds + _open, GraceSeconds = 0, MadeUpSeconds = 0 };
        if (memory.State == LicenseState.Grace && isRead)
        {
            var madeUp = memory.OwesInterval ? Interval : 0;
            memory = memory with
            {
                GraceSeconds = memory.GraceSeconds + _open + madeUp,
                MadeUpSeconds = memory.MadeUpSeconds + madeUp,
                OwesInterval = false,
            };
        }

        _memory = memory;
        (_open, _busy, _core, _most, _coresAtCut, _from) = (0, 0, 0, Cores, Cores, label);
    }

    private Expected Evaluate(IReadOnlyCollection<Filed> files, bool isWritable, DateTimeOffset? mailBy)
    {
        var atHand = files.Select(static file => file.License).OfType<License>().ToList();
        var kept = _memory.LastActive is { } last && _memory.Kept.Contains(last) ? texts[last] : null;
        var counting = atHand.Concat(kept is null ? [] : [kept]).Where(Counts).DistinctBy(static license => license.Id).ToList();
        var replaced = counting.Concat(atHand.Where(license => _memory.Counted.Contains(license.Id))
            .Concat(_memory.Kept.Select(id => texts[id])).Where(license => license.From <= _at)).Select(static license => license.Replaces).ToHashSet();
        var best = counting.Where(license => !replaced.Contains(license.Id))
            .OrderByDescending(license => IsRunning(license) ? DateTimeOffset.MaxValue : license.Until)
            .ThenByDescending(static license => license.Issued)
            .ThenByDescending(static license => license.Id, StringComparer.Ordinal).FirstOrDefault();
        if (best is null && _memory.Counted.Count == 0)
            return new Expected { State = LicenseState.Unlicensed, MayBegin = false, Reasons = [(ReasonCode.Unlicensed, null, null)] };

        var license = best ?? atHand.Append(kept).FirstOrDefault(text => text?.Id == _memory.LastActive);
        var minutes = license is null ? null : MinutesOf(license, atHand);
        var since = new List<(string Code, DateTimeOffset Since)>();
        if (best is null)
            since.Add(Noticed(ReasonCode.NoLicenseCounts));
        else if (!IsRunning(best))
            since.Add((ReasonCode.TermEnded, best.Until!.Value));
        if (license?.OverageInForce == OverageRule.Grace)
        {
            if (Cores > license.Quota.Cores)
                since.Add(Noticed(ReasonCode.CoresExceeded));
            if (Cores > license.Quota.NodeCores)
                since.Add(Noticed(ReasonCode.NodeCoresExceeded));
            if (minutes >= (license.Quota.NodeMinutes ?? license.Quota.CoreMinutes))
                since.Add(NotBefore(PeriodOf(license).Start, Noticed(MinutesUsed(license))));
        }

        if (mailBy <= _at)
            since.Add((ReasonCode.MailOverdue, mailBy.Value));
        if (!isWritable)
            since.Add(Noticed(ReasonCode.LedgerUnwritable));

        var length = GraceOf(license);
        var reasons = since.Select(reason => (reason.Code, Since: (DateTimeOffset?)reason.Since, Until: (DateTimeOffset?)(reason.Since + length)))
            .OrderBy(static reason => reason.Until).ThenBy(static reason => reason.Code, StringComparer.Ordinal).ToList();
        var stillToRun = TimeSpan.FromSeconds(_memory.WasLicensed ? Math.Max(0, Day - SecondsInGrace) : 0);
        var isOver = reasons.Count > 0 && reasons[0].Until <= _at && stillToRun == TimeSpan.Zero;
        var isAdvisory = license?.EnforcementInForce == EnforcementRule.Advisory;
        return new Expected
        {
            State = reasons.Count == 0 ? LicenseState.Licensed : isOver ? LicenseState.Lapsed : LicenseState.Grace,
            MayBegin = !isOver || isAdvisory,
            License = license?.Id,
            Reasons = reasons,
            TermEnd = license?.Until,
            MailBy = mailBy,
            Minutes = minutes,
            GraceEnds = isAdvisory ? null : reasons.Count > 0
                ? (stillToRun > TimeSpan.Zero ? Later(reasons[0].Until!.Value, NoticeEnds(_at, stillToRun)) : reasons[0].Until)
                : Earlier(license!.Until, mailBy) is { } end ? Later(end + length, NoticeEnds(end, TimeSpan.FromDays(1))) : null,
        };

        // What was used up before belongs to an earlier period.
        static (string, DateTimeOffset) NotBefore(DateTimeOffset start, (string Code, DateTimeOffset Since) noticed) =>
            (noticed.Code, Later(noticed.Since, start));

        // What was noticed keeps its date for as long as it holds; one to come is of a wrong clock, then or now.
        (string, DateTimeOffset) Noticed(string code) =>
            (code, _memory.Held.TryGetValue(code, out var held) && (held < _at || _wall < _at) ? held : _at);
    }

    // A crash may have lost an interval: the next receipt makes up for it.
    private DateTimeOffset NoticeEnds(DateTimeOffset now, TimeSpan stillToRun)
    {
        var interval = TimeSpan.FromSeconds(_memory.OwesInterval ? Interval : 0);
        return now + stillToRun <= NextHour(now) ? now + stillToRun : Later(NextHour(now), now + stillToRun - interval);
    }

    private bool Counts(License license) =>
        license.Product == Machine.Product && license.Installations.Count == 0 && license.From <= _at
        && !(license.BuildsUntil <= Machine.Built) && license.NeededTrust == 0 && license.NeededReply <= ReplyNumber;

    private static string MinutesUsed(License license) =>
        license.Quota.NodeMinutes is null ? ReasonCode.CoreMinutesUsed : ReasonCode.NodeMinutesUsed;

    private bool IsRunning(License license) => license.Until is not { } until || until > _at;

    private long SecondsInGrace => _memory.State switch
    {
        LicenseState.Grace => _memory.GraceSeconds + _open,
        LicenseState.Licensed when _open > 0 => 0,
        _ => _memory.GraceSeconds,
    };

    private TimeSpan GraceOf(License? license)
    {
        var licensed = _memory.LicensedSeconds + (_memory.State == LicenseState.Licensed ? _open : 0);
        var days = license?.GraceDays ?? 14;
        return TimeSpan.FromDays(Math.Min(days + ((license?.GraceEarn ?? 0) * (licensed / (30 * Day))), license?.GraceLimit ?? days));
    }

    // By whole days: every term here begins at midnight.
    private long? MinutesOf(License license, List<License> atHand)
    {
        if (license.Quota is { NodeMinutes: null, CoreMinutes: null })
            return null;
        // Of a license whose file is gone, and which never was active, nobody here knows what it replaced. The vendor does.
        var (least, most) = (UsedBy(Chain([.. atHand, .. _memory.Kept.Select(kept => texts[kept])])), UsedBy(Chain(texts.Values)));
        return ReplyNumber > 0 && _minutesTold > least && _minutesTold <= most ? _minutesTold : least;

        HashSet<string> Chain(IEnumerable<License> known)
        {
            var byId = known.DistinctBy(static text => text.Id).ToDictionary(static text => text.Id, StringComparer.Ordinal);
            var chain = new HashSet<string>(StringComparer.Ordinal);
            for (var id = license.Id; id is not null && chain.Add(id);)
                id = byId.GetValueOrDefault(id)?.Replaces;
            return chain;
        }

        long UsedBy(HashSet<string> chain)
        {
            var (start, end) = PeriodOf(license);
            return _memory.Used.Select(static entry => (entry.Key.License, entry.Key.Day, entry.Value.Seconds, entry.Value.CoreSeconds))
                .Append((_license, DateOnly.FromDateTime(_from.UtcDateTime), _busy, _core))
                .Where(entry => chain.Contains(entry.Item1) && entry.Item2 >= DateOnly.FromDateTime(start.UtcDateTime)
                    && entry.Item2.ToDateTime(TimeOnly.MinValue) < end.UtcDateTime)
                .Sum(entry => license.Quota.NodeMinutes is null ? entry.Item4 : entry.Item3) / 60;
        }
    }

    private (DateTimeOffset Start, DateTimeOffset End) PeriodOf(License license)
    {
        if (license.QuotaPeriodInForce != QuotaPeriod.Month)
            return (license.From, license.Until ?? DateTimeOffset.MaxValue);
        var month = new DateTimeOffset(_at.Year, _at.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return (month, month.AddMonths(1));
    }

    private static DateTimeOffset NextHour(DateTimeOffset at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerHour) + TimeSpan.TicksPerHour, TimeSpan.Zero);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;
}
