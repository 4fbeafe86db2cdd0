using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>Whose license and whose installation a ledger proves, and what is told where it proves none.</summary>
public sealed class WhoseUseTests : ImportTest
{
    [Fact]
    public void A_license_that_was_never_issued_is_unknown_until_it_reaches_the_registry()
    {
        var stranger = Vendor.Issue(FleetVendor.Plan(2));
        var node = FleetNode.Begin("acme", "first", Start).Hold(stranger).Use(4, 5);
        Mailbox.Import("a", node.Mail());
        Assert.Equal([FindingKind.UnknownLicense], Mailbox.OpenKinds());

        Mailbox.Issue(stranger);
        Mailbox.Import("a", node.Mail());

        Assert.Equal([FindingKind.NewInstallation], Mailbox.OpenKinds());
    }

    [Fact]
    public void A_license_with_another_text_than_the_issued_one_is_altered()
    {
        var forged = Vendor.Issue(FleetVendor.Plan(1) with { Until = null });
        Mailbox.Import("a", FleetNode.Begin("acme", "first", Start).Hold(forged).Use(4, 5).Mail());

        var finding = Assert.Single(Mailbox.OpenFindings());
        Assert.Equal((FindingKind.AlteredLicense, License.License.Id), (finding.Kind, finding.Subject));
    }

    [Fact]
    public void A_proof_copied_from_another_ledger_proves_nothing()
    {
        var honest = Node();
        var holds = honest.Receipts.OfType<LicenseReceipt>().First();
        Mailbox.Import("a", FleetNode.Begin("thief", "first", Start).Write(holds).Mail());

        Assert.Equal([FindingKind.AlteredLicense], Mailbox.OpenKinds());
    }

    [Fact]
    public void A_ledger_is_of_the_customer_whose_license_it_proves_whoever_mailed_it()
    {
        var license = Vendor.Issue(FleetVendor.Plan(2, "Beta GmbH"));
        Mailbox.Issue(license);
        var node = FleetNode.Begin("acme", "first", Start).Hold(license).Use(4, 5);

        var result = Assert.Single(Mailbox.Import("from-acme.receipts", node.Mail()));

        Assert.Equal([new Customer(FleetVendor.Product, "Beta GmbH")], result.Customers);
        Assert.Equal("Beta GmbH", Assert.Single(Mailbox.OpenFindings()).Customer?.Licensee);
    }

    [Fact]
    public void A_bound_license_on_another_installation_is_told()
    {
        var here = FleetNode.Begin("here", "first", Start);
        var bound = Vendor.Issue(FleetVendor.Plan(2) with { Installations = [here.Installation] });
        Mailbox.Issue(bound);

        Mailbox.Import("a", here.Hold(bound).Use(4, 5).Mail());
        Assert.Empty(Mailbox.OpenKinds());

        Mailbox.Import("b", FleetNode.Begin("there", "first", Start).Hold(bound).Use(4, 5).Mail());
        Assert.Equal([FindingKind.WrongInstallation], Mailbox.OpenKinds());

        // What a stranger uses of it is billed to nobody, and the customer's nodes are not told that it was used up.
        var used = Mailbox.Registry.Write(transaction =>
        {
            var book = LicenseBook.Load(transaction);
            Assert.Contains("bound to other installations", RegistryStatement.Print(transaction, book, book.All.Single(known => known.Id == bound.License.Id), null).Text, StringComparison.Ordinal);
            var customer = new Customer(bound.License.Product, bound.License.Licensee);
            var made = new ReplyMaker(transaction, book).Make(customer, Vendor.ReplyKey, here.Now)!;
            return Reply.Open(made.Note, [Vendor.ReplyKey.VerifierKey]).Document!.Used.Single(use => use.License == bound.License.Id);
        });
        Assert.Equal(5 * 3600, used.NodeSeconds);
    }

    [Fact]
    public void An_installation_is_to_be_confirmed_once_for_all_of_its_ledgers()
    {
        Mailbox.Import("a", Node().Mail(), FleetNode.Begin("acme", "second", Start).Hold(License).Use(2, 30).Mail());

        Assert.Equal([FindingKind.NewInstallation], Mailbox.OpenKinds());
    }
}
