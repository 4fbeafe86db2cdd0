using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What one ledger says, added up receipt by receipt: all that a node goes on from after a restart, and all that a
/// verdict takes from it. Not thread-safe.
/// </summary>
/// <param name="acknowledgedSize">Receipts before this one are in the vendor's last reply.</param>
/// <param name="exportedSize">Receipts before this one have been exported.</param>
internal sealed partial class LedgerReadings(long acknowledgedSize = 0, long exportedSize = 0)
{
    private readonly Dictionary<string, (long Seconds, long CoreSeconds)> _totals = new(StringComparer.Ordinal);
    private readonly DaysOfUse _acknowledged = new();
    private readonly DaysOfUse _later = new();
    private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _replyNumbers = new(StringComparer.Ordinal);
    private readonly MarkOfTime _mark = new();

    /// <summary>The ledger's name; "" where it is not known.</summary>
    public string Ledger { get; init; } = "";

    /// <summary>The receipt that the ledger begins with, which says whether it follows another; null while there is none.</summary>
    public StartReceipt? Begun { get; private set; }

    /// <summary>How many receipts were added up: one more than the last <c>seq</c>.</summary>
    public long Size { get; private set; }

    /// <summary>The <c>at</c> of the last receipt; null while there is none.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>When the oldest receipt that was never exported was written; null when all were.</summary>
    public DateTimeOffset? OldestUnexported { get; private set; }

    /// <summary>Whether the last receipt is a <c>stop</c>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The license that the next use belongs to; "" for none.</summary>
    public string License { get; private set; } = "";

    /// <summary>The id of the last license that was active, whatever is now; null if none ever was.</summary>
    public string? LastLicense { get; private set; }

    /// <summary>The ids of all licenses that ever were active.</summary>
    public IReadOnlySet<string> Counted => _counted;

    /// <summary>The ids of the time resets that were applied.</summary>
    public IReadOnlySet<string> Resets => _resets;

    /// <summary>Whether the ledger has said what state it is in: one that was begun just now has not.</summary>
    public bool HasState { get; private set; }

    public LicenseState State { get; private set; } = LicenseState.Unlicensed;

    /// <summary>The reasons that held at the last <c>state</c> receipt.</summary>
    public IReadOnlyList<HeldReason> Held { get; private set; } = [];

    /// <summary>Open time in Licensed, ever.</summary>
    public long LicensedSeconds { get; private set; }

    /// <summary>Open time in Grace since last Licensed.</summary>
    public long GraceSeconds { get; private set; }

    /// <summary>Whether the ledger ever was Licensed.</summary>
    public bool WasLicensed { get; private set; }

    /// <summary>
    /// Whether a start was not clean and no use in Grace has been written since: the next one contains one interval more,
    /// for the one that may have been lost.
    /// </summary>
    public bool OwesInterval { get; private set; }

    /// <summary>The newest reply taken in under each license, by its id.</summary>
    public IReadOnlyDictionary<string, long> ReplyNumbers => _replyNumbers;

    /// <summary>The newest trust document taken in; 0 for none.</summary>
    public long TrustVersion { get; private set; }

    /// <summary>The time that can no longer be undone; null while there is none.</summary>
    public DateTimeOffset? Mark => _mark.Value;

    /// <summary>The last usage receipt; null while there is none.</summary>
    public UsageReceipt? LastUsage { get; private set; }

    /// <summary>Meter readings of one license in this ledger.</summary>
    public (long Seconds, long CoreSeconds) TotalsOf(string license) => _totals.GetValueOrDefault(license);

    /// <summary>Use by license and day.</summary>
    public IEnumerable<DayOfUse> Days => _acknowledged.Days(isAcknowledged: true).Concat(_later.Days(isAcknowledged: false));

    /// <summary>Adds the next receipt.</summary>
    public void Add(Receipt receipt)
    {
        Size = receipt.Seq + 1;
        LastAt = receipt.At;
        AddToDays(receipt);
        IsStopped = receipt is StopReceipt;
        switch (receipt)
        {
            case StartReceipt start:
                Begun ??= start;
                OwesInterval |= start.Clean == 0;
                break;
            case LicenseReceipt license:
                License = license.License;
                if (license.License.Length > 0)
                {
                    LastLicense = license.License;
                    _counted.Add(license.License);
                }

                break;
            case StateReceipt state:
                HasState = true;
                State = state.State.Known ?? State;
                Held = state.Reasons;
                WasLicensed |= state.State.Known == LicenseState.Licensed;
                break;
            case UsageReceipt usage:
                Add(usage);
                break;
            case ReplyReceipt reply:
                _replyNumbers[LastLicense ?? ""] = Math.Max(_replyNumbers.GetValueOrDefault(LastLicense ?? ""), reply.Number);
                break;
            case ResetReceipt reset:
                _resets.Add(reset.Reset);
                _mark.Reset(reset.Mark);
                break;
            case TrustReceipt trust:
                TrustVersion = Math.Max(TrustVersion, trust.Version);
                break;
        }
    }

    /// <summary>Takes over from the ledger that this one follows what none of its own receipts says.</summary>
    public void CarryOn(LedgerReadings followed)
    {
        if (LastUsage is null)
            (LicensedSeconds, GraceSeconds) = (followed.LicensedSeconds, followed.GraceSeconds);
        WasLicensed |= followed.WasLicensed;
        LastLicense ??= followed.LastLicense;

        // A reply that came before any license was to the licensee of the last one.
        if (LastLicense is { } last && _replyNumbers.Remove("", out var number))
            _replyNumbers[last] = Math.Max(_replyNumbers.GetValueOrDefault(last), number);
    }

    private void Add(UsageReceipt usage)
    {
        LastUsage = usage;
        _totals[usage.License] = (usage.TotalSeconds, usage.TotalCoreSeconds);
        LicensedSeconds = usage.LicensedSeconds;
        GraceSeconds = usage.GraceSeconds;
        if (usage.State.Known == LicenseState.Grace)
            OwesInterval = false;
        _mark.Add(usage.From, usage.At, usage.OpenSeconds);
    }

    // What the vendor has, and what left, is known of receipts by their number alone.
    private void AddToDays(Receipt receipt)
    {
        if (receipt.Seq >= exportedSize)
            NoteUnexported(receipt.At);
        if (receipt is UsageReceipt usage)
            (usage.Seq < acknowledgedSize ? _acknowledged : _later).Add(usage);
    }

    private void NoteUnexported(DateTimeOffset at)
    {
        if (!(OldestUnexported <= at))
            OldestUnexported = at;
    }
}
