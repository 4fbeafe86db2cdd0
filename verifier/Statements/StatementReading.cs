using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// What one ledger says about a chain and a period, added up receipt by receipt in one pass. It holds no receipt; what
/// grows with the ledger are the windows of peak cores and nothing else. Not thread-safe.
/// </summary>
/// <param name="ledger">The ledger's name.</param>
/// <param name="chain">What is asked about.</param>
internal sealed class StatementReading(string ledger, StatementChain chain)
{
    private readonly Dictionary<string, bool> _isProven = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlySet<string>> _proofs = new(StringComparer.Ordinal);
    private readonly StatementNotCounted _notCounted = new();
    private readonly long _longestInterval = chain.Licenses.Max(license => chain.IntervalOf(license.Id)!.Value);
    private StatementWindows _windows = new(chain.WindowSeconds);
    private long _size;

    // The receipt interval of the license that was named last: 0 for none of the chain, null where that is not known.
    private long? _interval;
    private bool _isStopped;
    private bool _isPast;

    /// <summary>The ledger's name.</summary>
    public string Ledger { get; } = ledger;

    /// <summary>Whether the ledger proves a license of the chain in the period; else it has no line of its own.</summary>
    public bool IsOfChain { get; private set; }

    /// <summary>The first <c>seq</c> in the period; null while there is none.</summary>
    public long? FirstSeq { get; private set; }

    /// <summary>The last <c>seq</c> in the period; null while there is none.</summary>
    public long? LastSeq { get; private set; }

    /// <summary>What the receipts of the period add up to.</summary>
    public StatementUse Itemised { get; private set; }

    /// <summary>What meter readings show beyond that, across missing receipts.</summary>
    public StatementUse NotItemised => Meters.NotItemised;

    /// <summary>The part of both that lies in no license's term.</summary>
    public StatementUse OutOfTerm { get; private set; }

    /// <summary>The part of both that counts toward the quota's period.</summary>
    public StatementUse TowardQuota { get; private set; }

    /// <summary>Meter readings, held against the sums.</summary>
    public StatementMeters Meters { get; } = new();

    /// <summary>The most cores at once that a receipt names.</summary>
    public long LargestCores { get; private set; }

    /// <summary>Starts after an end that was not a <c>stop</c>.</summary>
    public long UncleanStarts { get; private set; }

    /// <summary>The most time that the ends before those starts can have lost, in seconds.</summary>
    public long LossSeconds { get; private set; }

    /// <summary>Receipts of kinds that only a newer version knows.</summary>
    public long NewerKinds { get; private set; }

    /// <summary>
    /// Whether nothing of the period can still be to come: the last receipt is at or past its end, or a <c>stop</c>. Earlier
    /// ones tell nothing: a clock that was far ahead, and then mended or reset, leaves receipts of times that are still to come.
    /// </summary>
    public bool IsComplete => _isStopped || _isPast;

    /// <summary>The <c>at</c> of the last receipt at hand; null while there is none.</summary>
    public DateTimeOffset? KnownUntil { get; private set; }

    /// <summary>Use that is named and not counted.</summary>
    public IEnumerable<(string License, NotCountedReason Reason, StatementUse Use)> NotCounted => IsOfChain
        ? _notCounted.All
        : _notCounted.All.Where(entry => chain.Contains(entry.License));

    /// <summary>The licenses that are none of the chain, under which there was use; the first few, as <see cref="StatementNotCounted"/> keeps them apart.</summary>
    public IEnumerable<string> OtherLicenses => _notCounted.All.Where(static entry => entry.Reason == NotCountedReason.OtherLicense).Select(static entry => entry.License);

    /// <summary>Adds a receipt. One with a <c>seq</c> that was added already changes nothing.</summary>
    public void Add(Receipt receipt)
    {
        if (receipt.Seq < _size)
            return;
        var isInPeriod = chain.Period.Holds(receipt.At);
        if (receipt.Seq > _size)
        {
            Meters.Miss(_size, receipt.Seq - 1, isInPeriod);
            _interval = null;
        }

        _size = receipt.Seq + 1;
        KnownUntil = receipt.At;
        _isStopped = receipt is StopReceipt;
        _isPast = receipt is not ResetReceipt && receipt.At >= chain.Period.End;
        if (isInPeriod)
        {
            FirstSeq ??= receipt.Seq;
            LastSeq = receipt.Seq;
        }

        switch (receipt)
        {
            case StartReceipt { Clean: 0 } when isInPeriod:
                AddUncleanStart();
                break;
            case LicenseReceipt license:
                Add(license, isInPeriod);
                break;
            case UsageReceipt usage:
                Add(usage, isInPeriod);
                break;
            case ClockReceipt or ResetReceipt when isInPeriod:
                _windows.LeaveOut(receipt.At);
                break;
            case UnknownReceipt when isInPeriod:
                NewerKinds++;
                break;
        }
    }

    /// <summary>Hands over the windows of peak cores, which are too many to be kept for every ledger.</summary>
    public StatementWindows TakeWindows()
    {
        var taken = _windows;
        _windows = new StatementWindows(chain.WindowSeconds);
        return taken;
    }

    private void AddUncleanStart()
    {
        // What ran before the start lost an interval of its own license; where that is not known, the longest counts.
        if (_interval == 0)
            return;
        UncleanStarts++;
        LossSeconds += _interval ?? _longestInterval;
    }

    private void Add(LicenseReceipt license, bool isInPeriod)
    {
        _interval = chain.IntervalOf(license.License) ?? 0;
        if (!chain.HasText(license.License))
            return;

        // A text has up to 64 KiB, and a stranger's ledger can name it in every receipt: hash it once.
        if (!_proofs.TryGetValue(license.License, out var proofs))
            _proofs.Add(license.License, proofs = chain.ProofsOf(license.License, Ledger));
        var isProven = proofs.Contains(license.Holds);
        _isProven[license.License] = isProven && !chain.IsBoundElsewhere(license.License, Ledger);
        IsOfChain |= isProven && isInPeriod;
    }

    private void Add(UsageReceipt usage, bool isInPeriod)
    {
        var isProven = _isProven.GetValueOrDefault(usage.License);
        var counts = isProven && isInPeriod;
        var beyond = chain.Contains(usage.License) ? Meters.Read(usage, isInPeriod, counts) : default;
        if (!isInPeriod)
            return;
        var use = new StatementUse(usage.Seconds, usage.CoreSeconds);
        if (!counts)
        {
            _notCounted.Add(usage.License, WhyNot(usage.License), use);
            return;
        }

        IsOfChain = true;
        Itemised += use;
        LargestCores = Math.Max(LargestCores, usage.Cores);
        _windows.Add(usage);
        if (!chain.IsInTerm(usage.At))
            OutOfTerm += use + beyond;
        if (chain.CountsTowardQuota(usage.License, usage.At))
            TowardQuota += use + beyond;
    }

    private NotCountedReason WhyNot(string license) =>
        license.Length == 0 ? NotCountedReason.NoLicense
        : !chain.Contains(license) ? NotCountedReason.OtherLicense
        : !chain.HasText(license) ? NotCountedReason.NoText
        : chain.IsBoundElsewhere(license, Ledger) ? NotCountedReason.WrongInstallation
        : _isProven.ContainsKey(license) ? NotCountedReason.Altered
        : NotCountedReason.NoProof;
}
