using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>
/// A customer's machine in memory with the real node, which does the steps of a history and compares the node with the
/// model after each, and whenever time comes past a moment at which something may change.
/// </summary>
internal sealed partial class Machine : IDisposable
{
    public const string Product = "openvidu-pro";

    private const string Folder = "/machine/licenses";
    private const string State = "/machine/state";

    /// <summary>When this build of the product was made.</summary>
    public static readonly DateTimeOffset Built = Licenses.Day(-10);

    private readonly ManualTime _time = new(Licenses.Begin) { NodesLookWhenItStops = true };
    private readonly TestVendor _vendor = new(Product);
    private readonly TestVendor _stranger = new(Product);
    private readonly Dictionary<string, License> _issued = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Filed> _files = new(StringComparer.Ordinal);
    private readonly List<Usage> _running = [];
    private readonly Model _model;
    private MemoryDisk _disk = new();
    private Node? _node;
    private DateTimeOffset _vendorTime = Licenses.Begin;
    private int _names;
    private int _exports;
    private bool _isJustMended;

    // What the vendor has: all that was mailed.
    private (IReadOnlyList<ReplyLedger> Ledgers, IReadOnlyList<DayOfUse> Used) _mailed = ([], []);

    public Machine()
    {
        _model = new Model(_issued);
        Open(isClean: true);
    }

    /// <summary>Whether new work may begin.</summary>
    public bool MayBegin => _node!.Verdict.MayBegin;

    /// <summary>The cores in use.</summary>
    public long Cores => _node!.CoresInUse;

    /// <summary>How often the node was compared with the model.</summary>
    public long Comparisons { get; private set; }

    private NodeOptions Options => new()
    {
        Product = Product,
        Trust = Trust.Pinned(_vendor.LicenseKey),
        LicenseFolder = Folder,
        StateFolder = State,
        Built = Built,
        TimeProvider = _time,
        Disk = _disk,
        LookEvery = TimeSpan.FromHours(1),
    };

    /// <summary>Does one step.</summary>
    /// <exception cref="HistoryException">Something that must hold does not.</exception>
    public void Do(Step step)
    {
        var (act, a, b) = step;
        switch (act)
        {
            case Act.Pass:
                Pass(TimeSpan.FromSeconds(b % (a % 4 == 0 ? 20_000 : 3_000)));
                break;
            case Act.Run:
                Pass(TimeSpan.FromHours(a % 20 == 0 ? b % 240 : b % 12));
                break;
            case Act.Off:
                var isClean = Close(Ending.Clean);
                LetPass(Long(a, b));
                Open(isClean);
                break;
            case Act.SetClock:
                SetClock(a, b);
                break;
            case Act.Suspend:
                _time.Suspend(Long(a, b));
                _model.Step(Long(a, b));
                _vendorTime += Long(a, b);
                Compare();
                break;
            case Act.Freeze:
                _time.Freeze(Long(a, b));
                _vendorTime += Long(a, b);
                HasRun(_node!.Verdict.State, _model.Freeze((long)Long(a, b).TotalSeconds));
                _time.LetNodesLook();
                Compare();
                break;
            case Act.Put:
                Put(a, b);
                break;
            case Act.PutBad:
                PutBad(a, b);
                break;
            case Act.Spoil:
                Spoil(a);
                break;
            case Act.Remove:
                Remove(a);
                break;
            case Act.Reply:
                Answer();
                break;
            case Act.Export:
                Export();
                break;
            case Act.Begin:
                Begin(1 + (a % 4));
                break;
            case Act.End:
                End(a);
                break;
            case Act.BreakDisk:
                // A node that was never licensed does not tell.
                if (_node!.Verdict.State != LicenseState.Unlicensed)
                    _disk.Fails = static (_, _) => true;
                break;
            case Act.MendDisk:
                MendDisk();
                break;
            case Act.Restart:
                Restart();
                break;
            case Act.Kill:
                Close(Ending.Killed);
                LetPass(TimeSpan.FromSeconds(a % 2 == 0 ? 0 : b % 10_000));
                Open(isClean: false);
                break;
            default:
                throw new ArgumentException($"nobody knows how to {step}", nameof(step));
        }
    }

    /// <summary>The end of a history: all is closed, and everything written is added up.</summary>
    public void End()
    {
        if (_node is not null)
            Close(Ending.Clean);
        Audit();
    }

    public void Dispose()
    {
        _disk.Fails = static (_, _) => false;
        _node?.Dispose();
        _vendor.Dispose();
        _stranger.Dispose();
    }

    private static TimeSpan Long(int a, int b) => (a % 4) switch
    {
        0 => TimeSpan.FromSeconds(b % 600),
        1 => TimeSpan.FromSeconds(b % 40_000),
        2 => TimeSpan.FromMinutes(b % 10_000),
        _ => TimeSpan.FromHours(b % 1_500),
    };

    // In pieces that end wherever the verdict may change, so that the model looks when the node does.
    private void Pass(TimeSpan by)
    {
        while (by > TimeSpan.Zero)
        {
            var verdict = _node!.Verdict;
            var hour = verdict.At.Ticks - (verdict.At.Ticks % TimeSpan.TicksPerHour) + TimeSpan.TicksPerHour;
            var moments = _files.Values.Select(static file => file.License?.From)
                .Append(new DateTimeOffset(hour, TimeSpan.Zero)).Append(verdict.TermEnd).Append(verdict.GraceEnds).Append(verdict.MailBy);
            var piece = moments.Where(moment => moment > verdict.At).Select(moment => moment!.Value - verdict.At).Append(by).Min();
            _time.Advance(piece);
            _vendorTime += piece;
            _model.Pass((long)piece.TotalSeconds);
            HasRun(verdict.State, (long)piece.TotalSeconds);
            by -= piece;
            Compare();
        }
    }

    private void LetPass(TimeSpan time)
    {
        _time.Advance(time);
        _vendorTime += time;
    }

    // Wrong by minutes to months, either way, or right again.
    private void SetClock(int a, int b)
    {
        var before = _time.Wall;
        _time.Wall = (a % 3) switch
        {
            0 => _vendorTime,
            1 => before + Long(b, b / 7),
            _ => before - Long(b, b / 7),
        };
        _model.Step(_time.Wall - before);
        Compare();
    }

    private void Begin(int cores)
    {
        if (_running.Count >= 4)
            return;
        var said = Expected.Of(_node!.Verdict);
        var why = _node.TryBegin(cores, out var usage, out var reason) ? null : reason.Code;
        if (usage is not null)
            _running.Add(usage);
        Must(why == _model.WhyNot(said, cores), $"work was refused for {why ?? "nothing"}, and not for {_model.WhyNot(said, cores) ?? "nothing"}");
        var license = _node.Verdict.License;
        Must(why is null || said.State == LicenseState.Unlicensed || license?.EnforcementInForce != EnforcementRule.Advisory, "an advisory license refused");
        if (why is null)
            _model.Change(cores);
        _node.Look();
        _node.Look();
        Compare();
    }

    private void End(int which)
    {
        if (_running.Count == 0)
            return;
        var usage = _running[which % _running.Count];
        _running.Remove(usage);
        usage.Dispose();
        _model.Change(-usage.Cores);
        _node!.Look();
        _node.Look();
        Compare();
    }

    private void MendDisk()
    {
        // A look that falls into the seconds for which a disk is left alone that refused sees it as it was.
        _disk.Fails = static (_, _) => false;
        _isJustMended = true;
        Pass(TimeSpan.FromSeconds(11));
        _isJustMended = false;
        Must(_node!.Verdict.Reasons.All(static reason => reason.Code != ReasonCode.LedgerUnwritable), "the disk is mended, and nothing is written");
    }

    private void Export()
    {
        var ledgers = LedgerFolder.ScanAll(_disk, State);
        var file = FormattableString.Invariant($"/machine/mail/{++_exports}.receipts");
        try
        {
            var parts = ledgers.Select(scan => LedgerPart.Of(_disk, scan, State)).OfType<LedgerPart>();
            if (LedgerExport.Write(_disk, file, LedgerPlan.Of(parts, static _ => null)) is { } summary)
            {
                ExportsLog.Append(_disk, State, ExactText.WholeSeconds(_time.Wall), summary);
                _model.Export();
                var sizes = ledgers.Where(static scan => scan.Key is not null && scan.Size > 0)
                    .Select(static scan => new ReplyLedger(scan.Key!.Name, scan.Size, ExactText.FormatBase64(scan.Root)))
                    .OrderBy(static ledger => ledger.Ledger, StringComparer.Ordinal);
                _mailed = ([.. sizes], [.. ledgers.SelectMany(scan => Readings(scan).Days)]);
            }
        }
        catch (LedgerDiskException)
        {
            // The operator sees that the disk is full.
        }

        LookTwice();
    }

    private void Answer()
    {
        _disk[$"{Folder}/vendor.reply"] = _vendor.Answer(_vendorTime, "Test Licensee", _mailed.Ledgers, _mailed.Used, null);
        _model.ReplyNumber++;
        LookTwice();
    }

    private LedgerReadings Readings(LedgerScan scan)
    {
        var readings = new LedgerReadings();
        foreach (var entry in scan.Receipts(_disk))
            readings.Add(entry.Receipt);
        return readings;
    }

    private void LookTwice()
    {
        _time.LetNodesLook();
        Compare();
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
            throw new HistoryException(otherwise);
    }
}

/// <summary>Something that must hold in every history does not.</summary>
internal sealed class HistoryException(string message) : Exception(message);
