using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// What a verdict is reached from, read from the two folders: licenses, kept copies, replies and all ledgers. It writes
/// nothing and takes no lock, so that <c>status</c> works beside a running product. Not thread-safe.
/// </summary>
internal sealed class NodeView
{
    /// <summary>How long after its last receipt another process's work still counts as running, in receipt intervals.</summary>
    private const int IntervalsUntilGone = 2;

    private readonly NodeOptions _options;
    private readonly LicenseFolder _folder;
    private readonly HeldTrust _trusted;
    private readonly HashSet<long> _durableTrust = [];
    private IReadOnlyList<LicenseCandidate>? _given;
    private readonly LedgerDisk _disk;
    private readonly StateFolder _state;
    private readonly OtherLedgers _others;
    private readonly LostHistory _lost;
    private readonly HashSet<string> _durable = new(StringComparer.Ordinal);
    private IReadOnlyList<LicenseCandidate> _kept = [];
    private ExportsLog _exports = new() { Lines = [], LinesUnread = 0 };
    private string? _exportsStamp;
    private (string? Licensee, long Taken)? _readWith;
    private string? _licensee;

    public NodeView(NodeOptions options, LedgerDisk disk, StateFolder state)
    {
        _options = options;
        _disk = disk;
        _state = state;
        _others = new OtherLedgers(disk, state.Path, NewReadings);
        _lost = new LostHistory(disk, state.Path, options.Machine.Value);
        Resets = new TimeResets(disk, state.Path, options.Product);
        _trusted = new HeldTrust(options.Trust);
        _folder = new LicenseFolder(disk, options.LicenseFolder ?? NodeFolders.LicenseFolder(options.Product), options.Trust, options.TimeProvider);
    }

    /// <summary>
    /// Reads the two folders for whoever only looks: licenses, kept copies, the newest reply and what was exported. The
    /// ledgers are read by <see cref="RefreshOthers"/>.
    /// </summary>
    public static NodeView Read(NodeOptions options, LedgerDisk disk)
    {
        var view = new NodeView(options, disk, new StateFolder(options.StateFolder ?? NodeFolders.StateFolder(options.Product), disk, options.Machine));
        view.LookAtAll();
        return view;
    }

    /// <summary>Reads all but the ledgers.</summary>
    public void LookAtAll()
    {
        LookAtKeptTrust();
        LookAtLicenses();
        LookAtKept();
        TakeReply();
        LookAtWhatLeft();
    }

    /// <summary>All licenses at hand: those of the folder, of the environment, and the kept copies.</summary>
    public IReadOnlyList<LicenseCandidate> Candidates => [.. _folder.Licenses, .. _given ??= EnvironmentLicenses.Read(_options, Trust), .. _kept];

    /// <summary>What the node believes: what the product embeds, and the trust document held.</summary>
    public Trust Trust => _trusted.Trust;

    /// <summary>The trust document held, as it was taken; null for none.</summary>
    public TakenTrust? TrustDocument => _trusted.Newest;

    /// <summary>What is held, to try on it what is not in place yet.</summary>
    public HeldTrust CopyOfTrust() => _trusted.Copy();

    /// <summary>The trust documents of the license folder that were not taken, and why.</summary>
    public IReadOnlyList<Reason> RefusedTrust => _trusted.Refused;

    /// <summary>The newest reply to the licensee of the active license: what the vendor has of this node's use.</summary>
    public Reply? Reply { get; private set; }

    /// <summary>The newest replies to all licensees.</summary>
    public NewestReplies Replies { get; } = new();

    /// <summary>The ledgers other than the own one, as far as they are durable.</summary>
    public IEnumerable<LedgerReadings> Others => _others.Readings;

    /// <summary>The time resets of the license folder.</summary>
    public TimeResets Resets { get; }

    /// <summary>Looks at the license folder; true if something in it changed.</summary>
    public bool LookAtLicenses()
    {
        if (!_folder.Look())
            return false;
        if (_trusted.Take(_folder.TrustDocuments))
            OpenAnew();
        Resets.Take(_folder.Resets, Trust);
        return true;
    }

    /// <summary>Goes by no trust document below the one that a ledger says was taken here.</summary>
    public void TrustNothingBelow(long version)
    {
        if (!_trusted.NotBelow(version))
            return;
        OpenAnew();
        Resets.Take(_folder.Resets, Trust);
        TakeReply();
    }

    /// <summary>
    /// Takes the newest replies of the folder and the kept copies: for this product, by a key that a license for the same
    /// licensee names. Numbers never go back.
    /// </summary>
    public void TakeReply()
    {
        // A license that is bound to others brings no replies of theirs here.
        var installation = _state.Installation;
        var ours = Candidates.Select(candidate => candidate.Signed?.License).OfType<License>()
            .Where(license => license.Product == _options.Product && (installation.Length == 0 || license.IsFor(installation)));
        Replies.Take([.. _state.KeptReplies(), .. _folder.Replies.Select(reply => reply.Bytes)], ours, Trust);
        Serve(_licensee);
    }

    /// <summary>
    /// Goes by the reply to a licensee from here on; true if that is another than before, so that use adds up differently.
    /// </summary>
    /// <param name="licensee">Of the active license; null where none is known yet: then a reply that is the only one counts.</param>
    public bool Serve(string? licensee)
    {
        var before = Reply;
        _licensee = licensee;
        Reply = licensee is null ? Only(Replies.All) : Replies.To(licensee);
        return !ReferenceEquals(before, Reply);
    }

    /// <summary>Reads the kept copies of licenses again, beside those that could not be kept.</summary>
    public void LookAtKept()
    {
        var kept = _state.KeptLicenses(Trust);
        _durable.UnionWith(kept.Select(IdOf));
        _kept = [.. kept, .. _kept.Where(candidate => !_durable.Contains(IdOf(candidate)))];
    }

    /// <summary>Takes up the kept trust documents; a product without roots has none.</summary>
    public void LookAtKeptTrust()
    {
        if (!_options.Trust.IsRooted)
            return;
        var before = Trust;
        _trusted.TakeKept(_state.KeptTrust());
        _durableTrust.UnionWith(_trusted.Taken.Select(static taken => taken.Document.Version));
        if (Trust != before)
            OpenAnew();
    }

    /// <summary>Keeps copies of the trust documents that were taken, each before those that its roots signed; false if the disk refuses.</summary>
    public bool KeepTrust() => _trusted.Taken.All(taken =>
        !_durableTrust.Add(taken.Document.Version) || _state.TryKeepTrust(taken) || !_durableTrust.Remove(taken.Document.Version));

    /// <summary>Whether the record of exports is another file than when it was read last: somebody exported just now.</summary>
    public bool MayHaveLeft => _disk.Stamp(ExportsFile) != _exportsStamp;

    /// <summary>Looks at what was exported and acknowledged; true if it is other than before, so that ledgers add up differently.</summary>
    public bool LookAtWhatLeft()
    {
        // The stamp comes first: an export between the two is seen at the next look.
        ExportsLog exports;
        try
        {
            var stamp = _disk.Stamp(ExportsFile);
            exports = ExportsLog.Read(_disk, _state.Path);
            _exportsStamp = stamp;
        }
        catch (IOException)
        {
            return false;
        }

        var isOther = !exports.Lines.SequenceEqual(_exports.Lines) || (Reply?.Licensee, Replies.Taken) != _readWith;
        (_exports, _readWith) = (exports, (Reply?.Licensee, Replies.Taken));
        if (isOther)
            _others.Clear();
        return isOther;
    }

    /// <summary>Reads what is new in the ledgers other than the own one; null for none.</summary>
    public void RefreshOthers(string? own)
    {
        _others.Look(own);
        TrustNothingBelow(Others.Select(static readings => readings.TrustVersion).DefaultIfEmpty().Max());
    }

    /// <summary>Adds up anew what was added up of a ledger before; null if it cannot be read now.</summary>
    public LedgerReadings? Reread(string folder, string name, LedgerReadings before)
    {
        try
        {
            return LedgerScan.ReadTail(_disk, folder) is { } scan && scan.Size >= before.Size ? Read(scan, name, before, before.Size) : null;
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            return null;
        }
    }

    /// <summary>A license at hand, by its id: one that was not revoked, where a thief used the id too; the file rather than the kept copy.</summary>
    public LicenseCandidate Find(string license) =>
        Candidates.Where(candidate => candidate.Signed?.License.Id == license).MinBy(static candidate => candidate.Signed!.Revoked is not null)!;

    /// <summary>
    /// Keeps a copy of a license before it is said to be active. Where the disk refuses, this process still has the copy
    /// in memory: the license counts all the same, and <see cref="KeepAll"/> tries again.
    /// </summary>
    public void Keep(LicenseCandidate active)
    {
        if (!_kept.Any(kept => IdOf(kept) == IdOf(active)))
            _kept = [.. _kept, active with { IsKept = true }];
        KeepAll();
    }

    /// <summary>Keeps the copies that the disk has not taken yet.</summary>
    public void KeepAll()
    {
        foreach (var kept in _kept.Where(kept => !_durable.Contains(IdOf(kept))))
        {
            if (_state.TryKeep(kept))
                _durable.Add(IdOf(kept));
        }
    }

    /// <summary>Keeps a copy of a reply before it is said to be taken in; false if the disk refuses.</summary>
    public bool KeepReply(Reply reply) => _state.TryKeepReply(reply.Licensee, Replies.FileOf(reply).Span);

    /// <summary>The number of the newest reply to a licensee that any ledger of the folder says was taken in; 0 for none.</summary>
    public long RepliedTo(string licensee, LedgerReadings own) => Others.Append(own)
        .SelectMany(readings => readings.ReplyNumbers)
        .Where(taken => LicenseOf(taken.Key)?.Licensee == licensee)
        .Select(taken => taken.Value).DefaultIfEmpty().Max();

    /// <summary>Whether any license at hand has a quota of cores, so that those in use are to be known of each other.</summary>
    public bool HasQuotaOfCores => Candidates.Any(candidate => candidate.Signed?.License.Quota.Cores is not null);

    /// <summary>Cores in use by the other processes of the folder, as their last receipts say.</summary>
    public long CoresOfOthers(DateTimeOffset now) => Others.Sum(readings => CoresOf(readings, now));

    /// <summary>The license that was active last, by all ledgers; null if none ever was, or its text is not at hand.</summary>
    public License? LastActive(LedgerReadings[] all) =>
        all.Where(readings => readings.LastLicense is not null).MaxBy(readings => readings.LastAt)?.LastLicense is { } id ? LicenseOf(id) : null;

    /// <summary>The facts at a moment, over the own ledger and all others.</summary>
    public NodeFacts Facts(OwnFacts own, Instant look)
    {
        LedgerReadings[] all = [own.Readings, .. Others];
        // What a wrong clock dated ahead of now speaks last, however long it lies there.
        var newest = all.Where(readings => readings.HasState)
            .MaxBy(readings => (look.IsBehind || readings.LastAt <= look.Now, readings.LastAt));
        var lastActive = own.Active ?? newest?.LastLicense
            ?? all.Where(readings => readings.LastLicense is not null).MaxBy(readings => readings.LastAt)?.LastLicense;
        return new NodeFacts
        {
            Product = _options.Product,
            Installation = _state.Installation,
            Built = _options.Built,
            ReplyNumbers = ReplyNumbers(own.Readings),
            TrustVersion = Trust.Version,
            RefusedTrust = RefusedTrust,
            Counted = all.SelectMany(readings => readings.Counted).Append(lastActive).OfType<string>().ToHashSet(StringComparer.Ordinal),
            LastActive = lastActive,
            LicensedSeconds = Math.Max(own.LicensedSeconds, all.Max(readings => readings.LicensedSeconds)),
            GraceSeconds = GraceSeconds(own, look.Now),
            OwesInterval = own.OwesInterval || (own.Readings.Size == 0 && Others.Any(readings => OwesInterval(readings, look.Now))),
            Held = own.Held ?? newest?.Held ?? [],
            Use = new UseOfMinutes([.. all.SelectMany(readings => readings.Days), .. own.Pending], Reply?.Used ?? []),
            CoresInUse = own.Cores + (own.OtherCores ?? CoresOfOthers(look.Now)),
            NodeCoresInUse = own.Cores,
            LastExport = _exports.Lines.Count > 0 ? _exports.Lines[^1].Time : null,
            LastReply = Reply?.Time,
            OldestUnexported = all.Select(readings => readings.OldestUnexported).Min(),
            LedgerUnwritable = own.Unwritable,
            LedgerUnwritableMend = own.UnwritableMend,
            LedgerDamaged = own.Damaged,
            LedgerRolledBack = _lost.Of(Replies, all),
            ClockBehind = look.IsBehind ? look.Wall : null,
        };
    }

    /// <summary>Adds up a ledger as far as it can be read.</summary>
    /// <param name="scan">The ledger.</param>
    /// <param name="name">Its name.</param>
    /// <param name="before">The readings that it carries on; null for none.</param>
    /// <param name="size">How many of its receipts count at most.</param>
    public LedgerReadings Read(LedgerScan scan, string name, LedgerReadings? before = null, long size = long.MaxValue)
    {
        var readings = NewReadings(name);
        scan.AddTo(_disk, readings, size);
        if (before is not null)
            readings.CarryOn(before);
        return readings;
    }

    /// <summary>
    /// The least of the ledgers that were ever Licensed. One that ended in Licensed says nothing of a grace that began
    /// later, unless it is the own one; and one that never was Licensed does not shorten what the others say. One that a
    /// process left a day ago says nothing to a process that runs: nobody is to be given notice there, and whoever takes
    /// it again has its reading as the own one. Else a ledger that nobody needs any more would keep all others from ever
    /// lapsing.
    /// </summary>
    private long? GraceSeconds(OwnFacts own, DateTimeOffset now)
    {
        var others = Others.Where(readings => readings.WasLicensed).ToList();
        if (!own.WasLicensed && others.Count == 0)
            return null;
        var inGrace = others.Where(readings => readings.State is LicenseState.Grace or LicenseState.Lapsed)
            .ToList();
        long? Least(IEnumerable<LedgerReadings> ledgers) => ledgers.Select(readings => (long?)GraceSeconds(readings, now)).Min();
        var least = Least(own.Readings.Size == 0 ? inGrace : inGrace.Where(readings => now - readings.LastAt <= GraceRule.LeastNotice));
        return own.WasLicensed ? Math.Min(own.GraceSeconds, least ?? long.MaxValue) : Math.Max(own.GraceSeconds, least ?? Least(inGrace) ?? 0);
    }

    // Where its process is running, the time since its last receipt is in the next one.
    private long GraceSeconds(LedgerReadings readings, DateTimeOffset now) =>
        readings.GraceSeconds + (IsRunningInGrace(readings, now) ? (long)(now - readings.LastAt!.Value).TotalSeconds : 0);

    private bool OwesInterval(LedgerReadings readings, DateTimeOffset now) =>
        readings.OwesInterval || (readings is { IsStopped: false, Size: > 0 } && !IsRunningInGrace(readings, now));

    // In Grace there is a receipt for each interval, whatever a process does.
    private bool IsRunningInGrace(LedgerReadings readings, DateTimeOffset now) =>
        readings is { IsStopped: false, State: LicenseState.Grace, LastAt: { } last }
        && last <= now && now - last <= IntervalOf(readings.License);

    // What the vendor has acknowledged needs no export any more, and no later export has it.
    private LedgerReadings NewReadings(string ledger) =>
        new(Reply?.Find(ledger)?.Size ?? 0, _exports.ExportedUntil(ledger, Replies.Acknowledged(ledger))) { Ledger = ledger };

    // A reply receipt belongs to the license receipt before it, and so to that license's licensee.
    private Dictionary<string, long> ReplyNumbers(LedgerReadings own) => Replies.All.Select(reply => reply.Licensee)
        .Concat(Candidates.Select(candidate => candidate.Signed?.License.Licensee).OfType<string>())
        .Distinct(StringComparer.Ordinal)
        .ToDictionary(licensee => licensee, licensee => Math.Max(Replies.To(licensee)?.Number ?? 0, RepliedTo(licensee, own)), StringComparer.Ordinal);

    private License? LicenseOf(string id) =>
        Candidates.FirstOrDefault(candidate => candidate.Signed?.License.Id == id)?.Signed!.License;

    // By other keys than before.
    private void OpenAnew()
    {
        _folder.OpenBy(Trust);
        _given = null;
        _kept = [.. _kept.Select(candidate => LicenseFile.Of(candidate.Bytes, candidate.File, Trust) with { IsKept = true }).Where(static candidate => candidate.Signed is not null)];
        LookAtKept();
    }

    private string ExportsFile => Path.Combine(_state.Path, ExportsLog.FileName);

    private static Reply? Only(IEnumerable<Reply> replies) => replies.Take(2).ToList() is [var only] ? only : null;

    private static string IdOf(LicenseCandidate candidate) => candidate.Signed!.License.Id;

    private long CoresOf(LedgerReadings readings, DateTimeOffset now) =>
        !readings.IsStopped && readings.LastUsage is { } usage && (now - usage.At).Duration() <= IntervalsUntilGone * IntervalOf(usage.License)
            ? usage.Cores
            : 0;

    private TimeSpan IntervalOf(string license) =>
        LicenseOf(license)?.ReceiptInterval ?? License.DefaultReceiptInterval;
}
