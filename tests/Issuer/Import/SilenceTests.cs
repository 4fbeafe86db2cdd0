using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>What did not come is told too: a node that fell silent, a mail that is overdue, a license that was never replaced.</summary>
public sealed class SilenceTests : ImportTest
{
    public SilenceTests() => Mailbox.Time.Wall = Start.AddDays(50);

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void A_ledger_is_silent_when_others_of_its_customer_go_on_for_a_month(int days, bool isTold)
    {
        var quiet = Fleet("quiet").Use(2, 5);
        Mailbox.Import("a", quiet.Mail());
        Mailbox.Import("b", Fleet("loud").Idle(5).Idle(24 * days).Mail());
        Assert.Equal(isTold ? [quiet.Ledger] : [], Found(FindingKind.Silent).Select(finding => finding.Ledger));
    }

    [Fact]
    public void Its_receipts_mend_it_and_another_silence_is_another_finding()
    {
        var (quiet, loud) = (Fleet("quiet").Use(2, 5), Fleet("loud").Idle(24 * 32));
        Mailbox.Import("a", quiet.Mail(), loud.Mail());
        var first = Assert.Single(Found(FindingKind.Silent));
        Mailbox.Import("b", quiet.Idle(24 * 10).Mail());
        Assert.Empty(Found(FindingKind.Silent));
        Mailbox.Time.Wall = Start.AddDays(90);
        Mailbox.Import("c", loud.Idle(24 * 20).Mail());
        Assert.NotEqual(first.Number, Assert.Single(Found(FindingKind.Silent)).Number);
    }

    [Fact]
    public void A_ledger_that_ended_in_good_order_or_that_another_carries_on_owes_nothing()
    {
        var replaced = Fleet("replaced").Use(2, 5);
        var follower = FleetNode.Begin("acme", "follower", replaced.Now, replaced).Hold(License).Idle(24 * 40);
        Mailbox.Import("a", Fleet("stopped").Use(2, 5).Stop().Mail(), replaced.Mail(), follower.Mail());
        Assert.Empty(Found(FindingKind.Silent));
    }

    [Fact]
    public void Another_customer_or_a_clock_far_ahead_makes_nobody_silent()
    {
        var other = Vendor.Issue(FleetVendor.Plan(2, "Beta GmbH"));
        Mailbox.Issue(other);
        Mailbox.Time.Wall = Start.AddDays(20);
        Mailbox.Import("a", Fleet("one").Use(2, 5).Mail());
        Mailbox.Import("b", FleetNode.Begin("beta", "two", Start).Hold(other).Idle(24 * 45).Mail());
        Mailbox.Import("c", FleetNode.Begin("acme", "ahead", Start.AddYears(70)).Hold(License).Use(2, 5).Mail());
        Assert.Empty(Found(FindingKind.Silent));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Mail_is_overdue_a_week_after_its_day(int seconds, bool isTold)
    {
        var license = WithDuty(2);
        Mailbox.Import("a", FleetNode.Begin("acme", "one", Start).Hold(license).Use(2, 5).Mail());
        Mailbox.Time.Wall = Mailbox.Time.Wall.AddDays(90 + 7).AddSeconds(seconds);
        Look();
        Assert.Equal(isTold ? 1 : 0, Found(FindingKind.MailOverdue).Count);
    }

    [Fact]
    public void Who_has_the_duty_and_never_mailed_at_all_is_told_and_a_mail_mends_it()
    {
        var license = WithDuty(2);
        Mailbox.Time.Wall = Start.AddDays(100);
        Look();
        var late = Assert.Single(Found(FindingKind.MailOverdue));
        Assert.Equal(
            $"license {license.License.Id} asks for receipts every 90 days, and none ever came; they were due on 2027-02-20 09:00:00 UTC", late.Evidence);
        Assert.Equal("Acme Telemedicine", late.Customer?.Licensee);

        Mailbox.Import("a", FleetNode.Begin("acme", "one", Start.AddDays(99)).Hold(license).Use(2, 5).Mail());
        Assert.Empty(Found(FindingKind.MailOverdue));
    }

    [Fact]
    public void Nobody_is_late_whose_nodes_ended_whose_term_is_mailed_whole_or_who_has_no_duty()
    {
        var (stopped, whole) = (WithDuty(2), WithDuty(3, "Beta GmbH"));
        Mailbox.Import("a", FleetNode.Begin("acme", "one", Start).Hold(stopped).Use(2, 5).Stop().Mail());
        Mailbox.Time.Wall = whole.License.Until!.Value.AddDays(1);
        Mailbox.Import("b", FleetNode.Begin("beta", "one", whole.License.Until.Value.AddHours(-3)).Hold(whole).Idle(4).Mail());
        Mailbox.Time.Wall = whole.License.Until.Value.AddDays(120);
        Look();
        Assert.Empty(Found(FindingKind.MailOverdue));
    }

    [Fact]
    public void A_license_that_was_replaced_asks_for_no_mail_any_more_and_its_successor_does()
    {
        WithDuty(2);
        var successor = Vendor.Issue(FleetVendor.Plan(3) with { Replaces = FleetVendor.Plan(2).Id, Receipts = new LicenseReceipts { MailEvery = Duration.Parse("30d") } });
        Mailbox.Issue(successor);
        Mailbox.Time.Wall = Start.AddDays(100);
        Look();
        Assert.Contains(successor.License.Id, Assert.Single(Found(FindingKind.MailOverdue)).Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(32, true)]
    public void A_replaced_license_is_told_when_it_is_in_use_a_month_later(int days, bool isTold)
    {
        Mailbox.Issue(Vendor.Issue(FleetVendor.Plan(2) with { Replaces = License.License.Id }));
        var node = FleetNode.Begin("acme", "one", Start.AddDays(days)).Hold(License).Use(2, 5);
        Mailbox.Import("a", node.Mail());
        Assert.Equal(isTold, Found(FindingKind.ReplacedLicense).Count == 1);
    }

    [Fact]
    public void A_node_that_has_got_the_new_license_since_is_told_no_more_and_each_site_is_a_matter_of_its_own()
    {
        var newer = Vendor.Issue(FleetVendor.Plan(2) with { Replaces = License.License.Id });
        Mailbox.Issue(newer);
        var node = FleetNode.Begin("acme", "one", Start.AddDays(40)).Hold(License).Use(2, 5);
        Mailbox.Import("a", node.Mail());
        var told = Assert.Single(Found(FindingKind.ReplacedLicense));
        Assert.Contains("was in use up to 2027-01-01", told.Evidence, StringComparison.Ordinal);
        Mailbox.Registry.Write(transaction => FindingSettlement.Decide(transaction, [told.Number], new FindingDecision(Mailbox.Time.Wall, "maria", FindingState.Settled, "sent again")));

        Mailbox.Import("b", FleetNode.Begin("acme", "two", Start.AddDays(41)).Hold(License).Use(2, 5).Mail());
        Assert.Equal(FindingState.Settled, Assert.Single(Found(FindingKind.ReplacedLicense)).State);
        Mailbox.Import("c", FleetNode.Begin("west", "one", Start.AddDays(41)).Hold(License).Use(2, 5).Mail());
        Assert.Equal(2, Found(FindingKind.ReplacedLicense).Count);
        Mailbox.Import("d", node.Hold(newer).Idle(5).Mail());
        Assert.DoesNotContain(Found(FindingKind.ReplacedLicense), finding => finding.Evidence.Contains(node.Ledger, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public void A_clock_that_is_set_all_day_is_told_however_the_mails_are_cut(int times, bool isTold)
    {
        var node = Fleet("one");
        for (var time = 0; time < times; time++)
            node.Use(9, 1).SetClock(node.Now.AddMinutes(6));
        Mailbox.Import("a", node.Mail(until: node.Size / 2));
        Mailbox.Import("b", node.Mail(from: node.Size / 2));
        Assert.Equal(isTold, Found(FindingKind.ClockUnsteady).Count == 1);
    }

    private SignedLicense WithDuty(int number, string licensee = "Acme Telemedicine")
    {
        var license = Vendor.Issue(FleetVendor.Plan(number, licensee) with { Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("90d") } });
        Mailbox.Issue(license);
        return license;
    }

    private FleetNode Fleet(string ledger) => FleetNode.Begin("acme", ledger, Start).Hold(License);

    private void Look() => Mailbox.Registry.Write(transaction =>
    {
        var book = LicenseBook.Load(transaction);
        foreach (var customer in book.Customers)
            new CustomerJudge(transaction, book, Mailbox.Time.Wall).JudgeMail(customer);
    });

    private List<Finding> Found(FindingKind kind) => [.. Mailbox.OpenFindings().Where(finding => finding.Kind == kind)];
}
