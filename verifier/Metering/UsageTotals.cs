using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The running figures of a ledger: what each usage receipt says beside its own interval. The writer fills them in by
/// this, and a reader who recomputes them goes the same way.
/// </summary>
internal sealed class UsageTotals(LedgerReadings readings)
{
    private readonly Dictionary<string, (long Seconds, long CoreSeconds)> _totals = new(StringComparer.Ordinal);

    /// <summary>Open time in Licensed, ever, in seconds.</summary>
    public long LicensedSeconds { get; private set; } = readings.LicensedSeconds;

    /// <summary>Open time in Grace since last Licensed, in seconds.</summary>
    public long GraceSeconds { get; private set; } = readings.GraceSeconds;

    /// <summary>Whether the next use in Grace counts an interval more, for the one that a crash may have lost.</summary>
    public bool OwesInterval { get; private set; } = readings.OwesInterval;

    /// <summary>Goes on past a start: one that was not clean adds an interval to the next use in Grace.</summary>
    public void Pass(StartReceipt start) => OwesInterval |= start.Clean == 0;

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
                LicensedSeconds += usage.OpenSeconds;
                GraceSeconds = 0;
                break;
            case LicenseState.Grace:
                GraceSeconds += usage.OpenSeconds + (OwesInterval ? (long)interval.TotalSeconds : 0);
                OwesInterval = false;
                break;
        }

        return usage with
        {
            TotalSeconds = total.Seconds,
            TotalCoreSeconds = total.CoreSeconds,
            LicensedSeconds = LicensedSeconds,
            GraceSeconds = GraceSeconds,
        };
    }
}
