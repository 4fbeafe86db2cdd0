using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;
using Xunit;
using static OfflineLicense.Tests.Verifier.Statements.StatementDesk;

namespace OfflineLicense.Tests.Verifier.Statements;

/// <summary>Whole statements, as the clerk and the customer read them.</summary>
public sealed class StatementTextTests : IDisposable
{
    private static readonly LicenseQuota Quota = new() { Cores = 16, NodeMinutes = 40_000, CoreMinutes = 2_000_000, NodeCores = 8, Per = QuotaPeriod.Month };
    private readonly StatementDesk _desk = new();

    [Fact]
    public void A_month_of_two_nodes_is_one_page()
    {
        var license = _desk.Issue(1, plan => plan with { Quota = Quota, Receipts = new() { Every = Duration.Parse("5m") } });
        var statement = _desk.Print(license, Month, Whole(Busy(license)), Whole(Crashing(license)));

        Snapshot.Match(statement, "statement");
        Assert.Contains($"```\n{statement}```\n", File.ReadAllText(Path.Combine(Snapshot.Repository(), "verifier", "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_asks_for_an_eye_has_a_section_of_its_own()
    {
        var first = _desk.Issue(1, plan => plan with { Quota = Quota, Until = December(20) });
        var renewal = _desk.Issue(2, plan => plan with { Replaces = first.License.Id, From = December(22), Quota = Quota with { Per = null } });
        var other = _desk.Forge(7, plan => plan);
        var altered = _desk.Forge(2, plan => plan with { Licensee = "Nobody", Replaces = first.License.Id });

        var gone = FleetNode.Begin("acme", "gone", December(3)).Hold(first).Use(4, 9).Use(6, 2).Stop();
        var late = FleetNode.Begin("acme", "late", December(20)).Hold(first).Use(2, 12).Use(3, 24).Hold(renewal).Use(1, 5);
        late.Write(new ClockReceipt { At = late.Now, AheadSeconds = 0, BehindSeconds = 400 });
        var strange = FleetNode.Begin("thief", "1", December(5)).Hold(altered).Use(64, 100).Hold(other).Use(32, 10);
        var mixed = FleetNode.Begin("acme", "mixed", December(6)).Hold(other).Use(5, 1).Hold(renewal).Use(1, 1).Hold(null).Use(1, 1);
        var newcomer = FleetNode.Begin("newcomer", "1", December(7)).Hold(first).Use(7, 3);
        var liar = FleetNode.Begin("acme", "liar", December(8)).Hold(first).Use(1, 2);
        liar.Write(((UsageReceipt)liar.Receipts[^1]) with { At = December(8, 3), TotalSeconds = 5, TotalCoreSeconds = 9007199254740991 });
        liar.Write(new UnknownReceipt("weather", ",\"rain\":1}") { At = December(8, 3) });

        Snapshot.Match(
            _desk.Print(
                renewal, Month,
                Without(gone, receipt => receipt.Seq is > 4 and < 9), Whole(late) with { IsForked = true }, Whole(strange), Whole(mixed),
                Whole(newcomer) with { IsUnconfirmed = true }, Whole(liar)),
            "statement-findings");
    }

    [Fact]
    public void A_statement_of_nothing_says_so()
    {
        var license = _desk.Issue(1, plan => plan with { Licensee = "Zoë \u202eknab", Until = null });
        Snapshot.Match(_desk.Print(license, StatementPeriod.Days("2026-11-22", "2026-11-23")), "statement-empty");
    }

    [Fact]
    public void The_last_line_is_the_hash_of_those_before_it()
    {
        var license = _desk.Issue(1);
        var statement = _desk.Print(license, Month, Whole(Busy(license)));
        var last = statement.LastIndexOf("sha256 ", StringComparison.Ordinal);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(statement[..last])));
        Assert.Equal($"sha256 {hash}\n", statement[last..]);
    }

    [Fact]
    public void No_line_ends_in_a_space_or_holds_a_carriage_return()
    {
        var license = _desk.Issue(1);
        foreach (var line in _desk.Print(license, Month, Whole(Crashing(license))).Split('\n'))
        {
            Assert.Equal(line.TrimEnd(), line);
            Assert.DoesNotContain('\r', line);
        }
    }

    // Four hours of work a day on eight cores, from before the month to after it.
    private static FleetNode Busy(SignedLicense license)
    {
        var node = FleetNode.Begin("acme", "busy", December(1).AddDays(-2)).Hold(license);
        while (node.Now < December(31).AddDays(2))
            node.Idle(9).Use(8, 4).Idle(11);
        return node;
    }

    // Works around the clock, falls over twice and is not heard of after the 20th.
    private static FleetNode Crashing(SignedLicense license) => FleetNode.Begin("acme", "crashing", December(2, 8)).Hold(license)
        .Use(2, 100).Crash(hoursOff: 1).Use(12, TimeSpan.FromMinutes(7)).Crash(hoursOff: 0).Use(4, 200).Restart(hoursOff: 3).Use(4, 130);

    public void Dispose() => _desk.Dispose();
}
