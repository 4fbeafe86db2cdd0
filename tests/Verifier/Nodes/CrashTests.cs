using System.Globalization;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>P5 and P6 on a node: what was written stays, what a crash loses is an interval at most, and nothing counts twice.</summary>
public sealed class CrashTests
{
    private const int Interval = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void P5_P6_A_power_cut_at_any_moment_loses_an_interval_at_most_and_doubles_nothing(int seed)
    {
        var random = new Random(seed);
        using var site = new NodeSite { LookEvery = TimeSpan.FromSeconds(20) };
        site.Put(plain => plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1m") } });
        var (seconds, coreSeconds) = (0L, 0L);
        for (var life = 0; life < 12; life++)
        {
            var model = new Model(site.Time.Wall, seconds, coreSeconds);
            var node = site.Open();
            Live(site, node, model, random);

            // The machine loses its power; the process is only closed so that the test leaves nothing open.
            site.CutPower();
            node.Dispose();
            var written = site.UsageReceipts();
            (seconds, coreSeconds) = (written.Sum(usage => usage.Seconds), written.Sum(usage => usage.CoreSeconds));
            var place = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, life {life}");
            var until = written.Count > 0 && written[^1].At > model.Begin ? written[^1].At : model.Begin;
            Assert.True(model.At(until) == (seconds, coreSeconds), place);
            Assert.True((site.Time.Wall - until).TotalSeconds <= Interval || model.IsIdleFrom(until), place);
            Assert.True(written.Count == 0 || (written[^1].TotalSeconds, written[^1].TotalCoreSeconds) == (seconds, coreSeconds), place);
            site.Time.Suspend(TimeSpan.FromSeconds(random.Next(100)));
        }

        Assert.True(seconds > 0);
        LedgerAudit.Check(site, TimeSpan.FromSeconds(Interval));
    }

    private static void Live(NodeSite site, Node node, Model model, Random random)
    {
        var running = new List<Usage>();
        for (var step = random.Next(40); step > 0; step--)
        {
            if (random.Next(2) == 0 && node.TryBegin(random.Next(1, 5), out var usage, out _))
            {
                running.Add(usage);
            }
            else if (running.Count > 0)
            {
                var ended = random.Next(running.Count);
                running[ended].Dispose();
                running.RemoveAt(ended);
            }

            var time = random.Next(1, 50);
            model.Pass(time, running.Sum(usage => usage.Cores));
            site.Time.Advance(TimeSpan.FromSeconds(time));
        }
    }

    /// <summary>Second by second: how much was used up to each.</summary>
    private sealed class Model(DateTimeOffset begin, long seconds, long coreSeconds)
    {
        private readonly List<(long Seconds, long CoreSeconds)> _upTo = [(seconds, coreSeconds)];

        public DateTimeOffset Begin => begin;

        public void Pass(int time, int cores)
        {
            for (; time > 0; time--)
                _upTo.Add((_upTo[^1].Seconds + Math.Min(cores, 1), _upTo[^1].CoreSeconds + cores));
        }

        public (long Seconds, long CoreSeconds) At(DateTimeOffset time) => _upTo[(int)(time - begin).TotalSeconds];

        public bool IsIdleFrom(DateTimeOffset time) => _upTo[^1].Seconds - At(time).Seconds <= Interval;
    }
}
