using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>A clerk learns of a customer's wrong clock when the receipts come, and never of one that is right.</summary>
public sealed class ClockAheadTests : ImportTest
{
    private static readonly DateTimeOffset FarAhead = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-400 * 24, false)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(24, false)]
    [InlineData(25, true)]
    [InlineData(60 * 24, true)]
    public void It_is_told_when_the_newest_receipt_is_more_than_a_day_to_come(int hoursAhead, bool isTold)
    {
        Mailbox.Import("a", Node(Mailbox.Time.Wall.AddHours(hoursAhead - 2)).Use(2, 2).Mail());
        Assert.Equal(isTold, Findings().Count == 1);
    }

    [Fact]
    public void It_says_whose_ledger_by_which_dates_and_what_mends_it()
    {
        var node = Node(FarAhead).Use(2, 2);
        Mailbox.Import("a", node.Mail());
        var finding = Assert.Single(Findings());
        Assert.Equal((node.Ledger, "Acme Telemedicine"), (finding.Ledger, finding.Customer?.Licensee));
        Assert.Equal($"ledger {node.Ledger} is dated up to 2099-01-01 02:00:00 UTC, and here it is 2027-01-05 08:00:00 UTC", finding.Evidence);
        Assert.Contains("issuer time-reset", finding.Kind.NextAct(), StringComparison.Ordinal);
        Assert.Equal(0, finding.Kind.ExitCodeOf());
    }

    [Fact]
    public void What_goes_on_is_told_once_and_receipts_that_are_back_in_their_time_close_it()
    {
        var node = Node(FarAhead).Use(2, 30);
        Mailbox.Import("a", node.Mail());
        var told = Assert.Single(Findings());
        Mailbox.Import("b", node.Use(2, 30).Mail());
        Assert.Equal(told.Number, Assert.Single(Findings()).Number);
        Mailbox.Import("c", node.TakeReset(Mailbox.Time.Wall.AddHours(-3)).Use(2, 2).Mail());
        Assert.Empty(Findings());
        Assert.NotNull(Mailbox.Registry.Read(transaction => new FindingTable(transaction).WithNumber(told.Number))!.ClosedAt);
    }

    [Fact]
    public void A_clock_that_is_wrong_again_is_told_again()
    {
        var node = Node(FarAhead).Use(2, 2);
        Mailbox.Import("a", node.Mail());
        Mailbox.Import("b", node.SetClock(Mailbox.Time.Wall.AddHours(-3)).Use(2, 2).Mail());
        Assert.Empty(Findings());
        Mailbox.Import("c", node.SetClock(FarAhead.AddYears(1)).Use(2, 2).Mail());
        Assert.Single(Findings());
    }

    [Fact]
    public void A_machine_of_the_vendors_that_was_itself_in_the_past_takes_it_back_when_the_same_file_comes_again()
    {
        var mail = Node(Mailbox.Time.Wall).Use(2, 2).Mail();
        var right = Mailbox.Time.Wall;
        Mailbox.Time.Wall = right.AddDays(-40);
        Mailbox.Import("a", mail);
        Assert.Single(Findings());
        Mailbox.Time.Wall = right.AddDays(1);
        Assert.Equal(ImportOutcome.Known, Mailbox.Outcome("a", mail));
        Assert.Empty(Findings());
    }

    private FleetNode Node(DateTimeOffset at) => FleetNode.Begin("acme", "first", at).Hold(License);

    private List<Finding> Findings() => [.. Mailbox.OpenFindings().Where(static finding => finding.Kind == FindingKind.ClockAhead)];
}
