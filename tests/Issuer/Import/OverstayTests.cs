using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>What the vendor recomputes of states and grace: an honest node is never told of, a ledger that lies is.</summary>
public sealed class OverstayTests : ImportTest
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly DateTimeOffset _end;

    public OverstayTests()
        : base(static plan => plan with { Grace = new LicenseGrace { Days = 3 } }) => _end = License.License.Until!.Value;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public void A_node_that_goes_through_all_that_befalls_an_honest_one_is_never_told_of(int graceDays, int earn)
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        var first = site.Put(plain => plain with
        {
            Until = Licenses.Day(35),
            Grace = new LicenseGrace { Days = graceDays, Earn = earn, Limit = graceDays + earn },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h") },
        });

        Run(site, 3.3 * Day);
        site.Time.Wall += 2 * Day; // off, and then the clock far ahead, past the end of the term, and mended
        Run(site, 0.5 * Day);
        using (var node = site.Open())
        {
            site.Time.Wall += 60 * Day;
            site.Time.Advance(0.4 * Day);
            Assert.NotEqual(LicenseState.Licensed, node.Verdict.State);
            site.Time.Wall -= 60 * Day;
            site.Time.Advance(2 * Day);
        }

        using (site.Open())
            site.Time.Advance(0.7 * Day);
        using (site.Open())
        {
            site.Time.Advance(24.3 * Day);
            site.CutPower();
        }

        // The term ends, with a fall in the midst of the grace; it lapses, and a renewal is put there.
        Run(site, Licenses.Day(35.4) - site.Time.Wall);
        using (site.Open())
        {
            site.Time.Advance(0.3 * Day);
            site.CutPower();
        }

        Run(site, 4 * Day);
        using (var node = site.Open())
            Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        var second = site.Put(_ => first with { Id = Licenses.Id(2), Replaces = first.Id, From = Licenses.Day(35), Until = Licenses.Day(41) });
        Run(site, 5 * Day);

        site.Export();
        using var books = new ImportBooks(Licenses.Signed(_ => first), Licenses.Signed(_ => second));
        var results = books.Import("honest", File.ReadAllBytes(site["export-1.receipts"]));
        Assert.All(results, result => Assert.Equal(ImportOutcome.Added, result.Outcome));
        Assert.Equal([FindingKind.NewInstallation], books.OpenKinds().Distinct());
    }

    [Fact]
    public void A_ledger_that_says_licensed_after_the_end_of_the_term_is_told()
    {
        var node = FleetNode.Begin("acme", "first", _end - Day).Hold(License).Use(2, 30);
        Mailbox.Import("a", node.Mail());

        var finding = Assert.Single(Mailbox.OpenFindings(), finding => finding.Kind == FindingKind.Overstay);
        Assert.Equal(
            $"ledger {node.Ledger}: receipt 28 says Licensed on 2027-11-22 01:00:00 UTC, and the term of license {License.License.Id} ended on 2027-11-22",
            finding.Evidence);
    }

    [Fact]
    public void An_interval_that_begins_within_the_term_is_licensed_use()
    {
        Mailbox.Import("a", FleetNode.Begin("acme", "first", _end - Day).Hold(License).Use(2, 24).Mail());
        Assert.DoesNotContain(FindingKind.Overstay, Mailbox.OpenKinds());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Grace_is_told_from_when_it_and_the_notice_are_over(int days, bool isTold)
    {
        Mailbox.Import("a", InGrace(_end, days).Mail());
        Assert.Equal(isTold, Mailbox.OpenKinds().Contains(FindingKind.Overstay));
    }

    [Fact]
    public void A_node_that_was_off_for_the_grace_has_its_day_of_notice()
    {
        Mailbox.Import("a", InGrace(_end + (20 * Day), 1).Mail());
        Assert.DoesNotContain(FindingKind.Overstay, Mailbox.OpenKinds());
    }

    [Fact]
    public void A_mail_that_begins_in_mid_grace_goes_on_from_what_is_stored()
    {
        var node = InGrace(_end, 5);
        Mailbox.Import("a", node.Mail(until: node.Size - 30));
        Mailbox.Import("b", node.Mail(from: node.Size - 40));
        Assert.Single(Mailbox.OpenKinds(), FindingKind.Overstay);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Grace_is_not_told_where_another_ledger_of_the_installation_may_have_had_its_own_notice(bool isFirst)
    {
        var other = FleetNode.Begin("acme", "second", _end - Day).Hold(License).Use(1, 1);
        var mails = new[] { InGrace(_end, 5).Mail(), other.Mail() };
        foreach (var mail in isFirst ? mails.Reverse() : mails)
            Mailbox.Import("a", mail);
        Assert.DoesNotContain(FindingKind.Overstay, Mailbox.OpenKinds());
    }

    [Fact]
    public void Another_installation_excuses_nobody()
    {
        Mailbox.Import("a", FleetNode.Begin("west", "second", _end - Day).Hold(License).Use(1, 1).Mail());
        Mailbox.Import("b", InGrace(_end, 5).Mail());
        Assert.Contains(FindingKind.Overstay, Mailbox.OpenKinds());
    }

    [Fact]
    public void A_term_s_end_that_is_dated_later_is_told()
    {
        var node = FleetNode.Begin("acme", "first", _end + Day).Hold(License, LicenseState.Grace, new HeldReason(ReasonCode.TermEnded, _end));
        node.Write(new StateReceipt { At = node.Now, State = LicenseState.Grace, Reasons = [new HeldReason(ReasonCode.TermEnded, node.Now)] });
        Mailbox.Import("a", node.Mail());
        var finding = Assert.Single(Mailbox.OpenFindings(), finding => finding.Kind == FindingKind.Overstay);
        Assert.Contains("to 2027-11-23, and it was on 2027-11-22", finding.Evidence, StringComparison.Ordinal);
    }

    private static void Run(NodeSite site, TimeSpan time)
    {
        using var node = site.Open();
        node.TryBegin(2, out var usage, out _);
        site.Time.Advance(time);
        usage?.Dispose();
    }

    /// <summary>A node that is in Grace since the end of the term, from a time on, for so many days.</summary>
    private FleetNode InGrace(DateTimeOffset from, int days)
    {
        var node = FleetNode.Begin("acme", "first", from).Hold(License, LicenseState.Grace, new HeldReason(ReasonCode.TermEnded, _end));
        for (var hour = 0; hour < 24 * days; hour++)
        {
            var at = from.AddHours(hour);
            node.Write(new UsageReceipt
            {
                From = at,
                At = at.AddHours(1),
                License = License.License.Id,
                State = LicenseState.Grace,
                Since = _end,
                OpenSeconds = 3600,
                Cores = 0,
                Seconds = 0,
                CoreSeconds = 0,
                TotalSeconds = 0,
                TotalCoreSeconds = 0,
                LicensedSeconds = 0,
                GraceSeconds = 3600 * (hour + 1),
            });
        }

        return node;
    }
}
