using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier;

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
    private readonly LedgerDisk _disk;
    private readonly StateFolder _state;
    private readonly Dictionary<string, (long Stamp, LedgerReadings Readings)> _others = new(StringComparer.Ordinal);
    private IReadOnlyList<LicenseCandidate> _kept;
    private long? _readWithReply;

    public NodeView(NodeOptions options, LedgerDisk disk, StateFolder state, string installation)
    {
        _options = options;
        _disk = disk;
        _state = state;
        Installation = installation;
        _folder = new LicenseFolder(options.LicenseFolder ?? NodeFolders.LicenseFolder(options.Product), options.Trust);
        _kept = _state.KeptLicenses(options.Trust);
        Exports = ExportsLog.Read(_disk, _state.Path);
    }

    public string Installation { get; }

    /// <summary>All licenses at hand, those of the folder first.</summary>
    public IReadOnlyList<LicenseCandidate> Candidates => [.. _folder.Licenses, .. _kept];

    /// <summary>The newest reply whose signature counts.</summary>
    public Reply? Reply { get; private set; }

    /// <summary>The file that <see cref="Reply"/> was read from, to keep a copy.</summary>
    public ReadOnlyMemory<byte> ReplyBytes { get; private set; }

    /// <summary>The ledgers other than the own one, as far as they are durable.</summary>
    public IEnumerable<LedgerReadings> Others => _others.Values.Select(entry => entry.Readings);

    public ExportsLog Exports { get; private set; }

    /// <summary>Looks at the license folder; true if something in it changed.</summary>
    public bool LookAtLicenses() => _folder.Look();

    /// <summary>
    /// Takes the newest reply of the folder and the kept copy: one for this product and licensee, by a key that a
    /// license for it names. Numbers never go back.
    /// </summary>
    public void TakeReply()
    {
        var ours = Candidates.Select(candidate => candidate.Signed?.License).OfType<License>()
            .Where(license => license.Product == _options.Product).ToList();
        var keys = ours.SelectMany(Verifier.Reply.KeysOf).DistinctBy(key => key.ToString(), StringComparer.Ordinal).ToList();
        var files = _folder.Replies.Select(reply => reply.Bytes);
        foreach (var untrusted in _state.KeptReply() is { } kept ? files.Prepend(kept) : files)
        {
            // A file for another customer may lie in the folder of a machine that serves several.
            var reply = Verifier.Reply.Open(untrusted, keys).Document;
            if (reply?.Product != _options.Product || ours.TrueForAll(license => license.Licensee != reply.Licensee))
                continue;
            if (reply.Number > (Reply?.Number ?? 0))
                (Reply, ReplyBytes) = (reply, untrusted);
        }
    }

    /// <summary>
    /// Reads the ledgers that changed since they were last read, but for the own one. What cannot be read now is as it
    /// was when it could.
    /// </summary>
    /// <returns>True if more was exported or acknowledged than before, so that the own ledger adds up differently.</returns>
    public bool RefreshOthers(string? own)
    {
        try
        {
            var exports = ExportsLog.Read(_disk, _state.Path);
            var isMore = exports.Lines.Count != Exports.Lines.Count || Reply?.Number != _readWithReply;
            if (isMore)
                _others.Clear();
            (Exports, _readWithReply) = (exports, Reply?.Number);
            foreach (var folder in LedgerFolder.List(_disk, _state.Path))
                Refresh(folder, own);
            if (own is not null)
                _others.Remove(own);
            return isMore;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Adds up a ledger anew; null if it cannot be read now.</summary>
    public LedgerReadings? Reread(string folder, string name, LedgerReadings before)
    {
        try
        {
            return LedgerScan.Read(_disk, folder) is { } scan ? Read(scan, name, before) : null;
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            return null;
        }
    }

    /// <summary>A license at hand, by its id; the file rather than the kept copy.</summary>
    public LicenseCandidate Find(string license) => Candidates.First(candidate => candidate.Signed?.License.Id == license);

    /// <summary>
    /// Keeps a copy of a license before it is said to be active. A state folder that cannot be written shows in the
    /// ledger too; the license counts all the same.
    /// </summary>
    public void Keep(LicenseCandidate active)
    {
        if (_kept.Any(kept => kept.Bytes.Span.SequenceEqual(active.Bytes.Span)))
            return;
        _state.TryKeep(active);
        _kept = _state.KeptLicenses(_options.Trust);
    }

    /// <summary>Keeps a copy of a reply before it is said to be taken in.</summary>
    public void KeepReply(ReadOnlySpan<byte> reply) => _state.TryKeepReply(reply);

    /// <summary>The number of the newest reply that any ledger of the folder says was taken in.</summary>
    public long RepliedTo(LedgerReadings own) => Others.Append(own).Max(readings => readings.ReplyNumber);

    /// <summary>Cores in use by the other processes of the folder, as their last receipts say.</summary>
    public long CoresOfOthers(DateTimeOffset now) => Others.Sum(readings => CoresOf(readings, now));

    /// <summary>Readings of one ledger, knowing what the vendor and the exports have of it.</summary>
    public LedgerReadings NewReadings(string ledger) =>
        new(acknowledgedSize: Reply?.Find(ledger)?.Size ?? 0, exportedSize: Exports.ExportedUntil(ledger));

    /// <summary>The facts at a moment, over the own ledger and all others.</summary>
    public NodeFacts Facts(OwnFacts own, Instant look)
    {
        LedgerReadings[] all = [own.Readings, .. Others];
        var newest = all.MaxBy(readings => readings.LastAt ?? DateTimeOffset.MinValue)!;
        var counted = all.SelectMany(readings => readings.Counted).ToHashSet(StringComparer.Ordinal);

        // A ledger that ended in Licensed says nothing of a grace that began later, unless it is this one.
        var notices = all.Where(readings => readings.WasLicensed
            && (readings == own.Readings || readings.State is LicenseState.Grace or LicenseState.Lapsed)).ToList();
        var wasLicensed = all.Any(readings => readings.WasLicensed);
        return new NodeFacts
        {
            Product = _options.Product,
            Installation = Installation,
            Built = _options.Built,
            ReplyNumber = Math.Max(Reply?.Number ?? 0, all.Max(readings => readings.ReplyNumber)),
            TrustVersion = all.Max(readings => readings.TrustVersion),
            Counted = counted,
            LastActive = own.Readings.LastLicense ?? newest.LastLicense
                ?? all.OrderByDescending(readings => readings.LastAt).Select(readings => readings.LastLicense).FirstOrDefault(id => id is not null),
            LicensedSeconds = all.Max(readings => readings.LicensedSeconds),
            GraceSeconds = !wasLicensed ? null
                : (notices.Count == 0 ? 0 : notices.Min(readings => readings.GraceSeconds)) + own.GraceSecondsSince,
            Held = own.Readings.LastAt is not null && own.IsRunning ? own.Readings.Held : newest.Held,
            Use = new UseOfMinutes([.. all.SelectMany(readings => readings.Days), .. own.Pending], Reply?.Used ?? []),
            CoresInUse = own.Cores + CoresOfOthers(look.Now),
            NodeCoresInUse = own.Cores,
            OldestUnexported = all.Select(readings => readings.OldestUnexported).Min(),
            LedgerUnwritable = own.Unwritable,
            LedgerDamaged = own.Damaged,
            LedgerRolledBack = own.RolledBack,
            ClockBehind = look.IsBehind ? look.Wall : null,
        };
    }

    /// <summary>Adds up a ledger as far as it can be read.</summary>
    public LedgerReadings Read(LedgerScan scan, string name, LedgerReadings? before = null)
    {
        var readings = NewReadings(name);
        if (before is not null)
            readings.CarryOn(before);
        foreach (var entry in scan.Receipts(_disk))
            readings.Add(entry.Receipt);
        return readings;
    }

    private void Refresh(string folder, string? own)
    {
        var name = $"{Installation}/{Path.GetFileName(folder)}";
        if (name == own)
            return;
        try
        {
            var stamp = StampOf(folder);
            if (_others.TryGetValue(name, out var known) && known.Stamp == stamp)
                return;
            if (LedgerScan.Read(_disk, folder) is { } scan)
                _others[name] = (stamp, Read(scan, name));
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            // It may be in the middle of being put in place: the next look reads it.
        }
    }

    // A ledger only grows, and only at its end.
    private long StampOf(string folder)
    {
        var newest = _disk.List(folder).LastOrDefault(LedgerSegment.IsSegment);
        if (newest is null)
            return 0;
        using var file = _disk.OpenRead(Path.Combine(folder, newest));
        return file.Length + LedgerSegment.StartOf(newest);
    }

    private static long CoresOf(LedgerReadings readings, DateTimeOffset now) =>
        !readings.IsStopped && readings.LastUsage is { } usage && now - usage.At <= IntervalsUntilGone * (usage.At - usage.From)
            ? usage.Cores
            : 0;
}

/// <summary>What a running node adds to what its folders say.</summary>
internal sealed record OwnFacts
{
    /// <summary>The own ledger's readings; empty while there is none.</summary>
    public required LedgerReadings Readings { get; init; }

    /// <summary>Whether this process has written its own state; before that, the newest ledger speaks for the node.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Cores in use now.</summary>
    public long Cores { get; init; }

    /// <summary>Use that is in no receipt yet.</summary>
    public IReadOnlyList<DayOfUse> Pending { get; init; } = [];

    /// <summary>Open time in Grace that is in no receipt yet, in seconds.</summary>
    public long GraceSecondsSince { get; init; }

    /// <summary>Why receipts cannot be written; null when they can.</summary>
    public string? Unwritable { get; init; }

    /// <summary>What was found damaged when the ledger was opened.</summary>
    public string? Damaged { get; init; }

    /// <summary>What the ledger lost.</summary>
    public string? RolledBack { get; init; }
}
