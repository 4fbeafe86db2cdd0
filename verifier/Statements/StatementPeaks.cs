using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// How many cores were in use at one moment over all ledgers, from two sides. Receipts tell sums over windows and the
/// most at once on one node, so nobody can know the figure: it lies from <see cref="Surely"/> to <see cref="Possibly"/>.
/// Order of ledgers and of receipts does not matter.
/// </summary>
/// <param name="windowSeconds">Length of a window, a divisor of a day.</param>
internal sealed class StatementPeaks(long windowSeconds)
{
    /// <summary>How far the clocks of two nodes that are kept in order may be apart.</summary>
    public const long SkewSeconds = 10;

    private readonly Dictionary<long, Int128> _coreSeconds = [];
    private readonly Dictionary<long, Int128> _coresOverTwo = [];
    private readonly SortedSet<long> _leftOut = [];
    private long _mostOnOneNode;

    /// <summary>Adds the windows of one ledger.</summary>
    public void Add(StatementWindows ledger)
    {
        _mostOnOneNode = Math.Max(_mostOnOneNode, ledger.Most);
        _leftOut.UnionWith(ledger.LeftOut);
        foreach (var (window, (coreSeconds, cores)) in ledger.Windows)
        {
            Increase(_coreSeconds, window, Int128.Min(coreSeconds, (Int128)cores * windowSeconds));
            Increase(_coresOverTwo, window, Math.Max(cores, ledger.CoresIn(window + 1)));
            if (!ledger.Windows.ContainsKey(window - 1))
                Increase(_coresOverTwo, window - 1, cores);
        }
    }

    /// <summary>
    /// The most that was in use for certain: the most on one node, or the mean over a window, widened by the skew.
    /// Windows in which a clock was set stay out of the mean.
    /// </summary>
    public Int128 Surely() => _coreSeconds
        .Where(window => !_leftOut.Contains(window.Key))
        .Select(window => window.Value / (windowSeconds + SkewSeconds))
        .Append(_mostOnOneNode)
        .Max();

    /// <summary>The most that can have been in use: each node's most over a window and the next, all at one moment.</summary>
    public Int128 Possibly() => _coresOverTwo.Values.Append(0).Max();

    /// <summary>The spans of windows left out, neighbours joined; the end is exclusive.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> LeftOut()
    {
        long? first = null;
        foreach (var window in _leftOut)
        {
            first ??= window;
            if (_leftOut.Contains(window + 1))
                continue;
            yield return (Time(first.Value), Time(window + 1));
            first = null;
        }
    }

    private DateTimeOffset Time(long window) => DateTimeOffset.FromUnixTimeSeconds(window * windowSeconds);

    private static void Increase(Dictionary<long, Int128> sums, long window, Int128 by) =>
        sums[window] = sums.GetValueOrDefault(window) + by;
}

/// <summary>The use of one ledger by windows, which are counted from 1970 and so begin with every midnight.</summary>
/// <param name="windowSeconds">Length of a window, a divisor of a day.</param>
internal sealed class StatementWindows(long windowSeconds)
{
    private readonly Dictionary<long, (Int128 CoreSeconds, long Cores)> _windows = [];
    private readonly HashSet<long> _leftOut = [];

    public IReadOnlyDictionary<long, (Int128 CoreSeconds, long Cores)> Windows => _windows;

    /// <summary>The windows in which the clock was set or the time reset.</summary>
    public IReadOnlySet<long> LeftOut => _leftOut;

    /// <summary>The most cores at once that any receipt names.</summary>
    public long Most { get; private set; }

    public long CoresIn(long window) => _windows.GetValueOrDefault(window).Cores;

    public void Add(UsageReceipt usage)
    {
        Most = Math.Max(Most, usage.Cores);
        if (usage.Cores == 0)
            return;
        var window = WindowOf(usage.From);
        if (usage.From <= usage.At && WindowBefore(usage.At) <= window)
        {
            Add(window, usage.CoreSeconds, usage.Cores);
            return;
        }

        // It reaches out of its window: a machine that stood still, or an interval of another length. When in it the
        // cores were in use nobody knows, so it adds nothing to what is certain, and to both ends of what is possible.
        Add(window, coreSeconds: 0, usage.Cores);
        if (WindowBefore(usage.At) != window)
            Add(WindowBefore(usage.At), coreSeconds: 0, usage.Cores);
    }

    /// <summary>A receipt at the border between two windows speaks of both.</summary>
    public void LeaveOut(DateTimeOffset at)
    {
        _leftOut.Add(WindowBefore(at));
        _leftOut.Add(WindowOf(at));
    }

    private void Add(long window, long coreSeconds, long cores)
    {
        var sum = _windows.GetValueOrDefault(window);
        _windows[window] = (sum.CoreSeconds + coreSeconds, Math.Max(sum.Cores, cores));
    }

    private long WindowOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / windowSeconds;

    private long WindowBefore(DateTimeOffset end) => (end.ToUnixTimeSeconds() - 1) / windowSeconds;
}
