using System.Diagnostics.CodeAnalysis;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// What a node writes down: its own ledger, the readings it goes on from, and what could not be written yet. Receipts
/// are recorded in memory and become durable together in <see cref="Flush"/>: each once, and in their order, also when a
/// write fails and nobody can say whether it reached the disk. Not thread-safe: its node writes from one place.
/// </summary>
/// <param name="state">Where ledgers are.</param>
/// <param name="view">What knows how much of each was exported and acknowledged.</param>
internal sealed class NodeJournal(StateFolder state, NodeView view) : IDisposable
{
    /// <summary>
    /// How many receipts wait for a disk that cannot be written: a day of them at one a second, the shortest interval, and most
    /// of a year at the usual one. They take some 20 MB then.
    /// </summary>
    public const int MostWaiting = 100_000;

    /// <summary>How long a disk that refused is left alone.</summary>
    public static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, SignedLicense> _texts = new(StringComparer.Ordinal);
    private readonly List<Receipt> _waiting = [];
    private LedgerWriter? _writer;
    private string? _folder;
    private DateTimeOffset? _triedAt;

    // What a failed append was to write: the first of those that wait. They may be in the ledger all the same.
    private Receipt[] _inDoubt = [];

    // What usage in the ledger belongs to, and what usage recorded next will.
    private (LicenseReceipt? License, StateReceipt? State) _written;
    private (LicenseReceipt? License, StateReceipt? State) _recorded;
    private bool _wereTooMany;

    /// <summary>What the own ledger says. Empty while none could be opened yet.</summary>
    public LedgerReadings Readings { get; private set; } = new();

    /// <summary>The own ledger's name, also while it cannot be written; null while none could be opened yet.</summary>
    public string? Name { get; private set; }

    /// <summary>What was found damaged when the ledger was opened; null for nothing.</summary>
    public string? Damage { get; private set; }

    /// <summary>Why receipts cannot be written; null when they can.</summary>
    public string? Problem { get; private set; }

    /// <summary>What the operator can do about <see cref="Problem"/>, where that is known.</summary>
    public string? ProblemMend { get; private set; }

    /// <summary>How many segments were begun in ledgers that this process writes: with each, the one before was closed.</summary>
    public int Rolls { get; private set; }

    /// <summary>Usage that waits to be written.</summary>
    public IEnumerable<UsageReceipt> WaitingUsage => _waiting.OfType<UsageReceipt>();

    /// <summary>The ledger's running figures with all that waits.</summary>
    public UsageTotals Totals()
    {
        var totals = new UsageTotals(Readings);
        foreach (var receipt in _waiting.Where(receipt => receipt is StartReceipt or UsageReceipt))
            Complete(receipt, totals);
        return totals;
    }

    /// <summary>Takes a ledger, if it can be had; else <see cref="Flush"/> tries again.</summary>
    public void Open(DateTimeOffset now)
    {
        _triedAt = now;
        TryOpen(now);
    }

    /// <summary>
    /// Labels the start of a ledger that was taken up with effective time, which is known only when the ledger is read.
    /// </summary>
    public void LabelStart(DateTimeOffset at)
    {
        if (_waiting is [StartReceipt start, ..])
            _waiting[0] = start with { At = at };
    }

    /// <summary>Records a receipt; what depends on the ledger (number, proof, totals) is filled in when it is written.</summary>
    /// <exception cref="ArgumentException">No ledger could hold it: a fault of the program, and nothing is recorded.</exception>
    public void Record(Receipt receipt)
    {
        // Once it waited, nothing behind it could ever be written.
        _ = ReceiptLine.Print(receipt with { Seq = Limits.Number });
        _recorded = Followed(_recorded, receipt);
        if (_waiting.Count < MostWaiting)
            _waiting.Add(receipt);
        else
            _wereTooMany = true;
    }

    /// <summary>Records that a license is active from here on.</summary>
    public void RecordLicense(DateTimeOffset at, SignedLicense? license)
    {
        if (license is not null)
            _texts[license.License.Id] = license;
        Record(new LicenseReceipt { At = at, License = license?.License.Id ?? "", Holds = "" });
    }

    /// <summary>Writes all that was recorded; what cannot be written stays, and is tried again by a later call.</summary>
    /// <param name="now">The time, for leaving a disk alone that refused a moment ago.</param>
    /// <param name="isLast">Whether there will be no later call, so that the disk is not left alone.</param>
    public void Flush(DateTimeOffset now, bool isLast = false)
    {
        if (_waiting.Count == 0 && Problem is null && _writer is not null)
            return;
        if (_writer is null)
        {
            if (!isLast && _triedAt is { } tried && (now - tried).Duration() < TryAgainAfter)
                return;
            _triedAt = now;
            if (!TryOpen(now))
                return;
        }

        if (_waiting.Count > 0 && !TryAppend())
            return;
        Problem = null;
        if (!_wereTooMany)
            return;

        // What was left out may have been a license or a state: what follows is told whose it is.
        _wereTooMany = false;
        _waiting.AddRange(Whose(_recorded, now));
        if (!TryAppend())
            _wereTooMany = true;
    }

    /// <summary>Adds up the own ledger anew, when it is known of more of its receipts that they were exported or acknowledged.</summary>
    public void Reread()
    {
        // Also while it cannot be written; what may or may not have been written then is none of it yet.
        if (Name is not null && view.Reread(_folder!, Name, Readings) is { } readings)
            Readings = readings;
    }

    /// <summary>
    /// Goes over to another ledger if this one lost what the vendor has, as a reply that came meanwhile shows. What waits
    /// is written there; the old one stays as it is, without a stop, since a receipt more would be of a second history.
    /// </summary>
    public void LeaveIfLost(DateTimeOffset now)
    {
        if (_writer is null || !state.HasLost(view, _writer.Folder))
            return;
        Dispose();
        Open(now);
    }

    /// <summary>Lets go of the ledger; what waits is lost.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private bool TryAppend()
    {
        // The next segment begins with what its use belongs to, as after a start, so that every file proves itself.
        var isRoll = _writer!.IsFull;
        if (isRoll && _waiting[0] is not (StartReceipt or LicenseReceipt))
            _waiting.InsertRange(0, Whose(_written, Readings.LastAt!.Value));
        var totals = new UsageTotals(Readings);
        var receipts = new Receipt[_waiting.Count];
        for (var i = 0; i < receipts.Length; i++)
            receipts[i] = Complete(_waiting[i], totals) with { Seq = Readings.Size + i };
        try
        {
            _writer.Append(receipts);
        }
        catch (LedgerDiskException e)
        {
            _inDoubt = receipts;
            (Problem, ProblemMend) = (e.Message, e.Mend);
            Dispose();
            return false;
        }

        Rolls += isRoll ? 1 : 0;
        Array.ForEach(receipts, Readings.Add);
        HaveWritten(receipts);
        return true;
    }

    // The receipts stand at the front of those that wait.
    private void HaveWritten(Receipt[] receipts)
    {
        _written = receipts.Aggregate(_written, Followed);
        _waiting.RemoveRange(0, receipts.Length);
    }

    private Receipt Complete(Receipt receipt, UsageTotals totals)
    {
        switch (receipt)
        {
            case StartReceipt start:
                totals.Pass(start);
                return start;
            case UsageReceipt usage:
                return totals.Complete(usage, IntervalOf(usage.License));
            case LicenseReceipt { License.Length: > 0 } license:
                return license with { Holds = LicenseHolding.Of(_writer!.Ledger, _texts[license.License].TextBytes) };
            default:
                return receipt;
        }
    }

    private TimeSpan IntervalOf(string license) =>
        _texts.TryGetValue(license, out var text) ? text.License.ReceiptInterval : License.DefaultReceiptInterval;

    [MemberNotNullWhen(true, nameof(_writer))]
    private bool TryOpen(DateTimeOffset now)
    {
        OpenedLedger? opened = null;
        try
        {
            // What waits was recorded after the process took the ledger, also where it could not take it then.
            opened = state.TakeLedger(view, _folder, _waiting.Count > 0 && _waiting[0].At < now ? _waiting[0].At : now);
            GoOnIn(opened);
            (_writer, _folder, Name) = (opened.Writer, opened.Writer.Folder, opened.Writer.Ledger);
            (Readings, Damage, Problem) = (opened.Readings, opened.Damage ?? Damage, null);
            return true;
        }
        catch (Exception e) when (e is IOException or KeyFileException or ReceiptsDamageException)
        {
            opened?.Writer.Dispose();
            (Problem, ProblemMend) = (e.Message.TrimEnd('.'), (e as LedgerDiskException)?.Mend ?? (e as KeyFileException)?.Mend);
            return false;
        }
    }

    /// <summary>
    /// What waits goes on where the process left off in its ledger; anywhere else it comes after a start, and after the
    /// license and the state that it belongs to. What a failed append did write is not written again.
    /// </summary>
    private void GoOnIn(OpenedLedger opened)
    {
        var size = Readings.Size;
        if (_inDoubt.Length > 0 && state.ReceiptsFrom(_folder!, size).Take(_inDoubt.Length).SequenceEqual(_inDoubt))
        {
            size += _inDoubt.Length;
            HaveWritten(_inDoubt);
        }

        _inDoubt = [];
        var isWhereItWas = opened.Writer.Ledger == Name && opened.Readings.Size == size;
        if (isWhereItWas)
            return;
        _waiting.RemoveAll(static receipt => receipt is StartReceipt);
        if (Name is not null)
            _waiting.InsertRange(0, Whose(_written, opened.Start?.At ?? opened.Readings.LastAt!.Value));
        if (opened.Start is { } start)
            _waiting.Insert(0, start);
    }

    private static IEnumerable<Receipt> Whose((LicenseReceipt? License, StateReceipt? State) usage, DateTimeOffset at)
    {
        if (usage.License is { } license)
            yield return license with { At = at };
        if (usage.State is { } state)
            yield return state with { At = at };
    }

    private static (LicenseReceipt? License, StateReceipt? State) Followed(
        (LicenseReceipt? License, StateReceipt? State) before, Receipt receipt) =>
        (receipt as LicenseReceipt ?? before.License, receipt as StateReceipt ?? before.State);
}

/// <summary>A ledger that was opened for writing.</summary>
internal sealed record OpenedLedger
{
    public required LedgerWriter Writer { get; init; }

    /// <summary>What it says so far.</summary>
    public required LedgerReadings Readings { get; init; }

    /// <summary>The start receipt that is to come next; null when the ledger was begun just now, which has one.</summary>
    public required StartReceipt? Start { get; init; }

    /// <summary>What is damaged in ledgers of the folder; null for nothing.</summary>
    public required string? Damage { get; init; }
}
