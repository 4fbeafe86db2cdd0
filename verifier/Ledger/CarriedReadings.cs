using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What the readings of a ledger carry on from receipt to receipt, whatever was acknowledged or exported of it: the part of
/// a <see cref="LedgerSummary"/> that <see cref="LedgerReadings"/> goes on from. Each is explained there. Immutable.
/// </summary>
internal sealed record CarriedReadings
{
    /// <summary>The receipt that the ledger begins with.</summary>
    public required StartReceipt Begun { get; init; }

    /// <summary>The state that the ledger is in and its reasons; null while none was said.</summary>
    public required StateReceipt? State { get; init; }

    public required UsageReceipt? LastUsage { get; init; }

    public required DateTimeOffset LastAt { get; init; }

    public required bool IsStopped { get; init; }

    public required bool OwesInterval { get; init; }

    public required bool WasLicensed { get; init; }

    public required long LicensedSeconds { get; init; }

    public required long GraceSeconds { get; init; }

    public required long TrustVersion { get; init; }

    /// <summary>The license that the next use belongs to; "" for none.</summary>
    public required string License { get; init; }

    /// <summary>The last one that was active; "" if none ever was.</summary>
    public required string LastLicense { get; init; }

    public required IReadOnlyList<string> Counted { get; init; }

    public required IReadOnlyList<string> Resets { get; init; }

    /// <summary>The newest reply taken in under each license.</summary>
    public required IReadOnlyList<(string License, long Number)> Replies { get; init; }

    /// <summary>The meter reading of each license.</summary>
    public required IReadOnlyList<(string License, long Seconds, long CoreSeconds)> Totals { get; init; }

    public required DateTimeOffset? Mark { get; init; }

    /// <summary>The usage that the mark is taken from, oldest first.</summary>
    public required IReadOnlyList<EqualIntervals> Marked { get; init; }
}
