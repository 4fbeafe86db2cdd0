using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Issuer.Reports;

/// <summary>
/// What customers used in some days, for people to look at: by day, by ledger, against the quotas, with what was found. Its
/// sums are the statement's; it bills nobody.
/// </summary>
/// <param name="Product">The product.</param>
/// <param name="Chains">A part for each license that nothing replaced, by licensee.</param>
internal sealed record UsageReport(string Product, IReadOnlyList<ReportedLicense> Chains)
{
    /// <summary>Reads it from the registry at one moment.</summary>
    /// <param name="transaction">The registry.</param>
    /// <param name="book">The issued licenses.</param>
    /// <param name="product">The product.</param>
    /// <param name="licensee">One customer; null for all.</param>
    /// <param name="period">The days; null for each license's running quota period up to its newest receipt, but not past today.</param>
    /// <param name="today">The day at the issuer's desk: a receipt may be dated thousands of years ahead.</param>
    internal static UsageReport Read(
        RegistryTransaction transaction, LicenseBook book, string product, string? licensee, StatementPeriod? period, DateOnly today)
    {
        var due = new FindingTable(transaction).All().Where(static finding => finding.IsDue).ToLookup(static finding => finding.Customer);
        var replaced = book.All.Select(static license => license.Replaces).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var ends = book.All.Where(license => license.Product == product && (licensee is null || license.Licensee == licensee) && !replaced.Contains(license.Id))
            .DistinctBy(static license => license.Id)
            .OrderBy(static license => license.Licensee, StringComparer.Ordinal).ThenBy(static license => license.Id, StringComparer.Ordinal);
        return new UsageReport(product, [.. ends.Select(license => ReportedLicense.Read(transaction, book, license, usual => period ?? NotPast(today, usual), due))]);
    }

    private static StatementPeriod NotPast(DateOnly today, StatementPeriod period)
    {
        var end = today.AddDays(1);
        return period.Until <= end ? period : new StatementPeriod(period.From < end ? period.From : today, end);
    }
}

/// <summary>What was used under one license and those it replaced.</summary>
internal sealed record ReportedLicense
{
    /// <summary>The license that nothing replaced.</summary>
    internal required License License { get; init; }

    /// <summary>The statement of the same days.</summary>
    internal required Statement Statement { get; init; }

    /// <summary>Each day of the period, in order, also those without use.</summary>
    internal required IReadOnlyList<ReportedDay> Days { get; init; }

    /// <summary>The ledgers that are billed, by name.</summary>
    internal required IReadOnlyList<ReportedLedger> Ledgers { get; init; }

    /// <summary>What a person has to see to about this customer.</summary>
    internal required IReadOnlyList<Finding> Findings { get; init; }

    internal StatementPeriod Period => Statement.Chain.Period;

    /// <summary>What a day may use for the minutes to last through the quota's period; null without such a quota, or an end.</summary>
    internal double? EvenCoreMinutes =>
        License.Quota.CoreMinutes is { } minutes && Statement.Chain.Quota is { End: { } end } quota ? minutes / (end - quota.Start).TotalDays : null;

    internal static ReportedLicense Read(
        RegistryTransaction transaction, LicenseBook book, StoredLicense stored, Func<StatementPeriod, StatementPeriod> days, ILookup<Customer?, Finding> due)
    {
        var statement = RegistryStatement.Of(transaction, book, stored, days);
        var period = statement.Chain.Period;
        var customer = new Customer(stored.Product, stored.Licensee);
        var uses = new CountedUse(transaction, book, customer);
        var ofPeriod = book.ChainOf(stored.License).Ids.SelectMany(uses.Of)
            .Where(use => use.Day >= period.From && use.Day < period.Until).ToList();
        var byDay = ofPeriod.ToLookup(static use => use.Day);
        var byLedger = ofPeriod.ToLookup(static use => use.Ledger, StringComparer.Ordinal);
        return new ReportedLicense
        {
            License = stored.License,
            Statement = statement,
            Days = [.. Enumerable.Range(0, period.Until.DayNumber - period.From.DayNumber).Select(i => ReportedDay.Of(period.From.AddDays(i), byDay[period.From.AddDays(i)]))],
            Ledgers = [.. statement.Counted.Where(static ledger => ledger.IsOfChain).Select(ledger => new ReportedLedger(
                ledger, statement.Forked.Contains(ledger.Ledger), byLedger[ledger.Ledger].ToLookup(static use => use.Day)))],
            Findings = [.. due[customer]],
        };
    }
}

/// <summary>The use of one day in UTC, over all ledgers.</summary>
/// <param name="Day">The day.</param>
/// <param name="NodeSeconds">Seconds with at least one core in use, summed over nodes.</param>
/// <param name="CoreSeconds">Cores times seconds in use.</param>
/// <param name="MostCores">The most cores at once on one node, where that was noted.</param>
internal sealed record ReportedDay(DateOnly Day, long NodeSeconds, long CoreSeconds, long MostCores)
{
    internal static ReportedDay Of(DateOnly day, IEnumerable<ProvenUse> uses)
    {
        var all = uses.ToList();
        return new ReportedDay(day, all.Sum(static use => use.Use.Node), all.Sum(static use => use.Use.Core), all.Max(static use => use.Cores) ?? 0);
    }
}

/// <summary>One ledger in the period.</summary>
/// <param name="Reading">What it says.</param>
/// <param name="IsForked">Whether two histories of it were signed.</param>
/// <param name="Days">Its use by day.</param>
internal sealed record ReportedLedger(StatementReading Reading, bool IsForked, ILookup<DateOnly, ProvenUse> Days);
