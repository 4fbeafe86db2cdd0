using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// What a ledger's receipts add up to, as lines that a person can compare: those that the registry keeps beside the
/// receipts, and those that the receipts make when they are read again.
/// </summary>
internal static class LedgerSums
{
    /// <summary>The first difference between what is kept and what the receipts make, in words; null where there is none.</summary>
    /// <param name="transaction">The registry at one moment.</param>
    /// <param name="stored">The ledger.</param>
    /// <param name="account">The account over all of its receipts.</param>
    internal static string? Difference(RegistryTransaction transaction, StoredLedger stored, LedgerAccount account)
    {
        var uses = new UseTable(transaction);
        var stand = uses.Uses(stored.Name);

        // A registry of before there were these columns has them empty for the receipts of that time.
        var isOld = stand.Exists(static use => use.Cores is null);
        var kept = Kept(transaction, stored, stand, isOld).ToHashSet(StringComparer.Ordinal);
        var made = Made(account, isOld).ToHashSet(StringComparer.Ordinal);
        var (extra, missing) = (kept.Except(made).Order(StringComparer.Ordinal).FirstOrDefault(), made.Except(kept).Order(StringComparer.Ordinal).FirstOrDefault());
        return (extra, missing) switch
        {
            (null, null) => null,
            (_, null) => $"the books have '{extra}', and its receipts do not make that",
            (null, _) => $"its receipts make '{missing}', and the books do not have that",
            _ => $"the books have '{extra}', and its receipts make '{missing}'",
        };
    }

    private static IEnumerable<string> Kept(RegistryTransaction transaction, StoredLedger stored, List<ClaimedUse> stand, bool isOld)
    {
        var uses = new UseTable(transaction);
        yield return Standing(stored.Standing);
        foreach (var claim in uses.Claims(stored.Name))
            yield return Claim(claim);
        foreach (var use in stand)
            yield return Use(use.Claim, use.Day, use.Use, isOld ? null : use.Cores);
        foreach (var (license, meter) in uses.Meters(stored.Name))
            yield return Meter(license, meter);
        if (new LineageTable(transaction).Of(stored.Name) is { } lineage)
            yield return Follows(lineage.Followed, lineage.Size, lineage.Root, lineage.BegunAt);
        foreach (var (day, steps) in isOld ? [] : uses.ClockDays(stored.Name, leastSteps: 0))
            yield return Clock(day, steps);
    }

    private static IEnumerable<string> Made(LedgerAccount account, bool isOld)
    {
        yield return Standing(account.Standing);
        foreach (var claim in account.Claims)
            yield return Claim(claim);
        foreach (var ((claim, day), use) in account.Uses)
            yield return Use(claim, day, use, isOld ? null : account.Cores[(claim, day)]);
        foreach (var (license, meter) in account.Meters)
            yield return Meter(license, meter);
        if (account.Begun is { Follows.Length: > 0 } begun)
            yield return Follows(begun.Follows, begun.FollowsSize, begun.FollowsRoot, begun.At);
        foreach (var (day, steps) in isOld ? [] : account.ClockSteps)
            yield return Clock(day, steps);
    }

    private static string Standing(LedgerStanding standing) => Invariant(
        $"{standing.LicensedSeconds} seconds licensed, {standing.GraceSeconds} in grace, up to {(standing.LastAt is { } last ? ExactText.FormatTime(last) : "nothing")}{(standing.IsCarriedOver ? ", carried over" : "")}{(standing.OwesInterval ? ", an interval owed" : "")}");

    private static string Claim(LicenseClaim claim) => $"license {claim.License}, proof {claim.Holds}";

    private static string Use(LicenseClaim claim, DateOnly day, UseSeconds use, long? cores) => Invariant(
        $"license {claim.License}, proof {claim.Holds}, on {day:yyyy-MM-dd}: {use.Node} node-seconds, {use.Core} core-seconds{(cores is { } most ? Invariant($", {most} cores") : "")}");

    private static string Meter(string license, MeterStanding meter) =>
        Invariant($"meter of {license}, proof {meter.Holds}: {meter.Reading.Node} node-seconds, {meter.Reading.Core} core-seconds");

    private static string Follows(string ledger, long size, string root, DateTimeOffset at) =>
        Invariant($"begun {ExactText.FormatTime(at)} after {size} receipts of {ledger}, root {root}");

    private static string Clock(DateOnly day, long steps) => Invariant($"clock set {steps} times on {day:yyyy-MM-dd}");
}
