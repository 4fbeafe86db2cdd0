using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Issuer.Reports;
using OfflineLicense.Testing;
using OfflineLicense.Tests;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Fuzz;

/// <summary>
/// The vendor's import machine: takes receipts into its books, judges, answers, prints statements and reports. Its books
/// remember what came before, so that forks, gaps and overlaps arise. Not thread-safe.
/// </summary>
internal sealed class ImportDesk : IDisposable
{
    private readonly Examples _examples;
    private readonly MemoryBooks _books;
    private readonly VendorRegistry _registry;
    private readonly ManualTime _time = new("2027-01-05T08:00:00Z");

    /// <param name="examples">The licenses that were issued, and the reply key.</param>
    /// <param name="name">Different for each desk that is there at the same time.</param>
    internal ImportDesk(Examples examples, string name)
    {
        _examples = examples;
        _books = new MemoryBooks(name);
        VendorRegistry.Create(_books);
        _registry = VendorRegistry.Open(_books);
        _registry.Write(transaction =>
        {
            foreach (var license in new[] { examples.License, examples.Renewal, examples.Forever })
                new LicenseTable(transaction).Add(StoredLicense.Of(license, []));
        });
    }

    /// <summary>Takes a file in, judges its customers, and answers them.</summary>
    internal void Take(byte[] file)
    {
        var import = new ReceiptsImport(_registry, _time);
        var results = import.Import(new ReceiptsFile("one.receipts", () => new MemoryStream(file)));
        import.JudgeCustomers(results);
        foreach (var customer in _registry.Read(transaction => ImportReport.Of(transaction, results)).Customers)
            _registry.Write(transaction => new ReplyMaker(transaction, LicenseBook.Load(transaction)).Make(customer, _examples.ReplyKey, _time.Wall));
    }

    /// <summary>Prints what was used: the customer's statement from a file, and the vendor's from the books.</summary>
    /// <param name="ledgers">The receipts of the file's good ledgers.</param>
    /// <param name="withReport">Whether the report, too, is made.</param>
    internal void Tell(IReadOnlyList<(string Ledger, List<Receipt> Receipts)> ledgers, bool withReport)
    {
        Statement.Print(
            new StatementRequest
            {
                Newest = StatementLicense.Of(_examples.Renewal),
                Known = [StatementLicense.Of(_examples.License), StatementLicense.Of(_examples.Renewal)],
                Period = StatementPeriod.Month("2026-11"),
            },
            ledgers.Select(static ledger => new StatementLedger { Name = ledger.Ledger, Receipts = ledger.Receipts }));
        if (!withReport) return;
        _registry.Read(transaction =>
        {
            var book = LicenseBook.Load(transaction);
            RegistryStatement.Print(transaction, book, book.All[^1], period: null);
            var usage = UsageReport.Read(transaction, book, FleetVendor.Product, licensee: null, period: null, DateOnly.FromDateTime(_time.Wall.UtcDateTime));
            return ReportCsv.Print(usage).Length + ReportPage.Print(usage).Length;
        });
    }

    public void Dispose()
    {
        _registry.Dispose();
        _books.Dispose();
    }
}
