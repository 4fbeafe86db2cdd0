using System.Diagnostics.CodeAnalysis;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier;

/// <summary>
/// What a node writes down: its own ledger, the readings it goes on from, and what could not be written yet. Receipts
/// are recorded in memory and become durable together in <see cref="Flush"/>. Not thread-safe: its node writes from one
/// place.
/// </summary>
internal sealed class NodeJournal : IDisposable
{
    /// <summary>How many receipts wait for a disk that cannot be written: a month of the usual interval.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>How long a disk that refused is left alone.</summary>
    public static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Func<OpenedLedger> _open;
    private readonly Dictionary<string, SignedLicense> _texts = new(StringComparer.Ordinal);
    private readonly List<Receipt> _waiting = [];
    private LedgerWriter? _writer;
    private DateTimeOffset _triedAt;
    private string? _lastName;
    private LicenseReceipt? _license;
    private StateReceipt? _state;

    /// <param name="open">Takes a ledger, or begins one; called again after a failed write.</param>
    public NodeJournal(Func<OpenedLedger> open)
    {
        _open = open;
        Readings = new LedgerReadings();
        TryOpen();
    }

    /// <summary>What the own ledger says. Empty while no ledger could be opened.</summary>
    public LedgerReadings Readings { get; private set; }

    /// <summary>The own ledger's name; null while there is none.</summary>
    public string? Name => _writer?.Ledger;

    /// <summary>What was found damaged when the ledger was opened; null for nothing.</summary>
    public string? Damage { get; private set; }

    /// <summary>Why receipts cannot be written; null when they can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Usage that waits to be written.</summary>
    public IEnumerable<UsageReceipt> WaitingUsage => _waiting.OfType<UsageReceipt>();

    /// <summary>Records a receipt; what depends on the ledger (number, proof, totals) is filled in when it is written.</summary>
    public void Record(Receipt receipt)
    {
        if (_waiting.Count < MostWaiting)
            _waiting.Add(receipt);
        _license = receipt as LicenseReceipt ?? _license;
        _state = receipt as StateReceipt ?? _state;
    }

    /// <summary>Records that a license is active from here on.</summary>
    public void RecordLicense(DateTimeOffset at, SignedLicense? license)
    {
        if (license is not null)
            _texts[license.License.Id] = license;
        Record(new LicenseReceipt { At = at, License = license?.License.Id ?? "", Holds = "" });
    }

    /// <summary>Writes all that was recorded; what cannot be written stays, and is tried again by the next call.</summary>
    public void Flush(DateTimeOffset now)
    {
        if (_waiting.Count == 0 && Problem is null)
            return;
        if (_writer is null && (now - _triedAt).Duration() < TryAgainAfter)
            return;
        _triedAt = now;
        if (_writer is null && !TryOpen())
            return;

        var totals = new UsageTotals(Readings);
        var receipts = new Receipt[_waiting.Count];
        for (var i = 0; i < receipts.Length; i++)
            receipts[i] = Complete(_waiting[i], totals) with { Seq = Readings.Size + i };
        try
        {
            if (receipts.Length > 0)
                _writer!.Append(receipts);
        }
        catch (LedgerDiskException e)
        {
            Close(e.Message);
            return;
        }

        Array.ForEach(receipts, Readings.Add);
        _waiting.Clear();
        Problem = null;
    }

    /// <summary>Adds up the own ledger anew, when it is known of more of its receipts that they were exported or acknowledged.</summary>
    public void Reread(NodeView view)
    {
        if (_writer is not null && view.Reread(_writer.Folder, _writer.Ledger, Readings) is { } readings)
            Readings = readings;
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private Receipt Complete(Receipt receipt, UsageTotals totals) => receipt switch
    {
        UsageReceipt usage => totals.Complete(usage, IntervalOf(usage.License)),
        LicenseReceipt { License.Length: > 0 } license => license with
        {
            Holds = LicenseHolding.Of(_writer!.Ledger, _texts[license.License].TextBytes),
        },
        _ => receipt,
    };

    private TimeSpan IntervalOf(string license) =>
        _texts.TryGetValue(license, out var text) ? text.License.ReceiptInterval : License.DefaultReceiptInterval;

    [MemberNotNullWhen(true, nameof(_writer))]
    private bool TryOpen()
    {
        try
        {
            var opened = _open();
            (_writer, Readings, Damage) = (opened.Writer, opened.Readings, opened.Damage);
            BeginIn(opened);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyFileException)
        {
            Problem = e.Message;
            return false;
        }
    }

    /// <summary>
    /// What waits goes on in the ledger it was meant for; in another one it comes after a start, and after the license
    /// and the state that it belongs to.
    /// </summary>
    private void BeginIn(OpenedLedger opened)
    {
        if (opened.Writer.Ledger == _lastName)
            return;
        Receipt?[] first = _lastName is null ? [opened.Start] : [opened.Start, _license, _state];
        _waiting.InsertRange(0, first.OfType<Receipt>());
        _lastName = opened.Writer.Ledger;
    }

    private void Close(string problem)
    {
        Problem = problem;
        Dispose();
    }
}

/// <summary>A ledger that was opened for writing.</summary>
/// <param name="Writer">Its writer.</param>
/// <param name="Readings">What it says so far.</param>
/// <param name="Start">The start receipt that is to come first; null when a ledger was begun just now, which has one.</param>
/// <param name="Damage">What is damaged in ledgers of the folder; null for nothing.</param>
internal sealed record OpenedLedger(LedgerWriter Writer, LedgerReadings Readings, StartReceipt? Start, string? Damage);
