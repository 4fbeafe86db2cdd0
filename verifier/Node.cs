using System.Diagnostics.CodeAnalysis;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier;

/// <summary>
/// One running instance of a product: it knows by which license it runs, says whether new work may begin, meters the
/// work, and writes signed receipts. It reaches for no network, never stops anything, and always opens.
/// </summary>
/// <remarks>
/// All members are thread-safe. <see cref="Verdict"/> costs a memory read; <see cref="TryBegin"/> and
/// <see cref="Usage.Dispose"/> take a lock for a few instructions and never wait for a disk.
/// </remarks>
public sealed class Node : IDisposable
{
    /// <summary>The most cores that one piece of work may take; more is no count of cores.</summary>
    private const int MostCores = 1_000_000;

    private readonly TimeProvider _time;
    private readonly TimeSpan _lookEvery;
    private readonly NodeRecorder _recorder;
    private readonly Meter _meter;
    private readonly LookAlarm _alarm;
    private readonly LicenseWatch? _watch;

    // Where both are taken, the look's comes first. Files and disks are used under the look's alone.
    private readonly Lock _lookGate = new();
    private readonly Lock _meterGate = new();
    private readonly VerdictNews _news;
    private readonly Dictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private volatile Verdict _verdict;
    private bool _isClosed;
    private bool _hasFaulted;

    private Node(NodeOptions options)
    {
        _time = options.TimeProvider;
        _lookEvery = options.LookEvery;
        var clock = new NodeClock(_time);
        var look = clock.Look();
        _meter = new Meter(_time.TimestampFrequency, look.Timestamp, look.Now);
        _recorder = new NodeRecorder(options, clock, _meter, _meterGate);
        _verdict = Guarded(_recorder.Look, unless: null);
        _news = new VerdictNews(_verdict);

        // Set only when all is in its place: it may fire at once, on another thread.
        _alarm = new LookAlarm(_time.CreateTimer(
            static node => ((Node)node!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));

        // The system tells of a change in its own time, and would break into any other.
        if (_time == TimeProvider.System)
            _watch = new LicenseWatch(options.Disk, options.LicenseFolder ?? NodeFolders.LicenseFolder(options.Product), _time, _alarm.Hurry);
        _alarm.Set(UntilNextLook());
    }

    /// <summary>What holds now, at most a second old. Reading it costs a memory read and allocates nothing.</summary>
    public Verdict Verdict => _verdict;

    /// <summary>
    /// Raised when the verdict has become another in more than its figures: state, license, reasons, warnings, files or
    /// dates. Use that goes on is no change, and neither is a date that wavers by less than a minute.
    /// </summary>
    /// <remarks>
    /// Handlers run on the thread pool, one change after another and never two at once, while no lock of the node is held:
    /// they may begin work and may dispose the node. A slow one delays only what is told next: changes meanwhile are told
    /// together, so that every <see cref="VerdictChangedEventArgs.Before"/> is the last <see cref="VerdictChangedEventArgs.After"/>.
    /// What a handler throws is dropped, and the next one is called. Nothing is raised for the verdict that the node opens
    /// with, nor once <see cref="Dispose"/> has begun; a handler that runs at that moment is not waited for.
    /// </remarks>
    public event EventHandler<VerdictChangedEventArgs>? Changed
    {
        add => _news.Changed += value;
        remove => _news.Changed -= value;
    }

    /// <summary>Cores in use by work that this node began, at this moment.</summary>
    public long CoresInUse
    {
        get
        {
            lock (_meterGate)
                return _meter.Cores;
        }
    }

    /// <summary>When the newest receipt of this node's ledger was written (UTC, whole seconds); null while there is none.</summary>
    public DateTimeOffset? LastReceipt => _recorder.LastReceipt;

    /// <summary>How often this node refused that work begins since it was opened, by <see cref="Reason.Code"/>. A copy.</summary>
    public IReadOnlyDictionary<string, long> Refusals
    {
        get
        {
            lock (_meterGate)
                return new Dictionary<string, long>(_refusals, StringComparer.Ordinal);
        }
    }

    /// <summary>
    /// Opens a node. Folders, files, clocks and disks in any condition do not keep it from opening; they show in the
    /// verdict.
    /// </summary>
    /// <param name="options">The product, whom it trusts, and where its files are.</param>
    /// <exception cref="ArgumentException">The product's name is not spelled as one, the variable's is empty, or receipts are to be kept for less than a day.</exception>
    public static Node Open(NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.LicenseVariable is { Length: 0 })
            throw new ArgumentException("the name of the environment variable is empty; null stands for none", nameof(options));
        if (FieldForm.NameProblem(options.Product) is { } problem)
            throw new ArgumentException($"'{options.Product}' is no product name: {problem}", nameof(options));
        if (options.RemoveReceiptsAfter < TimeSpan.FromDays(1))
            throw new ArgumentException("receipts are kept for a day at least; null removes none", nameof(options));
        return new Node(options);
    }

    /// <summary>
    /// Begins a piece of work, if new work may begin. It is metered until the usage is disposed, whatever becomes of the
    /// license meanwhile.
    /// </summary>
    /// <param name="cores">How many cores it takes: 1 to 1,000,000.</param>
    /// <param name="usage">The work; dispose it when it ends.</param>
    /// <param name="why">Why it may not begin, and what mends it.</param>
    /// <returns>Whether it began.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="cores"/> is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The node was closed.</exception>
    public bool TryBegin(int cores, [NotNullWhen(true)] out Usage? usage, [NotNullWhen(false)] out Reason? why)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cores, MostCores);
        lock (_meterGate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            why = Admission.WhyNot(_verdict, _meter.Cores, cores);
            if (why is null && !_recorder.Cores.TryBegin(cores))
                why = Admission.AboveQuota(_recorder.Cores.CountInUse(), cores, _recorder.Cores.Bound!.Value);
            if (why is not null)
            {
                usage = null;
                _refusals[why.Code] = _refusals.GetValueOrDefault(why.Code) + 1;
                return false;
            }

            _meter.Change(_time.GetTimestamp(), cores);
        }

        usage = new Usage(this, cores);
        return true;
    }

    /// <summary>
    /// Closes the node in good order: what was used up to now is written, and the ledger is left to the next process.
    /// Usages that are still open are metered up to now; disposing them later is nothing.
    /// </summary>
    public void Dispose()
    {
        _news.Close();
        lock (_lookGate)
        {
            lock (_meterGate)
            {
                if (_isClosed)
                    return;
                _isClosed = true;
            }

            _alarm.Dispose();
            _watch?.Dispose();
            _verdict = Guarded(_recorder.Stop, unless: _verdict);
            _recorder.Dispose();
        }
    }

    /// <summary>Reaches the verdict of a product's folders without opening a node: nothing is written, no lock is taken.</summary>
    internal static Verdict Peek(NodeOptions options) => Foretell(options).Now;

    /// <summary>The same, and what will become of it of itself.</summary>
    internal static Foretelling Foretell(NodeOptions options) => NodeRecorder.Peek(options);

    /// <summary>Ends a piece of work, once. Never throws.</summary>
    internal void End(Usage usage)
    {
        lock (_meterGate)
        {
            if (_isClosed || !usage.TryEnd())
                return;
            _meter.Change(_time.GetTimestamp(), -usage.Cores);
            _recorder.Cores.End(usage.Cores);
        }
    }

    /// <summary>Looks at time and files now instead of within a second; for tests and for whoever just put a file there.</summary>
    internal void Look()
    {
        lock (_lookGate)
        {
            if (_isClosed)
                return;
            _alarm.LookBegins();
            _watch?.Keep();
            _verdict = Guarded(_recorder.Look, unless: _verdict);
            _alarm.Set(UntilNextLook());
        }

        _news.Tell(this);
    }

    // A look that failed has set no time for the next one, which is not to follow at once, and for ever.
    private TimeSpan UntilNextLook() => _hasFaulted ? _lookEvery : _recorder.NextLook(_lookEvery, _verdict);

    /// <summary>
    /// A mistake in here must not take the product down with it: it shows in the verdict, and the next look tries again.
    /// </summary>
    private Verdict Guarded(Func<Verdict> look, Verdict? unless)
    {
        try
        {
            var verdict = look();
            _hasFaulted = false;
            return verdict;
        }
#pragma warning disable CA1031 // the reason is in the summary
        catch (Exception e)
#pragma warning restore CA1031
        {
            _hasFaulted = true;
            var fault = new Reason
            {
                Code = ReasonCode.Fault,
                Sentence = $"the license verifier failed: {e.GetType().Name}: {e.Message}",
                Mend = "tell the product's vendor; the verifier tries again every second",
            };
            return unless is not null
                ? unless with { Warnings = [.. unless.Warnings.Where(warning => warning.Code != ReasonCode.Fault), fault] }
                : new Verdict { State = LicenseState.Unlicensed, MayBegin = false, At = _time.GetUtcNow(), Reasons = [fault] };
        }
    }
}
