using System.Globalization;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Statements;
using OfflineLicense.Verifier.Verdicts;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Holds what a customer used, over all ledgers, against what the licenses allow: minutes by the quota's period, cores by
/// the calendar month. It says what the statement of those days says. Where several licenses of a chain were in use in a
/// period, the most generous one of them is the measure.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="uses">What counts of the customer's use.</param>
internal sealed class QuotaJudge(RegistryTransaction transaction, LicenseBook book, CountedUse uses)
{
    // What is over by a tenth of the quota more is news to whoever settled it.
    private const int Steps = 10;

    /// <summary>What of the licenses was exceeded: subject, evidence and basis.</summary>
    internal IEnumerable<(string Subject, string Evidence, string Basis)> Over(StoredLicense stored)
    {
        var license = stored.License;
        var own = uses.Of(license.Id);
        if (own.Count == 0)
            yield break;
        var chain = book.ChainOf(license);
        var periods = own.Select(use => LicensePeriod.Of(license, Midnight(use.Day))).Distinct().OrderBy(static period => period.Start);
        foreach (var period in periods.Where(period => IsLastIn(license, period)))
        {
            var inPeriod = chain.Ids.SelectMany(uses.Of).Where(use => chain.CountsToward(period, use.License, use.Day)).ToList();
            var sum = inPeriod.Aggregate(default(UseSeconds), static (sum, use) => sum.Plus(use.Use.Node, use.Use.Core));
            if (OverMinutes(license, period, sum.Node, "node-minutes", Allowed(inPeriod, static quota => quota.NodeMinutes)) is { } node)
                yield return node;
            if (OverMinutes(license, period, sum.Core, "core-minutes", Allowed(inPeriod, static quota => quota.CoreMinutes)) is { } core)
                yield return core;
        }

        var months = own.Select(static use => new DateOnly(use.Day.Year, use.Day.Month, 1)).Distinct().Order();
        foreach (var month in months.Where(month => IsLastIn(license, MonthOf(month))))
        {
            if (OverCores(stored, chain, month) is { } cores)
                yield return cores;
        }
    }

    // The use of a license counts on under one that took its place, and is judged there.
    private bool IsLastIn(License license, LicensePeriod period) =>
        !book.After(license.Id).Any(next => uses.Of(next.Id).Any(use => period.HoldsDay(use.Day)));

    private long? Allowed(IEnumerable<ProvenUse> used, Func<LicenseQuota, long?> of)
    {
        var allowed = used.Select(static use => use.License).Distinct(StringComparer.Ordinal).Select(id => of(book.Find(id)!.Quota)).ToList();
        return allowed.Contains(null) ? null : allowed.Max();
    }

    private static (string Subject, string Evidence, string Basis)? OverMinutes(License license, LicensePeriod period, long seconds, string what, long? allowed)
    {
        if (allowed is not { } most || seconds / 60 <= most)
            return null;
        var span = period.End is { } end ? $"from {Words.Date(period.Start)} to {Words.Date(end)}" : $"since {Words.Date(period.Start)}";
        return (
            Invariant($"{license.Id} {what} {period.Start:yyyy-MM-dd}"),
            $"license {license.Id} allows {Words.Number(most)} {what} {span}, and {Words.Number(seconds / 60)} were used",
            BasisOf(seconds / 60, most));
    }

    private (string Subject, string Evidence, string Basis)? OverCores(StoredLicense stored, LicenseChain chain, DateOnly month)
    {
        var inMonth = chain.Ids.SelectMany(uses.Of).Where(use => MonthOf(month).HoldsDay(use.Day)).ToList();
        if (Allowed(inMonth, static quota => quota.Cores) is not { } most || !inMonth.GroupBy(static use => use.Day).Any(day => MayPass(day, most)))
            return null;
        var ledgers = new LedgerTable(transaction);
        var request = new StatementRequest
        {
            Newest = new StatementLicense(stored.License, stored.Text),
            Known = [.. book.All.Where(known => chain.Contains(known.Id)).Select(static known => new StatementLicense(known.License, known.Text))],
            Period = new StatementPeriod(month, EndOf(month) ?? DateOnly.MaxValue),
        };
        var used = Statement.Of(request, inMonth.Select(static use => use.Ledger).Distinct(StringComparer.Ordinal)
            .Select(name => new StatementLedger { Name = name, Receipts = ledgers.Receipts(name) })).Peaks.Surely();
        return used <= most ? null : (
            Invariant($"{stored.Id} cores {month:yyyy-MM}"),
            Invariant($"license {stored.Id} allows {Words.Count(most, "core")} at one moment, and {used} were surely in use in {month:yyyy-MM}"),
            BasisOf((long)Int128.Min(used, Limits.Number), most));
    }

    // Receipts are only read for a month in which the sum of what each ledger had at most could be too much.
    private static bool MayPass(IEnumerable<ProvenUse> day, long most) =>
        day.Aggregate((Int128)0, static (sum, use) => sum + (use.Cores ?? Limits.Number)) > most;

    private static string BasisOf(long used, long allowed) =>
        ((Int128)used * Steps / Math.Max(1, allowed)).ToString(CultureInfo.InvariantCulture);

    private static LicensePeriod MonthOf(DateOnly first) => new(Midnight(first), EndOf(first) is { } end ? Midnight(end) : null);

    // A customer's receipts bear whatever date its clock had, and no month comes after the calendar's last one.
    private static DateOnly? EndOf(DateOnly first) => first is { Year: 9999, Month: 12 } ? null : first.AddMonths(1);

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
