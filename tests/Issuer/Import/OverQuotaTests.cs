using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>More than a license allows is told, over all ledgers together; what is within it never is.</summary>
public sealed class OverQuotaTests : ImportTest
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(600, false)]
    [InlineData(599, true)]
    public void Node_minutes_are_summed_over_all_nodes(int allowed, bool isTold)
    {
        var license = Issue(2, new LicenseQuota { NodeMinutes = allowed });
        Mailbox.Import("a", Node("first", license).Use(4, 5).Mail());
        Assert.Empty(Over());
        Mailbox.Import("b", Node("second", license).Use(4, 5).Mail());
        Assert.Equal(isTold ? [$"license {license.License.Id} allows 599 node-minutes from 2026-11-22 to 2027-11-22, and 600 were used"] : [], Over());
    }

    [Theory]
    [InlineData(1200, false)]
    [InlineData(1199, true)]
    public void Core_minutes_are_summed_alike(int allowed, bool isTold)
    {
        var license = Issue(2, new LicenseQuota { CoreMinutes = allowed });
        Mailbox.Import("a", Node("first", license).Use(4, 5).Mail());
        Assert.Equal(isTold, Over().Count == 1);
    }

    [Fact]
    public void A_clock_in_the_last_month_of_the_calendar_keeps_no_customer_from_being_judged()
    {
        var license = Issue(2, new LicenseQuota { Cores = 4 });
        var late = FleetNode.Begin("acme", "late", new DateTimeOffset(9999, 12, 30, 10, 0, 0, TimeSpan.Zero)).Hold(license).Use(9, 5);
        Mailbox.Import("a", late.Mail());
        Assert.Contains("9 were surely in use in 9999-12", Assert.Single(Over()), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_month_of_a_monthly_quota_is_a_matter_of_its_own()
    {
        var license = Issue(2, new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 24 * 60 });
        var node = Node("first", license).Use(1, 24).Idle(24 * 10).Use(1, 24);
        Mailbox.Import("a", node.Mail());
        Assert.Empty(Over());

        Mailbox.Import("b", node.Use(1, 1).Mail());
        Assert.Contains("from 2026-12-01 to 2027-01-01, and 1,500 were used", Assert.Single(Over()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_amendment_in_use_is_what_the_count_is_held_against_and_mends_it()
    {
        var first = Issue(2, new LicenseQuota { NodeMinutes = 300 });
        var node = Node("first", first).Use(4, 6);
        Mailbox.Import("a", node.Mail());
        Assert.Single(Over());

        var second = Issue(3, new LicenseQuota { NodeMinutes = 600 }, replaces: 2);
        Mailbox.Import("b", node.Hold(second).Use(4, 4).Mail());
        Assert.Empty(Over());

        Mailbox.Import("c", node.Use(4, 1).Mail());
        Assert.Contains($"license {second.License.Id} allows 600", Assert.Single(Over()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quota_that_was_made_smaller_accuses_nobody_of_what_was_allowed_before()
    {
        var node = Node("first", Issue(2, new LicenseQuota { NodeMinutes = 600, Cores = 8 })).Use(8, 9);
        node.Hold(Issue(3, new LicenseQuota { NodeMinutes = 300, Cores = 2 }, replaces: 2)).Use(2, 1);
        Mailbox.Import("a", node.Mail());
        Assert.Empty(Over());
    }

    [Fact]
    public void Cores_of_several_nodes_are_told_when_they_were_surely_in_use_at_one_moment()
    {
        var license = Issue(2, new LicenseQuota { Cores = 6 });
        Mailbox.Import("a", Node("first", license).Use(4, 5).Mail());
        Mailbox.Import("b", Node("second", license).Use(2, 5).Mail());
        Mailbox.Import("c", FleetNode.Begin("acme", "later", Start + (5 * Hour)).Hold(license).Use(6, 5).Mail());
        Assert.Empty(Over());

        Mailbox.Import("d", Node("third", license).Use(2, 1).Mail());

        Assert.Equal([$"license {license.License.Id} allows 6 cores at one moment, and 7 were surely in use in 2026-11"], Over());
    }

    [Fact]
    public void One_node_with_more_cores_than_all_may_have_is_told()
    {
        var license = Issue(2, new LicenseQuota { Cores = 6 });
        Mailbox.Import("a", Node("first", license).Use(7, TimeSpan.FromMinutes(1)).Mail());
        Assert.Single(Over());
    }

    [Fact]
    public void It_says_what_the_statement_says()
    {
        var license = Issue(2, new LicenseQuota { NodeMinutes = 599, Cores = 6 });
        Mailbox.Import("a", Node("first", license).Use(4, 5).Mail(), Node("second", license).Use(4, 5).Mail());
        var statement = Mailbox.Registry.Read(transaction =>
        {
            var book = LicenseBook.Load(transaction);
            return RegistryStatement.Print(transaction, book, book.All.Single(known => known.Id == license.License.Id), null).Text;
        });
        Assert.Matches("node-minutes +599 +600 +1", statement);
        Assert.Equal(2, Over().Count);
        Assert.Contains("and 7 were surely in use", Over()[0], StringComparison.Ordinal);
        Assert.Matches("cores +6 +7 +1", statement);
    }

    [Fact]
    public void What_a_stranger_used_of_it_is_over_nobody_s_quota_once_it_is_declined()
    {
        var license = Issue(2, new LicenseQuota { NodeMinutes = 300 });
        var stranger = FleetNode.Begin("stranger", "first", Start).Hold(license).Use(1, 9);
        Mailbox.Import("a", stranger.Mail());
        Assert.Single(Over());
        var question = Mailbox.OpenFindings().Single(finding => finding.Kind == FindingKind.NewInstallation);
        Mailbox.Registry.Write(transaction => FindingSettlement.Decide(transaction, [question.Number], new FindingDecision(Mailbox.Time.Wall, "maria", FindingState.Declined, "not theirs")));

        Mailbox.Import("a", stranger.Mail());
        Assert.Empty(Over());
    }

    [Fact]
    public void What_was_settled_is_told_again_when_it_is_a_tenth_of_the_quota_more()
    {
        var license = Issue(2, new LicenseQuota { NodeMinutes = 600 });
        var node = Node("first", license).Use(1, 11);
        Mailbox.Import("a", node.Mail());
        var told = Told();
        Mailbox.Registry.Write(transaction => FindingSettlement.Decide(transaction, [told.Number], new FindingDecision(Mailbox.Time.Wall, "maria", FindingState.Settled, "billed")));

        Mailbox.Import("b", node.Use(1, TimeSpan.FromMinutes(59)).Mail());
        Assert.Equal(FindingState.Settled, Told().State);
        Mailbox.Import("c", node.Use(1, TimeSpan.FromMinutes(1)).Mail());
        Assert.Equal((told.Number, FindingState.Open), (Told().Number, Told().State));
    }

    [Fact]
    public void Cores_of_which_the_registry_had_not_noted_how_many_they_were_are_looked_up_in_the_receipts()
    {
        var license = Issue(2, new LicenseQuota { Cores = 6 });
        Mailbox.Import("a", Node("first", license).Use(4, 5).Mail(), Node("second", license).Use(4, 5).Mail());
        Mailbox.Registry.Write(static transaction =>
        {
            transaction.Execute("UPDATE uses SET cores = NULL");
            transaction.Execute("DELETE FROM findings WHERE kind = 'over-quota'");
        });
        Mailbox.Import("c", Node("third", license).Use(1, 1).Mail());
        Assert.Contains("8 were surely in use", Assert.Single(Over()), StringComparison.Ordinal);
    }

    private SignedLicense Issue(int number, LicenseQuota quota, int? replaces = null)
    {
        var plan = FleetVendor.Plan(number) with { Quota = quota, Replaces = replaces is { } old ? FleetVendor.Plan(old).Id : null };
        var license = Vendor.Issue(plan);
        Mailbox.Issue(license);
        return license;
    }

    private static FleetNode Node(string ledger, SignedLicense license) => FleetNode.Begin("acme", ledger, Start).Hold(license);

    private Finding Told() => Assert.Single(Mailbox.OpenFindings(), finding => finding.Kind == FindingKind.OverQuota);

    private List<string> Over() => [.. Mailbox.OpenFindings().Where(finding => finding.Kind == FindingKind.OverQuota).Select(finding => finding.Evidence)];
}
