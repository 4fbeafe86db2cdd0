using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>Customer and vendor compute the same statement, byte for byte, from the same receipts and licenses.</summary>
public sealed class RegistryStatementTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly FleetVendor _vendor = new();
    private readonly SignedLicense _license;
    private readonly SignedLicense _amended;

    public RegistryStatementTests()
    {
        _license = _vendor.Issue(FleetVendor.Plan(1) with { Quota = new LicenseQuota { Cores = 6, NodeMinutes = 900, CoreMinutes = 2000 } });
        _amended = _vendor.Issue(FleetVendor.Plan(2) with { Replaces = _license.License.Id, Issued = Start.AddDays(1) });
    }

    public void Dispose() => _vendor.Dispose();

    [Theory]
    [InlineData("one node in five mails")]
    [InlineData("two nodes, and mails that overlap")]
    [InlineData("an amendment, a crash and a change of clock")]
    [InlineData("a node of another license")]
    [InlineData("pods that came and went")]
    [InlineData("a stranger with a copied proof")]
    public void The_vendor_prints_what_the_customer_prints_in_whatever_order_the_mails_came(string fleet)
    {
        var mails = Mails(fleet);
        StatementPeriod?[] periods = [null, StatementPeriod.Month("2026-11"), StatementPeriod.Days("2026-11-23", "2026-11-25")];
        var expected = periods.Select(period => OfCustomer(mails, period)).ToList();
        Assert.Contains("sha256 ", expected[0], StringComparison.Ordinal);

        foreach (var order in ImportBooks.Permutations(mails.Length))
        {
            using var books = new ImportBooks(_license, _amended);
            foreach (var index in order)
                books.Import("mail", mails[index]);
            Assert.Equal(expected, periods.Select(period => OfVendor(books, period)));
        }
    }

    [Fact]
    public void A_forked_ledger_is_named_and_the_history_that_came_first_counts()
    {
        var node = FleetNode.Begin("acme", "one", Start).Hold(_license).Use(4, 5);
        var copy = node.Copy().Use(9, 3);
        node.Use(2, 3);
        using var books = new ImportBooks(_license, _amended);
        books.Import("a", node.Mail());
        var before = OfVendor(books, null);

        books.Import("b", copy.Mail());
        var after = OfVendor(books, null);

        Assert.NotEqual(before, after);
        Assert.Contains(node.Ledger, after, StringComparison.Ordinal);
        Assert.Contains("28800", after, StringComparison.Ordinal);
    }

    private byte[][] Mails(string fleet)
    {
        var node = FleetNode.Begin("acme", "one", Start).Hold(_license).Use(4, 5).Restart(3).Use(1, 30).Idle(3).Use(7, 20);
        var other = FleetNode.Begin("acme", "two", Start).Hold(_license).Use(2, 50).Stop();
        switch (fleet)
        {
            case "one node in five mails":
                return [node.Mail(until: 5), node.Mail(5, 11), node.Mail(11, 30), node.Mail(30, 40), node.Mail(from: 40)];
            case "two nodes, and mails that overlap":
                return [node.Mail(until: 20), [.. other.Mail(until: 9), .. node.Mail(12, 30)], other.Mail(from: 4), node.Mail()];
            case "an amendment, a crash and a change of clock":
                node.Crash(2).Hold(_amended).Use(5, 7).Write(new ClockReceipt { At = node.Now, AheadSeconds = 900, BehindSeconds = 0 }).Use(1, 4);
                return [node.Mail(until: 30), node.Mail(from: 22), other.Mail(), node.Mail(25, 45)];
            case "a node of another license":
                var another = _vendor.Issue(FleetVendor.Plan(9, "Beta GmbH"));
                return [node.Mail(), FleetNode.Begin("beta", "one", Start).Hold(another).Use(3, 9).Hold(_license).Use(1, 1).Mail(), other.Mail(until: 30), other.Mail(from: 30)];
            case "pods that came and went":
                return [.. Enumerable.Range(0, 4).Select(pod => FleetNode
                    .Begin("acme", FormattableString.Invariant($"pod {pod}"), Start.AddHours(pod)).Hold(_license).Use(pod + 1, 3).Stop().Mail())];
            default:
                var holds = node.Receipts.OfType<LicenseReceipt>().First();
                return [node.Mail(until: 20), FleetNode.Begin("thief", "one", Start).Write(holds).Hold(_license).Use(1, 2).Write(holds).Use(100, 100).Mail(), node.Mail(from: 20)];
        }
    }

    private string OfVendor(ImportBooks books, StatementPeriod? period) => books.Registry.Read(transaction =>
    {
        var book = LicenseBook.Load(transaction);
        return RegistryStatement.Print(transaction, book, book.All.Single(license => license.Id == _amended.License.Id), period).Text;
    });

    private string OfCustomer(byte[][] mails, StatementPeriod? period)
    {
        var ledgers = mails.SelectMany(Read).ToList();
        return Statement.Print(
            new StatementRequest
            {
                Newest = StatementLicense.Of(_amended),
                Known = [StatementLicense.Of(_license), StatementLicense.Of(_amended)],
                Period = period ?? StatementPeriod.Default(_amended.License, ledgers.Max(ledger => ledger.Receipts.Last().At)),
            },
            ledgers);
    }

    internal static List<StatementLedger> Read(byte[] mail)
    {
        var ledgers = new List<StatementLedger>();
        using var reader = new ReceiptsReader(new MemoryStream(mail), "mail");
        while (reader.NextLedger() is { } head)
        {
            var receipts = new List<Receipt>();
            while (reader.NextReceipt() is { } entry)
                receipts.Add(entry.Receipt);
            ledgers.Add(new StatementLedger { Name = head.Ledger, Receipts = receipts });
        }

        return ledgers;
    }
}
