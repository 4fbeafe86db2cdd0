using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

public sealed class ReplyMakerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly Customer Acme = new(FleetVendor.Product, "Acme Telemedicine");

    private readonly FleetVendor _vendor = new();
    private readonly SignedLicense _license;
    private readonly ImportBooks _books;

    public ReplyMakerTests()
    {
        _license = _vendor.Issue(FleetVendor.Plan(1));
        _books = new ImportBooks(_license);
    }

    public void Dispose()
    {
        _books.Dispose();
        _vendor.Dispose();
    }

    [Fact]
    public void A_license_until_the_end_of_the_calendar_is_answered_like_any_other()
    {
        var forever = _vendor.Issue(FleetVendor.Plan(2) with { Until = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) });
        _books.Issue(forever);
        _books.Import("a", Node("one").Use(4, 5).Mail());
        Assert.Contains(forever.License.Id, Reply(Acme)!.Used.Select(static use => use.License));
    }

    [Fact]
    public void A_reply_names_every_ledger_and_what_all_of_them_used()
    {
        var (one, other) = (Node("one").Use(4, 5), Node("other").Use(1, 2));
        _books.Import("a", one.Mail(), other.Mail());

        var reply = Reply(Acme)!;

        Assert.Equal((1, _books.Time.Wall), (reply.Number, reply.Time));
        Assert.Equal([new ReplyUse(_license.License.Id, _license.License.From, 7 * 3600, 22 * 3600)], reply.Used);
        FleetNode[] nodes = [one, other];
        Assert.Equal(
            nodes.OrderBy(node => node.Ledger, StringComparer.Ordinal).Select(node => new ReplyLedger(node.Ledger, node.Size, Convert.ToBase64String(node.RootAt(node.Size)))),
            reply.Ledgers);
    }

    [Fact]
    public void Numbers_count_up_for_each_customer_alone_and_the_file_keeps_its_name()
    {
        var license = _vendor.Issue(FleetVendor.Plan(2, "ACME Telemedicine!"));
        _books.Issue(license);
        _books.Import("a", Node("one").Use(4, 5).Mail(), FleetNode.Begin("beta", "one", Start).Hold(license).Use(1, 1).Mail());
        var second = new Customer(FleetVendor.Product, "ACME Telemedicine!");

        Assert.Equal(
            [(1L, "acme-telemedicine-openvidu-pro.reply"), (2, "acme-telemedicine-openvidu-pro.reply")],
            new[] { Make(Acme)!, Make(Acme)! }.Select(reply => (reply.Number, reply.File)));
        var other = Make(second)!;
        Assert.Equal(1, other.Number);
        Assert.NotEqual("acme-telemedicine-openvidu-pro.reply", other.File);
        Assert.Equal(other.File, Make(second)!.File);
    }

    [Fact]
    public void A_reply_is_recorded_with_what_was_signed()
    {
        _books.Import("a", Node("one").Use(4, 5).Mail());
        var made = Make(Acme)!;

        Assert.Equal(made.Note, _books.Registry.Read(static transaction => new ReplyTable(transaction).Newest(Acme)!.Note));
        Assert.Equal("reply", _books.Registry.Read(static transaction => new SigningLog(transaction).Newest()!.Kind));
    }

    [Fact]
    public void Nobody_gets_a_reply_about_nothing()
    {
        _books.Import("late", Node("one").Use(4, 5).Mail(from: 4));
        Assert.Null(Make(Acme));
    }

    [Fact]
    public void A_gap_holds_back_the_ledger_that_has_it_and_no_other()
    {
        var (one, other) = (Node("one").Use(4, 5), Node("other").Use(1, 2));
        _books.Import("a", one.Mail(until: 4), other.Mail());
        _books.Import("b", one.Mail(from: 6));

        var reply = Reply(Acme)!;

        Assert.Equal(4, reply.Find(one.Ledger)!.Size);
        Assert.Equal(other.Size, reply.Find(other.Ledger)!.Size);
        Assert.Equal((1 + 2) * 3600, Assert.Single(reply.Used).NodeSeconds);
    }

    [Fact]
    public void A_fork_withholds_the_second_history_and_nothing_else()
    {
        var node = Node("one").Use(4, 5);
        var copy = node.Copy().Use(9, 3);
        node.Use(2, 3);
        _books.Import("a", node.Mail());
        var before = Reply(Acme)!;

        _books.Import("b", copy.Mail());
        Assert.Equal((before.Ledgers, before.Used), (Reply(Acme)!.Ledgers, Reply(Acme)!.Used));

        // The node of the first history goes on and is acknowledged; that of the other sees what it does not hold.
        node.Use(7, 7);
        Assert.Equal(ImportOutcome.Added, _books.Outcome("c", node.Mail()));
        var after = Reply(Acme)!;
        Assert.Equal((node.Size, Convert.ToBase64String(node.RootAt(node.Size))), (after.Find(node.Ledger)!.Size, after.Find(node.Ledger)!.Root));
        Assert.Equal((5 + 3 + 7) * 3600, Assert.Single(after.Used).NodeSeconds);
        Assert.NotEqual(Convert.ToBase64String(copy.RootAt(copy.Size)), after.Find(node.Ledger)!.Root);
    }

    [Fact]
    public void Use_that_is_not_proven_is_in_no_reply()
    {
        var forged = _vendor.Issue(FleetVendor.Plan(1) with { Until = null });
        _books.Import("a", Node("one").Use(4, 5).Mail(), FleetNode.Begin("thief", "one", Start).Hold(forged).Use(100, 100).Mail());

        var reply = Reply(Acme)!;

        Assert.Single(reply.Ledgers);
        Assert.Equal(5 * 3600, Assert.Single(reply.Used).NodeSeconds);
    }

    [Fact]
    public void An_amendment_counts_on_and_a_renewal_begins_at_zero()
    {
        var amended = _vendor.Issue(FleetVendor.Plan(2) with { Replaces = _license.License.Id, Issued = Start.AddDays(1) });
        var renewed = _vendor.Issue(FleetVendor.Plan(3) with
        {
            Replaces = amended.License.Id,
            From = new DateTimeOffset(2026, 12, 12, 0, 0, 0, TimeSpan.Zero),
        });
        _books.Issue(amended);
        _books.Issue(renewed);
        var node = Node("one").Use(4, 5).Hold(amended).Use(1, 24 * 25).Hold(renewed).Use(2, 10);
        _books.Import("a", node.Mail());

        var used = Reply(Acme)!.Used.ToDictionary(use => use.License);

        Assert.Equal(5 * 3600, used[_license.License.Id].NodeSeconds);
        Assert.Equal((5 + 24 * 25) * 3600, used[amended.License.Id].NodeSeconds);
        Assert.True(used[renewed.License.Id].NodeSeconds < used[amended.License.Id].NodeSeconds);
    }

    [Fact]
    public void A_month_counts_only_its_own_days()
    {
        var monthly = _vendor.Issue(FleetVendor.Plan(2) with { Quota = new LicenseQuota { Per = QuotaPeriod.Month } });
        _books.Issue(monthly);
        _books.Import("a", FleetNode.Begin("acme", "one", new(2026, 12, 31, 22, 0, 0, TimeSpan.Zero)).Hold(monthly).Use(4, 5).Mail());

        var use = Reply(Acme)!.Used.Single(use => use.License == monthly.License.Id);

        Assert.Equal(new ReplyUse(monthly.License.Id, new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), 3 * 3600, 12 * 3600), use);
    }

    [Fact]
    public void A_ledger_that_was_silent_for_400_days_is_named_only_while_its_use_counts()
    {
        var endless = _vendor.Issue(FleetVendor.Plan(2) with { Until = null });
        _books.Issue(endless);
        var (silent, counted) = (Node("silent"), FleetNode.Begin("acme", "counted", Start).Hold(endless).Use(1, 2));
        _books.Import("a", silent.Mail(), counted.Mail());
        _books.Time.Wall = _books.Time.Wall.AddDays(401);

        Assert.Equal([counted.Ledger], Reply(Acme)!.Ledgers.Select(ledger => ledger.Ledger));
    }

    private FleetNode Node(string ledger) => FleetNode.Begin("acme", ledger, Start).Hold(_license);

    private StoredReply? Make(Customer customer) => _books.Registry.Write(
        transaction => new ReplyMaker(transaction, LicenseBook.Load(transaction)).Make(customer, _vendor.ReplyKey, _books.Time.Wall));

    private Reply? Reply(Customer customer) => Make(customer) is { } made
        ? OfflineLicense.Verifier.Formats.Reply.Open(made.Note, [_vendor.ReplyKey.VerifierKey]).Document
        : null;
}
