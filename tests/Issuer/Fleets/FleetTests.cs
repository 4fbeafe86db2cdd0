using System.Globalization;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Tests.Issuer.Import;
using OfflineLicense.Verifier.Statements;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Fleets;

/// <summary>
/// Random fleets over two or three months: honest machines through crashes, weeks off, wrong clocks, new machines, a renewal in time or
/// late, mails that are late, doubled, in another order or lost; and among them frauds, each on a machine that had accidents too. Every fraud
/// is found and named, nobody honest is accused, and the honest are billed to the second. OFFLINE_LICENSE_FLEETS=N draws N more of them.
/// </summary>
public sealed class FleetTests
{
    private const int Batches = 30;
    private const int FleetsOfBatch = 10;
    private const int FirstSeed = 20_261_122;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Batches + More()).Select(static batch => FirstSeed + (batch * FleetsOfBatch))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_planted_fraud_is_found_and_honest_customers_are_not_accused_and_billed_exactly(int seed)
    {
        using var vendor = new FleetVendor();
        using var books = new ImportBooks();
        for (var number = 0; number < FleetsOfBatch; number++)
            Check(new DrawnFleet(vendor, seed + number, number), books);
    }

    [Fact]
    public void Every_fraud_is_planted_many_times_in_these_fleets()
    {
        using var vendor = new FleetVendor();
        var planted = Enumerable.Range(FirstSeed, Batches * FleetsOfBatch).SelectMany(seed => new DrawnFleet(vendor, seed, 0).Frauds).CountBy(static name => name).ToDictionary();
        Assert.Equal(PlantedFraud.All.Keys.Order(StringComparer.Ordinal), planted.Keys.Order(StringComparer.Ordinal));
        Assert.All(planted, static fraud => Assert.InRange(fraud.Value, 8, int.MaxValue));
    }

    [Fact]
    public void The_model_itself_notices_what_is_missed_and_who_is_accused()
    {
        using var vendor = new FleetVendor();
        var fleet = Enumerable.Range(FirstSeed, 100).Select(seed => new DrawnFleet(vendor, seed, 0)).First(static fleet => fleet.Frauds.Any());
        var honest = fleet.Bill().Keys.First();
        Assert.Equal(fleet.Frauds.Count(), fleet.Missed([]).Count());
        Assert.Empty(fleet.Accused([]));
        foreach (var kind in Enum.GetValues<FindingKind>().Except([FindingKind.NewInstallation, FindingKind.Gap, FindingKind.Silent, FindingKind.MailOverdue]))
            Assert.Single(fleet.Accused([new Finding { Kind = kind, Ledger = honest, Subject = "", Evidence = "it is said", FoundAt = fleet.Terms.End }]));
    }

    private static void Check(DrawnFleet fleet, ImportBooks books)
    {
        foreach (var license in fleet.Terms.Issued)
            books.Issue(license);
        foreach (var mail in fleet.Post)
        {
            books.Time.Wall = mail.At;
            books.Import("mail", mail.Bytes);
        }

        var customer = new Customer(FleetVendor.Product, fleet.Terms.First.License.Licensee);
        var ledgers = fleet.Post.Select(static mail => mail.Node).SelectMany(static node => new[] { node.Ledger, node.Installation }).ToHashSet(StringComparer.Ordinal);
        var found = books.OpenFindings().Where(finding => finding.Customer == customer || ledgers.Contains(finding.Ledger)).ToList();
        Assert.True(!fleet.Missed(found).Any(), $"missed: {string.Join('\n', fleet.Missed(found))}\n{fleet.Story}");
        Assert.True(!fleet.Accused(found).Any(), $"accused: {string.Join('\n', fleet.Accused(found))}\n{fleet.Story}");
        Assert.True(!fleet.UntoldGaps(found).Any(), $"{string.Join('\n', fleet.UntoldGaps(found))}\n{fleet.Story}");
        CheckForks(books, found);
        CheckBill(fleet, books);
    }

    private static void CheckForks(ImportBooks books, List<Finding> found)
    {
        foreach (var fork in found.Where(static finding => finding.Kind == FindingKind.Fork))
        {
            var (stored, second) = books.Registry.Read(transaction => ForkEvidence.Of(transaction, fork));
            Assert.True(ForkEvidence.Proves(stored.Open(), second.Open()), fork.Evidence);
        }
    }

    private static void CheckBill(DrawnFleet fleet, ImportBooks books)
    {
        var statement = books.Registry.Read(transaction =>
        {
            var book = LicenseBook.Load(transaction);
            var newest = book.All.Single(license => license.Id == fleet.Terms.Renewal.License.Id);
            return RegistryStatement.Of(transaction, book, newest, _ => new StatementPeriod(new DateOnly(2026, 11, 1), new DateOnly(2028, 1, 1)));
        });
        foreach (var (ledger, (node, core)) in fleet.Bill().Where(static bill => bill.Value.Node > 0))
        {
            var billed = statement.Counted.Single(reading => reading.Ledger == ledger).Itemised;
            Assert.True(billed == new StatementUse(node, core), FormattableString.Invariant($"{ledger}: {billed} is billed, and {node} and {core} were used\n{fleet.Story}"));
        }
    }

    private static int More() =>
        int.TryParse(Environment.GetEnvironmentVariable("OFFLINE_LICENSE_FLEETS"), NumberStyles.None, CultureInfo.InvariantCulture, out var fleets) ? (fleets + FleetsOfBatch - 1) / FleetsOfBatch : 0;
}
