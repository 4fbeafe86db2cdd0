using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier;

/// <summary>
/// The running figures of a ledger: what each usage receipt says beside its own interval. The writer fills them in by
/// this, and a reader who recomputes them goes the same way.
/// </summary>
internal sealed class UsageTotals(LedgerReadings readings)
{
    private readonly Dictionary<string, (long Seconds, long CoreSeconds)> _totals = new(StringComparer.Ordinal);
    private long _licensedSeconds = readings.LicensedSeconds;
    private long _graceSeconds = readings.GraceSeconds;
    private bool _owesInterval = readings.OwesInterval;

    /// <summary>Fills in the totals of the next usage receipt.</summary>
    /// <param name="usage">The receipt, but for its totals.</param>
    /// <param name="interval">The license's receipt interval: what an unclean start adds to the next use in Grace.</param>
    public UsageReceipt Complete(UsageReceipt usage, TimeSpan interval)
    {
        var (seconds, coreSeconds) = _totals.TryGetValue(usage.License, out var so) ? so : readings.TotalsOf(usage.License);
        var total = (Seconds: seconds + usage.Seconds, CoreSeconds: coreSeconds + usage.CoreSeconds);
        _totals[usage.License] = total;
        switch (usage.State.Known)
        {
            case LicenseState.Licensed:
                _licensedSeconds += usage.OpenSeconds;
                _graceSeconds = 0;
                break;
            case LicenseState.Grace:
                _graceSeconds += usage.OpenSeconds + (_owesInterval ? (long)interval.TotalSeconds : 0);
                _owesInterval = false;
                break;
        }

        return usage with
        {
            TotalSeconds = total.Seconds,
            TotalCoreSeconds = total.CoreSeconds,
            LicensedSeconds = _licensedSeconds,
            GraceSeconds = _graceSeconds,
        };
    }
}
