using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// The statement from the registry: the same code as the operator's, over the same receipts as they were signed. An
/// installation that is still to be confirmed is in it like any other, as the customer's own program has it, and one that
/// was declined is told apart and in no sum; of a forked ledger the history that was stored first counts, and the statement
/// says so.
/// </summary>
internal static class RegistryStatement
{
    /// <param name="transaction">The registry at one moment.</param>
    /// <param name="book">The issued licenses.</param>
    /// <param name="license">The newest license of the chain.</param>
    /// <param name="period">The days; null for the running quota period up to the newest receipt.</param>
    /// <returns>The request and the text.</returns>
    internal static (StatementRequest Request, string Text) Print(
        RegistryTransaction transaction, LicenseBook book, StoredLicense license, StatementPeriod? period)
    {
        var ledgers = Stored(transaction, book, license);
        var request = Request(book, license, period ?? UsualPeriod(license, ledgers));
        return (request, Statement.Print(request, LedgersOf(transaction, license, ledgers)));
    }

    /// <summary>The statement, for whoever shows it otherwise.</summary>
    /// <param name="transaction">The registry at one moment.</param>
    /// <param name="book">The issued licenses.</param>
    /// <param name="license">The newest license of the chain.</param>
    /// <param name="period">The days, told those that <see cref="Print"/> takes where nobody names any.</param>
    internal static Statement Of(
        RegistryTransaction transaction, LicenseBook book, StoredLicense license, Func<StatementPeriod, StatementPeriod> period)
    {
        var ledgers = Stored(transaction, book, license);
        return Statement.Of(Request(book, license, period(UsualPeriod(license, ledgers))), LedgersOf(transaction, license, ledgers));
    }

    private static StatementPeriod UsualPeriod(StoredLicense license, List<StoredLedger> ledgers) =>
        StatementPeriod.Default(license.License, ledgers.Max(static ledger => ledger.Standing.LastAt));

    private static StatementRequest Request(LicenseBook book, StoredLicense license, StatementPeriod period)
    {
        var chain = book.ChainOf(license.License);
        return new StatementRequest
        {
            Newest = new StatementLicense(license.License, license.Text),
            Known = [.. book.All.Where(stored => chain.Contains(stored.Id)).Select(static stored => new StatementLicense(stored.License, stored.Text))],
            Period = period,
        };
    }

    private static IEnumerable<StatementLedger> LedgersOf(RegistryTransaction transaction, StoredLicense license, List<StoredLedger> ledgers)
    {
        var table = new LedgerTable(transaction);
        var declined = new FindingTable(transaction).Declined(new Customer(license.Product, license.Licensee));
        return ledgers.Select(ledger => new StatementLedger
        {
            Name = ledger.Name,
            Receipts = table.Receipts(ledger.Name),
            IsUnconfirmed = declined.Contains(ledger.Installation),
            IsForked = ledger.ForkedSize is not null,
        });
    }

    private static List<StoredLedger> Stored(RegistryTransaction transaction, LicenseBook book, StoredLicense license)
    {
        var (ledgers, uses) = (new LedgerTable(transaction), new UseTable(transaction));
        return [.. book.ChainOf(license.License).Ids.SelectMany(uses.LedgersClaiming).Distinct(StringComparer.Ordinal).Select(name => ledgers.Find(name)!)];
    }
}
