using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>What a person decided stands for what that person saw, and for nothing that comes later.</summary>
public sealed class SettlementTests : ImportTest
{
    [Fact]
    public void A_settled_finding_stays_settled_when_the_same_files_come_again_under_any_name()
    {
        var node = Node();
        var copy = node.Copy().Use(2, 3);
        node.Use(8, 5);
        byte[] damaged = [.. node.Mail()[..^3], (byte)'\n'];
        Import("");
        foreach (var finding in Mailbox.OpenFindings().Where(finding => finding.Kind != FindingKind.NewInstallation))
            Decide(finding, FindingState.Settled);

        Import("again-");

        Assert.Equal([FindingKind.NewInstallation], Due());
        Assert.Equal(2, Mailbox.OpenFindings().Count(finding => finding.State == FindingState.Settled));

        void Import(string prefix)
        {
            Mailbox.Import(prefix + "first", node.Mail());
            Mailbox.Import(prefix + "second", copy.Mail());
            Mailbox.Import(prefix + "third", damaged);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void More_of_the_same_sort_opens_it_anew_and_the_journal_keeps_what_was_decided_about_what(bool isSettled)
    {
        var state = isSettled ? FindingState.Settled : FindingState.Confirmed;
        var node = Node().Write(Lie(1));
        Mailbox.Import("a", node.Mail());
        var first = Only(FindingKind.Contradiction, LedgerAccount.TotalsSubject);
        Decide(first, state);
        Mailbox.Import("a", node.Mail());
        Assert.Equal(state, Only(FindingKind.Contradiction, LedgerAccount.TotalsSubject).State);

        Mailbox.Import("b", node.Write(Lie(2)).Mail());

        var second = Only(FindingKind.Contradiction, LedgerAccount.TotalsSubject);
        Assert.Equal((first.Number, FindingState.Open), (second.Number, second.State));
        Assert.NotEqual(first.Evidence, second.Evidence);
        var journal = Mailbox.Registry.Read(transaction => new FindingJournal(transaction).Of(first.Number));
        Assert.Equal([state, FindingState.Open], journal.Select(decision => decision.State));
        Assert.Contains(first.Evidence, journal[1].Why, StringComparison.Ordinal);

        UsageReceipt Lie(long seconds) => Node().Receipts.OfType<UsageReceipt>().Last() with { From = Start.AddDays(1), At = Start.AddDays(1).AddHours(1), TotalSeconds = seconds };
    }

    [Fact]
    public void A_copied_machine_that_was_explained_is_not_told_anew_with_each_of_its_mails()
    {
        var node = Node();
        var follower = FleetNode.Begin("acme", "second", node.Now, node).Hold(License).Use(1, 2);
        Mailbox.Import("a", node.Use(1, 3).Mail(), follower.Mail());
        Decide(Only(FindingKind.CarriedOn), FindingState.Settled);

        Mailbox.Import("b", node.Use(1, 3).Mail(), follower.Use(1, 2).Mail());

        var told = Only(FindingKind.CarriedOn);
        Assert.Equal(FindingState.Settled, told.State);
        Assert.Contains("6 more receipts", told.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void An_installation_that_is_declined_is_billed_to_nobody_and_confirmed_it_is_billed_again()
    {
        var node = Node();
        var stranger = FleetNode.Begin("stranger", "first", Start).Hold(License).Use(4, 100);
        Mailbox.Import("a", node.Mail());
        Mailbox.Import("b", stranger.Mail());
        var before = Statement();
        Assert.Contains("6420", before, StringComparison.Ordinal);
        Assert.Equal((107 * 3600L, 2), Used());

        var question = Mailbox.OpenFindings().Single(finding => finding.Ledger == stranger.Installation);
        Decide(question, FindingState.Declined);

        Assert.Contains("Unconfirmed ledgers", Statement(), StringComparison.Ordinal);
        Assert.Equal((7 * 3600L, 1), Used());
        Mailbox.Import("b", stranger.Use(4, 1).Mail());
        Assert.Equal((7 * 3600L, 1), Used());
        Assert.Equal(FindingState.Declined, Mailbox.OpenFindings().Single(finding => finding.Number == question.Number).State);

        Decide(question, FindingState.Confirmed);
        Assert.Equal((108 * 3600L, 2), Used());
        Assert.DoesNotContain("Unconfirmed", Statement(), StringComparison.Ordinal);
    }

    [Fact]
    public void To_decline_it_for_one_customer_declines_it_for_no_other()
    {
        var other = Vendor.Issue(FleetVendor.Plan(2, "Beta GmbH"));
        Mailbox.Issue(other);
        Mailbox.Import("a", Node().Mail(), FleetNode.Begin("acme", "second", Start).Hold(other).Use(4, 5).Mail());
        Decide(Mailbox.OpenFindings().Single(finding => finding.Customer?.Licensee == "Beta GmbH"), FindingState.Declined);

        Assert.Equal((7 * 3600L, 1), Used());
    }

    [Fact]
    public void Nothing_is_decided_about_what_is_mended_decided_so_already_or_of_another_sort()
    {
        var node = Node();
        Mailbox.Import("late", node.Mail(from: 4));
        var gap = Only(FindingKind.Gap);
        Refused("no question", gap, FindingState.Declined);
        Decide(gap, FindingState.Settled);
        Refused("settled already", gap, FindingState.Settled);
        Mailbox.Import("early", node.Mail(until: 4));
        Refused("mended", gap, FindingState.Confirmed);
        Refused("is a question", Only(FindingKind.NewInstallation), FindingState.Settled);
    }

    [Fact]
    public void Of_several_decisions_all_are_written_or_none()
    {
        Mailbox.Import("a", Node().Mail());
        Assert.Throws<CommandFailure>(() => Mailbox.Registry.Write(transaction => FindingSettlement.Decide(transaction, [1, 99], Decision(FindingState.Confirmed))));
        Assert.Equal(FindingState.Open, Only(FindingKind.NewInstallation).State);
    }

    private FindingDecision Decision(FindingState state) => new(Mailbox.Time.Wall, "maria", state, "told by telephone");

    private void Decide(Finding finding, FindingState state) =>
        Mailbox.Registry.Write(transaction => FindingSettlement.Decide(transaction, [finding.Number], Decision(state)));

    private void Refused(string expected, Finding finding, FindingState state) =>
        Assert.Contains(expected, Assert.Throws<CommandFailure>(() => Decide(finding, state)).Message, StringComparison.Ordinal);

    private Finding Only(FindingKind kind, string? subject = null) =>
        Assert.Single(Mailbox.OpenFindings(), finding => finding.Kind == kind && (subject is null || finding.Subject == subject));

    private IEnumerable<FindingKind> Due() => Mailbox.OpenFindings().Where(finding => finding.IsDue).Select(finding => finding.Kind);

    private string Statement() => Mailbox.Registry.Read(transaction =>
    {
        var book = LicenseBook.Load(transaction);
        return RegistryStatement.Print(transaction, book, book.All.Single(license => license.Id == License.License.Id), null).Text;
    });

    private (long Seconds, int Ledgers) Used() => Mailbox.Registry.Write(transaction =>
    {
        var reply = new ReplyMaker(transaction, LicenseBook.Load(transaction)).Compose(new Customer(FleetVendor.Product, "Acme Telemedicine"), 1, Mailbox.Time.Wall);
        return (reply.Used.Single(use => use.License == License.License.Id).NodeSeconds, reply.Ledgers.Count);
    });
}
