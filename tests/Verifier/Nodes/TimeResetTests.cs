using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>
/// A node that ran for more than a day with a clock far ahead, and the file of the vendor that mends it (design 3.3, 6):
/// whom it helps, and whom it does not.
/// </summary>
public sealed class TimeResetTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset FarAhead = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Two_days_far_ahead_hold_the_node_there_and_a_reset_brings_it_back_at_once_and_for_good()
    {
        using var site = Ahead();
        using (var node = site.Open())
        {
            Assert.Equal((LicenseState.Lapsed, ReasonCode.TermEnded), (node.Verdict.State, Assert.Single(node.Verdict.Reasons).Code));
            Assert.Contains(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.ClockBehind);
            Put(site, ResetOf(site));
            site.Time.Advance(Minute);
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
            Assert.DoesNotContain(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.ClockBehind);
            Assert.Equal(node.Verdict, Node.Peek(site.Options), SameState);
            site.Time.Advance(2 * Hour);
        }

        // Once for all: the file may go, and the node starts again.
        File.Delete(Path.Combine(site.LicenseFolder, "1.reset"));
        using (var again = site.Open())
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (again.Verdict.State, again.Verdict.At));
        Assert.Single(site.Receipts().OfType<ResetReceipt>());
        LedgerAudit.Check(site, Hour);
    }

    [Fact]
    public void A_reset_that_lies_there_before_the_node_starts_counts_from_its_first_verdict()
    {
        using var site = Ahead();
        Put(site, ResetOf(site));
        Assert.Equal(LicenseState.Licensed, Node.Peek(site.Options).State);
        Assert.Empty(site.Receipts().OfType<ResetReceipt>());
        using var node = site.Open();
        Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
        Assert.Single(site.Receipts().OfType<ResetReceipt>());
    }

    [Fact]
    public void All_ledgers_that_the_file_names_are_brought_back_also_those_that_nobody_writes()
    {
        using var site = Ahead(nodes: 3);
        Assert.Equal(3, site.Ledgers().Count);
        Put(site, ResetOf(site));
        using (var node = site.Open())
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
        foreach (var ledger in site.Ledgers())
        {
            Assert.Single(ledger.Receipts(LedgerDisk.Real), static entry => entry.Receipt is ResetReceipt);
            Assert.True(ledger.EndsWithStop);
        }

        Assert.All(site.Receipts().OfType<StartReceipt>(), static start => Assert.Equal(1, start.Clean));
        LedgerAudit.Check(site, Hour);
    }

    [Fact]
    public void A_ledger_that_the_file_does_not_name_keeps_the_node_where_it_was()
    {
        using var site = Ahead(nodes: 2);
        var reset = ResetOf(site);
        Put(site, reset with { Ledgers = [reset.Ledgers[0]] });
        using var node = site.Open();
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        Assert.Single(site.Receipts().OfType<ResetReceipt>());
    }

    [Fact]
    public void Processes_side_by_side_each_write_it_to_their_own_ledger_and_all_come_back()
    {
        using var site = Ahead(nodes: 2);
        using var a = site.Open();
        using var b = site.Open();
        Put(site, ResetOf(site));
        site.Time.Advance(Hour + Minute);
        Assert.Equal((LicenseState.Licensed, LicenseState.Licensed), (a.Verdict.State, b.Verdict.State));
        Assert.Equal((site.Time.Wall, site.Time.Wall), (a.Verdict.At, b.Verdict.At));
        Assert.Equal(2, site.Receipts().OfType<ResetReceipt>().Count());
    }

    [Fact]
    public void A_ledger_that_ended_in_a_crash_still_says_so_after_a_reset()
    {
        using var site = Ahead(nodes: 2);
        var all = new List<Node> { site.Open(), site.Open() };
        site.Time.Advance(Hour);
        site.CutPower();
        all.ForEach(static node => node.Dispose());
        Put(site, ResetOf(site));
        using (site.Open())
            site.Time.Advance(Minute);
        using (site.Open())
        using (site.Open())
            site.Time.Advance(Minute);
        Assert.Equal(2, site.Receipts().OfType<StartReceipt>().Count(static start => start.Clean == 0));
    }

    [Fact]
    public void Waiting_with_the_file_in_hand_wins_nothing()
    {
        using var site = Ahead();
        var reset = ResetOf(site);
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromDays(20));

        // Twenty days later the clock is set to before the vendor's day, and then the file is put.
        site.Time.Wall = Licenses.Day(5);
        Put(site, reset);
        site.Time.Advance(Minute);
        Assert.Equal(reset.Ledgers[0].Time + TimeSpan.FromDays(20) + Minute, node.Verdict.At);
        Assert.Contains(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.ClockBehind);
        node.Dispose();
        Assert.Equal(reset.Ledgers[0].Time + TimeSpan.FromDays(20) + Minute, site.Receipts().OfType<ResetReceipt>().Single().Mark);
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("signed by a reply key")]
    [InlineData("another product")]
    [InlineData("another ledger")]
    [InlineData("a prefix that the ledger does not have")]
    [InlineData("more receipts than the ledger has")]
    [InlineData("changed on the way")]
    public void A_reset_that_is_not_ours_moves_nothing(string what)
    {
        using var site = Ahead();
        var ours = ResetOf(site);
        var named = ours.Ledgers[0];
        var other = what switch
        {
            "another product" => ours with { Product = "another" },
            "another ledger" => ours with { Ledgers = [named with { Ledger = InstallationName.OfLedger(Licenses.Installation, new byte[10]) }] },
            "a prefix that the ledger does not have" => ours with { Ledgers = [named with { Size = named.Size - 1 }] },
            "more receipts than the ledger has" => ours with { Ledgers = [named with { Size = named.Size + 1000 }] },
            _ => ours,
        };
        using var stranger = Licenses.KeyOf(Licenses.Key.VerifierKey.Name, 9);
        using var reply = Licenses.KeyOf("vendor.example/replies/test", 2);
        var file = other.Sign(what switch { "forged" => stranger, "signed by a reply key" => reply, _ => Licenses.Key });
        if (what == "changed on the way")
            file = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(file).Replace("2026", "2025", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(site.LicenseFolder, "1.reset"), file);
        using (var node = site.Open())
        {
            site.Time.Advance(2 * Hour);
            Assert.Equal((LicenseState.Lapsed, 2099), (node.Verdict.State, node.Verdict.At.Year));
            Assert.Equal(2099, Node.Peek(site.Options).At.Year);
        }

        Assert.Empty(site.Receipts().OfType<ResetReceipt>());
    }

    [Fact]
    public void A_reset_is_taken_once_and_none_that_is_older_than_one_that_was()
    {
        using var site = Ahead();
        var (first, second) = (ResetOf(site, 1), ResetOf(site, 2));
        Put(site, second, "2.reset");
        using (site.Open())
            site.Time.Advance(TimeSpan.FromDays(3));

        // A year on, the clock is held back, and both are there again, under other names.
        site.Time.Wall = Licenses.Day(11);
        File.Delete(Path.Combine(site.LicenseFolder, "2.reset"));
        Put(site, second, "again.reset");
        Put(site, first, "first.reset");
        using (var node = site.Open())
        {
            site.Time.Advance(Hour);
            Assert.InRange(node.Verdict.At, Licenses.Day(13), Licenses.Day(20));
        }

        Assert.Equal([second.Id], site.Receipts().OfType<ResetReceipt>().Select(static reset => reset.Reset));
    }

    [Fact]
    public void A_second_accident_is_mended_by_a_second_reset()
    {
        using var site = Ahead();
        Put(site, ResetOf(site, 1), "1.reset");
        using (site.Open())
            site.Time.Advance(Hour);
        RunAhead(site, FarAhead.AddYears(100));
        Put(site, ResetOf(site, 2), "2.reset");
        using (var node = site.Open())
            Assert.Equal((LicenseState.Licensed, site.Time.Wall), (node.Verdict.State, node.Verdict.At));
        Assert.Equal([Licenses.Id(101), Licenses.Id(102)], site.Receipts().OfType<ResetReceipt>().Select(static reset => reset.Reset));
    }

    [Fact]
    public void What_the_vendor_says_the_time_was_holds_also_when_it_is_later_than_the_clock()
    {
        using var site = Ahead();
        var reset = ResetOf(site);
        Put(site, reset with { Ledgers = [reset.Ledgers[0] with { Time = site.Time.Wall.AddDays(30) }] });
        using var node = site.Open();
        Assert.Equal((LicenseState.Licensed, site.Time.Wall.AddDays(30)), (node.Verdict.State, node.Verdict.At));
        Assert.Contains(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.ClockBehind);
    }

    [Fact]
    public void No_reset_brings_a_node_to_before_its_license_was_issued()
    {
        using var site = Ahead();
        var reset = ResetOf(site);
        Put(site, reset with { Ledgers = [reset.Ledgers[0] with { Time = Licenses.Day(-400) }] });
        site.Time.Wall = Licenses.Day(-300);
        using var node = site.Open();
        Assert.Equal((LicenseState.Licensed, Licenses.Begin), (node.Verdict.State, node.Verdict.At));
    }

    /// <summary>Machines that ran for a day as they should, then two with the clock at 2099, which was then set right.</summary>
    private static NodeSite Ahead(int nodes = 1)
    {
        var site = new NodeSite(Licenses.Day(10)) { LookEvery = Minute };
        site.Put(static plain => plain with { Until = Licenses.Day(300), Receipts = new LicenseReceipts { Every = Duration.Parse("1h") } });
        RunAhead(site, FarAhead, nodes);
        return site;
    }

    private static void RunAhead(NodeSite site, DateTimeOffset to, int nodes = 1)
    {
        var look = site.LookEvery;
        site.LookEvery = Hour;
        var all = Enumerable.Range(0, nodes).Select(_ => site.Open()).ToList();
        site.Time.Advance(TimeSpan.FromDays(1));
        var right = site.Time.Wall;
        site.Time.Wall = to;
        site.Time.Advance(TimeSpan.FromDays(2));
        all.ForEach(static node => node.Dispose());
        site.Time.Wall = right + TimeSpan.FromDays(2);
        site.LookEvery = look;
    }

    /// <summary>What the vendor signs who has all of the machine's receipts, and knows what time it is.</summary>
    private static TimeReset ResetOf(NodeSite site, int number = 1) => new()
    {
        Id = Licenses.Id(100 + number),
        Product = Licenses.Product,
        Issued = site.Time.Wall,
        Ledgers = [.. site.Ledgers()
            .Select(ledger => new ResetLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root), site.Time.Wall))
            .OrderBy(static ledger => ledger.Ledger, StringComparer.Ordinal)],
    };

    private static void Put(NodeSite site, TimeReset reset, string name = "1.reset") =>
        File.WriteAllBytes(Path.Combine(site.LicenseFolder, name), reset.Sign(Licenses.Key));

    private static bool SameState(Verdict a, Verdict b) => (a.State, a.At, a.TermEnd, a.GraceEnds) == (b.State, b.At, b.TermEnd, b.GraceEnds);
}
