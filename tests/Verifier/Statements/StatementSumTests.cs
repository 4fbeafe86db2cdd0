using System.Globalization;
using System.Numerics;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;
using Xunit;
using static OfflineLicense.Tests.Verifier.Statements.StatementDesk;

namespace OfflineLicense.Tests.Verifier.Statements;

/// <summary>What is billed, once, and what is only named.</summary>
public sealed class StatementSumTests : IDisposable
{
    private readonly StatementDesk _desk = new();
    private readonly SignedLicense _license;

    public StatementSumTests() => _license = _desk.Issue(1);

    [Fact]
    public void Customer_and_vendor_print_the_same_whatever_the_order_of_files()
    {
        const int seed = 7;
        var random = new Random(seed);
        var ledgers = Enumerable.Range(0, 6)
            .Select(number => Whole(FleetNode.Begin(number % 2 == 0 ? "acme" : "west", $"{(char)('a' + number)}", December(1 + number)).Hold(_license).Use(1 + number, 30)))
            .ToArray();
        var printed = _desk.Print(_license, Month, ledgers);
        for (var round = 0; round < 20; round++)
        {
            random.Shuffle(ledgers);
            Assert.Equal(printed, _desk.Print(_license, Month, ledgers));
        }
    }

    [Fact]
    public void However_a_ledger_is_cut_into_exports_the_statement_is_the_same()
    {
        const int seed = 11;
        var random = new Random(seed);
        var node = Node().Use(3, 2).Crash(hoursOff: 2).Use(5, 3).Stop();
        var printed = _desk.Print(_license, Month, Whole(node));
        for (uint cuts = 0; cuts < 1u << ((int)node.Size - 1); cuts++)
        {
            var parts = new List<StatementLedger>();
            for (int from = 0, until = 1; until <= node.Size; until++)
            {
                if (until < node.Size && (cuts >> (until - 1) & 1) == 0)
                    continue;

                // An export that a reply did not come for begins where the last one began.
                parts.Add(Part(node, random.Next(4) == 0 ? 0 : from, until));
                from = until;
            }

            var shuffled = parts.ToArray();
            random.Shuffle(shuffled);
            Assert.True(printed == _desk.Print(_license, Month, shuffled), $"seed {seed}, cuts {cuts:b}");
        }
    }

    [Fact]
    public void Days_add_up_to_their_month()
    {
        var node = FleetNode.Begin("acme", "a", December(1).AddHours(-5)).Hold(_license);
        while (node.Now < December(31).AddHours(30))
            node.Use(3, TimeSpan.FromMinutes(190)).Idle(4);
        var holed = Without(node, receipt => receipt.Seq % 17 is 3 or 4);
        var whole = _desk.Of(_license, Month, holed);
        var days = Enumerable.Range(0, 31)
            .Select(day => _desk.Of(_license, new StatementPeriod(Month.From.AddDays(day), Month.From.AddDays(day + 1)), holed)).ToList();
        Assert.Equal(whole.Itemised, StatementUse.Sum(days.Select(day => day.Itemised)));
        Assert.Equal(whole.NotItemised, StatementUse.Sum(days.Select(day => day.NotItemised)));
        Assert.Equal(whole.Counted[0].LossSeconds, days.Sum(day => day.Counted[0].LossSeconds));
    }

    [Fact]
    public void An_interval_that_ends_at_midnight_belongs_to_the_day_before()
    {
        var node = FleetNode.Begin("acme", "a", December(31, 23)).Hold(_license).Use(1, 2);
        Assert.Equal(new StatementUse(3600, 3600), _desk.Of(_license, Month, Whole(node)).Itemised);
        Assert.Equal(new StatementUse(3600, 3600), _desk.Of(_license, StatementPeriod.Month("2027-01"), Whole(node)).Itemised);
    }

    [Fact]
    public void Wherever_receipts_are_missing_meter_readings_give_the_sum_once()
    {
        var node = Node().Use(2, 3).Restart(hoursOff: 30).Use(4, 3);
        var lastUse = node.Receipts.OfType<UsageReceipt>().Last().Seq;
        var halves = new[] { StatementPeriod.Days("2026-12-01", "2026-12-06"), StatementPeriod.Days("2026-12-06", "2027-01-01") };
        for (long first = 2; first < lastUse; first++)
        {
            for (var last = first; last < lastUse; last++)
            {
                var holed = Without(node, receipt => receipt.Seq >= first && receipt.Seq <= last);
                var whole = _desk.Of(_license, Month, holed);
                Assert.Equal(new StatementUse(6 * 3600, 18 * 3600), whole.Itemised + whole.NotItemised);
                Assert.Equal((first, last), whole.Counted[0].Meters.Missing);
                Assert.Equal(0, whole.Counted[0].Meters.Contradictions);

                // However the days are cut, no second is in two statements.
                var parts = halves.Select(half => _desk.Of(_license, half, holed)).ToList();
                Assert.Equal(whole.Itemised + whole.NotItemised, StatementUse.Sum(parts.Select(part => part.Itemised + part.NotItemised)));
            }
        }
    }

    [Fact]
    public void A_ledger_whose_beginning_is_lost_bills_by_its_readings_once_a_license_is_proven_again()
    {
        var node = Node().Use(2, 3).Restart(hoursOff: 1).Use(4, 1);
        var statement = _desk.Of(_license, Month, Without(node, receipt => receipt.Seq < 7));
        Assert.Equal(new StatementUse(3600, 4 * 3600), statement.Itemised);
        Assert.Equal(new StatementUse(3 * 3600, 6 * 3600), statement.NotItemised);
    }

    [Fact]
    public void A_crash_loses_an_interval_at_most_and_the_statement_says_so()
    {
        var ledger = _desk.Of(_license, Month, Whole(Node().Use(1, 1).Crash(hoursOff: 1).Use(1, 1).Restart(hoursOff: 1).Crash(hoursOff: 1))).Counted[0];
        Assert.Equal((2, 7200), (ledger.UncleanStarts, ledger.LossSeconds));
    }

    [Fact]
    public void A_crash_while_no_license_was_active_loses_nothing_that_is_billed()
    {
        var ledger = _desk.Of(_license, Month, Whole(Node().Use(1, 1).Hold(_desk.Forge(9, plan => plan)).Use(1, 1).Crash(hoursOff: 1))).Counted[0];
        Assert.Equal((0, 0), (ledger.UncleanStarts, ledger.LossSeconds));
    }

    [Fact]
    public void A_ledger_is_complete_when_nothing_of_the_period_can_be_to_come()
    {
        Assert.False(_desk.Of(_license, Month, Whole(Node().Use(1, 1))).Counted[0].IsComplete);
        Assert.True(_desk.Of(_license, Month, Whole(Node().Use(1, 1).Stop())).Counted[0].IsComplete);
        Assert.True(_desk.Of(_license, Month, Whole(FleetNode.Begin("acme", "a", December(31, 23)).Hold(_license).Use(1, 1))).Counted[0].IsComplete);
    }

    [Fact]
    public void A_clock_that_was_far_ahead_and_mended_makes_no_period_complete()
    {
        var node = Node().Use(1, 1).SetClock(December(5).AddYears(73)).Use(1, 5);
        Assert.True(IsComplete(node));
        Assert.False(IsComplete(node.SetClock(December(6))));
        Assert.False(IsComplete(node.Use(1, 30)));
        Assert.True(IsComplete(node.Use(0, TimeSpan.FromDays(25))));
    }

    [Fact]
    public void A_ledger_that_was_reset_is_complete_by_what_comes_after_the_reset_alone()
    {
        var node = Node().Use(1, 1).SetClock(December(5).AddYears(73)).Use(1, 48).Stop().TakeReset(December(7));
        Assert.False(IsComplete(node));
        Assert.Contains("known until 2026-12-07T00:00:00Z", _desk.Print(_license, Month, Whole(node)), StringComparison.Ordinal);
        Assert.False(IsComplete(node.Use(1, 2)));
        Assert.True(IsComplete(node.Copy().Stop()));
        Assert.True(IsComplete(node.Use(0, TimeSpan.FromDays(25))));

        // What was used while the clock was ahead belongs to the days that it said, and is in no sum of this month.
        Assert.Equal(new StatementUse(3 * 3600, 3 * 3600), _desk.Of(_license, Month, Whole(node)).Itemised);
    }

    [Fact]
    public void A_reset_to_a_time_past_the_period_does_not_say_by_itself_that_nothing_is_to_come()
    {
        var node = Node().Use(1, 1).TakeReset(December(31).AddDays(2));
        Assert.False(IsComplete(node));
        Assert.True(IsComplete(node.Idle(1)));
    }

    [Fact]
    public void A_proof_from_another_ledger_bills_nothing()
    {
        var honest = Node().Use(4, 10);
        var proof = (LicenseReceipt)honest.Receipts[1];
        var thief = FleetNode.Begin("thief", "1", December(5)).Write(proof);
        foreach (var usage in honest.Receipts.OfType<UsageReceipt>())
            thief.Write(usage);
        AssertNotBilled(thief, NotCountedReason.Altered);
    }

    [Fact]
    public void Use_that_comes_before_any_proof_bills_nothing()
    {
        var usage = Node().Use(4, 1).Receipts[^1];
        AssertNotBilled(FleetNode.Begin("thief", "1", December(5)).Write(usage), NotCountedReason.NoProof);
    }

    [Fact]
    public void A_license_of_a_stolen_key_under_an_issued_id_bills_nothing() =>
        AssertNotBilled(
            FleetNode.Begin("acme", "a", December(5)).Hold(_desk.Forge(1, plan => plan with { Quota = new() { Cores = 1_000_000 } })).Use(4, 1),
            NotCountedReason.Altered);

    [Fact]
    public void A_ledger_of_another_chain_has_no_line()
    {
        var other = _desk.Issue(5);
        var node = FleetNode.Begin("acme", "a", December(5)).Hold(other).Use(4, 1);
        Assert.Equal(_desk.Print(_license, Month), _desk.Print(_license, Month, Whole(node)));
    }

    [Fact]
    public void Unconfirmed_ledgers_are_in_no_sum_and_no_peak()
    {
        var statement = _desk.Of(_license, Month, Whole(Node().Use(4, 1)) with { IsUnconfirmed = true });
        Assert.Equal(default, statement.Itemised);
        Assert.Equal(Int128.Zero, statement.Peaks.Possibly());
        Assert.Equal(new StatementUse(3600, 4 * 3600), Assert.Single(statement.Unconfirmed).Itemised);
    }

    [Fact]
    public void A_reading_that_does_not_add_up_is_named_and_never_billed()
    {
        var node = Node().Use(4, 1);
        var usage = (UsageReceipt)node.Receipts[^1];
        node.Write(usage with { At = usage.At.AddHours(1), From = usage.At, TotalSeconds = 999_999, TotalCoreSeconds = 999_999 });
        var ledger = _desk.Of(_license, Month, Whole(node)).Counted[0];
        Assert.Equal(1, ledger.Meters.Contradictions);
        Assert.Equal((usage.Seq + 1, new StatementUse(999_999, 999_999), new StatementUse(7200, 8 * 3600)), ledger.Meters.FirstContradiction);
        Assert.Equal((new StatementUse(7200, 8 * 3600), default), (ledger.Itemised, ledger.NotItemised));
    }

    [Fact]
    public void The_greatest_numbers_that_strangers_can_sign_end_no_statement()
    {
        const long most = (1L << 53) - 1;
        var node = Node().Use(4, 1);
        var usage = (UsageReceipt)node.Receipts[^1] with
        {
            Cores = most,
            Seconds = most,
            CoreSeconds = most,
            TotalSeconds = most,
            TotalCoreSeconds = most,
            OpenSeconds = most,
        };
        var stranger = new StatementLedger
        {
            Name = node.Ledger,
            Receipts = [.. node.Receipts, .. Enumerable.Range(0, 3000).Select(number => usage with { Seq = node.Size + number })],
        };
        var sum = _desk.Of(_license, Month, stranger).Itemised;
        Assert.Equal((BigInteger)most * 3000 + 3600, (BigInteger)sum.Seconds);
        Assert.Contains(sum.Seconds.ToString(CultureInfo.InvariantCulture), _desk.Print(_license, Month, stranger), StringComparison.Ordinal);
    }

    private void AssertNotBilled(FleetNode node, NotCountedReason reason)
    {
        var statement = _desk.Of(_license, Month, Whole(node));
        Assert.Equal(default, statement.Itemised + statement.NotItemised);
        Assert.Equal(Int128.Zero, statement.Peaks.Possibly());
        Assert.Equal((_license.License.Id, reason), Assert.Single(statement.Counted[0].NotCounted.Select(entry => (entry.License, entry.Reason))));
    }

    private bool IsComplete(FleetNode node) => _desk.Of(_license, Month, Whole(node)).Counted[0].IsComplete;

    private FleetNode Node() => FleetNode.Begin("acme", "a", December(5)).Hold(_license);

    public void Dispose() => _desk.Dispose();
}
