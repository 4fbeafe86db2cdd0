using OfflineLicense.Issuer.Import;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>Two histories of one ledger: never merged, and proven by the two files.</summary>
public sealed class ForkTests : ImportTest
{
    [Fact]
    public void A_state_folder_that_two_nodes_went_on_with_is_a_fork_and_anyone_can_check_the_proof()
    {
        var node = Node();
        var copy = node.Copy();
        node.Use(8, 5);
        copy.Use(2, 3);
        Mailbox.Import("one", node.Mail());

        var fork = Assert.Single(Mailbox.Import("two", copy.Mail(from: 4)));

        Assert.Equal(ImportOutcome.Fork, fork.Outcome);
        Assert.Equal(node.Mail(), Text(node));
        var finding = Assert.Single(Mailbox.OpenFindings(), finding => finding.Kind == FindingKind.Fork);
        Assert.Equal(new Customer(FleetVendor.Product, "Acme Telemedicine"), finding.Customer);
        var (stored, second) = Mailbox.Registry.Read(transaction => ForkEvidence.Of(transaction, finding));
        Assert.Equal(copy.Mail(from: 4), Bytes(second));
        Assert.True(ForkEvidence.Proves(stored.Open(), second.Open()));
        Assert.True(ForkEvidence.Proves(second.Open(), stored.Open()));
    }

    [Fact]
    public void Receipts_that_agree_are_no_proof_of_a_fork()
    {
        var node = Node();
        for (var start = 0; start < node.Size - 1; start++)
        {
            Assert.False(ForkEvidence.Proves(new MemoryStream(node.Mail(until: node.Size - 1)), new MemoryStream(node.Mail(from: start))));
            Assert.False(ForkEvidence.Proves(new MemoryStream(node.Mail(from: start)), new MemoryStream(node.Mail(until: node.Size - 1))));
        }
    }

    [Fact]
    public void Every_way_to_send_a_second_history_is_a_fork_and_its_proof_holds()
    {
        var node = Node();
        var copy = node.Copy();
        var common = node.Size;
        node.Use(8, 5);
        copy.Use(2, 9);
        Mailbox.Import("one", node.Mail());
        var books = Text(node);

        for (var start = 0L; start <= node.Size; start++)
        {
            for (var end = Math.Max(start, common) + 1; end <= copy.Size; end++)
            {
                Assert.Equal(ImportOutcome.Fork, Mailbox.Outcome("two", copy.Mail(start, end)));
                Assert.Equal(books, Text(node));
            }
        }

        foreach (var finding in Mailbox.OpenFindings().Where(finding => finding.Kind == FindingKind.Fork))
        {
            var (stored, second) = Mailbox.Registry.Read(transaction => ForkEvidence.Of(transaction, finding));
            Assert.True(ForkEvidence.Proves(stored.Open(), second.Open()));
        }
    }

    [Fact]
    public void A_second_history_that_waited_behind_a_gap_is_a_fork_when_the_gap_closes()
    {
        var node = Node();
        var copy = node.Copy();
        node.Use(8, 5);
        copy.Use(2, 9);
        var start = node.Size - 2;

        Assert.Equal(ImportOutcome.Gap, Mailbox.Outcome("late", copy.Mail(from: start)));

        Assert.Equal([ImportOutcome.Added, ImportOutcome.Fork], Mailbox.Import("one", node.Mail()).Select(result => result.Outcome));
        Assert.Contains(FindingKind.Fork, Mailbox.OpenKinds());
        Assert.DoesNotContain(FindingKind.Gap, Mailbox.OpenKinds());
    }
}
