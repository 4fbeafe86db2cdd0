using System.Globalization;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;
using Xunit;
using static OfflineLicense.Tests.Verifier.Statements.StatementDesk;

namespace OfflineLicense.Tests.Verifier.Statements;

/// <summary>The two figures of peak cores, on cases small enough to be computed by hand. Windows are of one hour.</summary>
public sealed class StatementPeakTests : IDisposable
{
    private readonly StatementDesk _desk = new();
    private readonly SignedLicense _license;

    public StatementPeakTests() => _license = _desk.Issue(1);

    [Fact]
    public void Nodes_that_were_busy_for_a_whole_window_were_surely_busy_together()
    {
        // (8 + 8) * 3600 / 3610 = 15.95, rounded down.
        Assert.Equal((15, 16), Peaks(Node("a", 10).Use(8, 1), Node("b", 10).Use(8, 1)));
    }

    [Fact]
    public void Nodes_that_were_busy_for_half_a_window_may_have_taken_turns()
    {
        var half = TimeSpan.FromMinutes(30);
        Assert.Equal((8, 16), Peaks(Node("a", 10).Use(8, half).Use(0, half), Node("b", 10).Use(0, half).Use(8, half)));
    }

    [Fact]
    public void The_most_on_one_node_is_certain_though_it_lasted_a_minute() =>
        Assert.Equal((40, 40), Peaks(Node("a", 10).Use(40, TimeSpan.FromMinutes(1)).Use(0, TimeSpan.FromMinutes(59))));

    [Fact]
    public void Nodes_in_neighbouring_windows_may_have_met_if_a_clock_was_wrong() =>
        Assert.Equal((8, 16), Peaks(Node("a", 10).Use(8, 1), Node("b", 11).Use(8, 1)));

    [Fact]
    public void Nodes_with_a_window_between_them_never_met() =>
        Assert.Equal((8, 8), Peaks(Node("a", 10).Use(8, 1), Node("b", 12).Use(8, 1)));

    [Fact]
    public void One_node_counts_once_in_two_windows() =>
        Assert.Equal((9, 9), Peaks(Node("a", 10).Use(8, 1).Use(9, 1)));

    [Fact]
    public void A_window_with_a_set_clock_stays_out_of_the_mean_and_is_named()
    {
        var (a, b) = (Node("a", 10).Use(8, 1), Node("b", 10).Use(8, 1));
        a.Write(new ClockReceipt { At = December(5, 10, 30), AheadSeconds = 600, BehindSeconds = 0 });
        Assert.Equal((8, 16), Peaks(a, b));
        Assert.Equal([(December(5, 10), December(5, 11))], Of(a, b).Peaks.LeftOut());
    }

    [Fact]
    public void A_time_reset_between_two_windows_leaves_out_both()
    {
        var a = Node("a", 10).Use(8, 1);
        a.Write(new ResetReceipt { At = a.Now, Reset = "01JDA7X0R3Q8N5V2K6T9W00001", Mark = a.Now });
        a.Use(8, 1);
        Assert.Equal([(December(5, 10), December(5, 12))], Of(a).Peaks.LeftOut());
    }

    [Fact]
    public void A_stranger_s_clock_leaves_out_nothing()
    {
        var stranger = FleetNode.Begin("stranger", "1", December(5, 10)).Use(8, 1);
        stranger.Write(new ClockReceipt { At = December(5, 10, 30), AheadSeconds = 600, BehindSeconds = 0 });
        Assert.Empty(Of(Node("a", 10).Use(8, 1), stranger).Peaks.LeftOut());
    }

    [Fact]
    public void A_machine_that_slept_for_hours_adds_nothing_to_what_is_certain()
    {
        // One interval's use, somewhere in five hours: 16 cores in the first window would be a guess.
        var asleep = Node("a", 10);
        asleep.Use(8, 1);
        var usage = (UsageReceipt)asleep.Receipts[^1];
        var slept = FleetNode.Begin("acme", "slept", December(5, 10)).Hold(_license).Write(usage with { At = December(5, 15) });
        Assert.Equal((8, 16), Peaks(Node("b", 10).Use(8, 1), slept));
        Assert.Equal((8, 16), Peaks(Node("b", 14).Use(8, 1), slept));
        Assert.Equal((8, 8), Peaks(Node("b", 12).Use(8, 1), slept));
    }

    [Fact]
    public void A_ledger_cannot_say_more_core_seconds_than_its_cores_could_work()
    {
        var usage = (UsageReceipt)Node("a", 10).Use(8, 1).Receipts[^1];
        var liar = FleetNode.Begin("acme", "liar", December(5, 10)).Hold(_license).Write(usage with { CoreSeconds = 9007199254740991 });
        Assert.Equal((8, 8), Peaks(liar));
    }

    [Fact]
    public void Windows_are_as_long_as_the_longest_interval_of_the_chain_s_licenses_in_these_days()
    {
        var shorter = _desk.Issue(2, plan => plan with { Replaces = _license.License.Id, Receipts = new() { Every = Duration.Parse("5m") } });
        var a = Node("a", 10).Use(8, 1);
        var b = FleetNode.Begin("acme", "b", December(5, 10)).Hold(shorter).Use(8, 1);
        var statement = _desk.Of(shorter, Month, Whole(a), Whole(b));
        Assert.Equal(3600, statement.Chain.WindowSeconds);
        Assert.Equal((15, 16), ((int)statement.Peaks.Surely(), (int)statement.Peaks.Possibly()));
    }

    [Fact]
    public void What_is_certain_is_never_more_than_what_is_possible()
    {
        const int seed = 20261205;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var nodes = Enumerable.Range(0, 1 + random.Next(4)).Select(number => Node(number.ToString(CultureInfo.InvariantCulture), random.Next(4))).ToArray();
            foreach (var node in nodes)
            {
                for (var span = 0; span < 6; span++)
                    node.Use(random.Next(6), TimeSpan.FromMinutes(random.Next(1, 100)));
            }

            // The truth, minute by minute, lies between them.
            var truth = Enumerable.Range(0, 24 * 60).Max(minute => nodes.Sum(node => CoresAt(node, December(5, minute / 60, minute % 60))));
            var (surely, possibly) = Peaks(nodes);
            Assert.True(surely <= truth && truth <= possibly, string.Create(CultureInfo.InvariantCulture, $"seed {seed}, round {round}: {surely} <= {truth} <= {possibly}"));
        }
    }

    private static long CoresAt(FleetNode node, DateTimeOffset time) => node.Receipts.OfType<UsageReceipt>()
        .Where(usage => usage.From <= time && time < usage.At).Sum(usage => usage.Cores);

    private FleetNode Node(string name, int hour) => FleetNode.Begin("acme", name, December(5, hour)).Hold(_license);

    private Statement Of(params FleetNode[] nodes) => _desk.Of(_license, Month, nodes.Select(Whole));

    private (int Surely, int Possibly) Peaks(params FleetNode[] nodes)
    {
        var peaks = Of(nodes).Peaks;
        return ((int)peaks.Surely(), (int)peaks.Possibly());
    }

    public void Dispose() => _desk.Dispose();
}
