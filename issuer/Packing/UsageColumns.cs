using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Packing;

/// <summary>
/// A usage receipt as ten numbers: what it says beyond the one before it. Four are always written, and six are 0 unless
/// something happened. Sums wrap around, so every receipt comes back, also one that lies. Pure.
/// </summary>
/// <remarks>
/// Always: seconds from <c>from</c> to <c>at</c>; <c>cores</c>; <c>openSeconds</c> that are not <c>seconds</c>; core-seconds
/// that <c>cores</c> would make of <c>seconds</c>, less <c>coreSeconds</c>. Seldom: seconds from the <c>at</c> before to
/// <c>from</c>; <c>openSeconds</c> above what the two times make; and how far above the sum, as a node makes it, are
/// <c>totalSeconds</c>, <c>totalCoreSeconds</c>, <c>licensedSeconds</c> and <c>graceSeconds</c>.
/// </remarks>
internal static class UsageColumns
{
    /// <summary>How many numbers are always written.</summary>
    internal const int Usual = 4;

    /// <summary>How many there are.</summary>
    internal const int All = 10;

    /// <summary>Whether a receipt can be told by its numbers: its words and the begin of its reason are those of the one before.</summary>
    /// <param name="before">The usage receipt before it.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="lines">How many lines after that it stands.</param>
    internal static bool Fits(UsageReceipt before, UsageReceipt receipt, long lines) =>
        receipt.Seq == before.Seq + lines && receipt.Since == before.Since && receipt.State == before.State && receipt.License == before.License;

    /// <summary>Makes numbers of a receipt.</summary>
    /// <param name="before">The usage receipt before it.</param>
    /// <param name="receipt">The receipt.</param>
    /// <param name="numbers">Where they go: all ten.</param>
    internal static void Split(UsageReceipt before, UsageReceipt receipt, Span<long> numbers)
    {
        var (from, at) = (receipt.From.ToUnixTimeSeconds(), receipt.At.ToUnixTimeSeconds());
        var (licensed, grace) = Due(before, receipt.OpenSeconds);
        unchecked
        {
            numbers[0] = at - from;
            numbers[1] = receipt.Cores;
            numbers[2] = receipt.OpenSeconds - receipt.Seconds;
            numbers[3] = (receipt.Cores * receipt.Seconds) - receipt.CoreSeconds;
            numbers[4] = from - before.At.ToUnixTimeSeconds();
            numbers[5] = receipt.OpenSeconds - (at - from);
            numbers[6] = receipt.TotalSeconds - (before.TotalSeconds + receipt.Seconds);
            numbers[7] = receipt.TotalCoreSeconds - (before.TotalCoreSeconds + receipt.CoreSeconds);
            numbers[8] = receipt.LicensedSeconds - licensed;
            numbers[9] = receipt.GraceSeconds - grace;
        }
    }

    /// <summary>The receipt that these numbers were made of; of other numbers, perhaps one that no line has.</summary>
    /// <param name="before">The usage receipt before it.</param>
    /// <param name="lines">How many lines after that it stands.</param>
    /// <param name="numbers">All ten.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not in the calendar.</exception>
    internal static UsageReceipt Join(UsageReceipt before, long lines, ReadOnlySpan<long> numbers)
    {
        unchecked
        {
            var from = before.At.ToUnixTimeSeconds() + numbers[4];
            var open = numbers[0] + numbers[5];
            var seconds = open - numbers[2];
            var coreSeconds = (numbers[1] * seconds) - numbers[3];
            var (licensed, grace) = Due(before, open);
            return before with
            {
                Seq = before.Seq + lines,
                From = DateTimeOffset.FromUnixTimeSeconds(from),
                At = DateTimeOffset.FromUnixTimeSeconds(from + numbers[0]),
                OpenSeconds = open,
                Cores = numbers[1],
                Seconds = seconds,
                CoreSeconds = coreSeconds,
                TotalSeconds = before.TotalSeconds + seconds + numbers[6],
                TotalCoreSeconds = before.TotalCoreSeconds + coreSeconds + numbers[7],
                LicensedSeconds = licensed + numbers[8],
                GraceSeconds = grace + numbers[9],
            };
        }
    }

    // As a node counts them; the state is that of the receipt before.
    private static (long Licensed, long Grace) Due(UsageReceipt before, long open) => before.State.Known switch
    {
        LicenseState.Licensed => (unchecked(before.LicensedSeconds + open), 0),
        LicenseState.Grace => (before.LicensedSeconds, unchecked(before.GraceSeconds + open)),
        _ => (before.LicensedSeconds, before.GraceSeconds),
    };
}
