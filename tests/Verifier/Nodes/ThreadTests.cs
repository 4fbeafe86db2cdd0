using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>Work that begins and ends on many threads while the node looks, and after it is closed.</summary>
public sealed class ThreadTests
{
    private const int Workers = 8;
    private const int Rounds = 40;

    [Fact]
    public void Eight_threads_are_metered_to_the_second_while_the_node_looks()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
        using (var phase = new Barrier(Workers + 2))
        {
            var threads = Enumerable.Range(1, Workers).Select(cores => new Thread(() => Work(node, phase, cores)))
                .Append(new Thread(() => Look(node, phase))).ToList();
            threads.ForEach(thread => thread.Start());
            for (var round = 0; round < Rounds; round++)
            {
                phase.SignalAndWait();
                // All stand still here: each worker has as many cores in use as its number.
                site.Time.Advance(TimeSpan.FromSeconds(10));
                phase.SignalAndWait();
            }

            threads.ForEach(thread => thread.Join());
            site.Time.Advance(TimeSpan.FromSeconds(100));
        }

        const int cores = Workers * (Workers + 1) / 2;
        var usage = site.UsageReceipts();
        Assert.Equal((Rounds * 10, Rounds * 10 * cores), (usage.Sum(u => u.Seconds), usage.Sum(u => u.CoreSeconds)));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void Ending_work_twice_from_many_threads_ends_it_once()
    {
        using var site = new NodeSite();
        site.Put();
        using (var node = site.Open())
        {
            Assert.True(node.TryBegin(2, out var stays, out _));
            Assert.True(node.TryBegin(3, out var ends, out _));
            Parallel.For(0, 100, _ => ends.Dispose());
            site.Time.Advance(TimeSpan.FromSeconds(10));
            stays.Dispose();
        }

        Assert.Equal(20, site.UsageReceipts().Sum(usage => usage.CoreSeconds));
    }

    [Fact]
    public void A_closed_node_begins_no_work_and_lets_the_old_end()
    {
        using var site = new NodeSite();
        site.Put();
        var node = site.Open();
        Assert.True(node.TryBegin(2, out var usage, out _));
        site.Time.Advance(TimeSpan.FromSeconds(10));
        node.Dispose();
        node.Dispose();
        usage.Dispose();
        Assert.Throws<ObjectDisposedException>(() => node.TryBegin(1, out _, out _));
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(20, site.UsageReceipts().Sum(receipt => receipt.CoreSeconds));
        Assert.Equal("stop", site.Receipts()[^1].Kind);
    }

    [Fact]
    public void Closing_while_work_begins_meters_all_work_that_did()
    {
        using var site = new NodeSite();
        site.Put();
        for (var round = 0; round < 20; round++)
        {
            var node = site.Open();
            using var start = new Barrier(3);
            var threads = Enumerable.Range(0, 2).Select(index => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    while (node.TryBegin(1, out var usage, out _))
                        usage.Dispose();
                }
                catch (ObjectDisposedException)
                {
                    // Closed: that is what it waited for.
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            start.SignalAndWait();
            node.Dispose();
            threads.ForEach(thread => thread.Join());
        }

        Assert.Equal(20, site.Receipts().OfType<OfflineLicense.Verifier.Ledger.StopReceipt>().Count());
        Assert.Single(site.Ledgers());
    }

    [Fact]
    public void Reading_the_verdict_allocates_nothing_and_a_piece_of_work_one_object()
    {
        using var site = new NodeSite();
        site.Put();
        using var node = site.Open();
        Piece(node);
        Assert.Equal(0, LeastCost.AllocatedBytes(() =>
        {
            for (var i = 0; i < 1000; i++)
                _ = node.Verdict.MayBegin;
        }, 0));
        Assert.InRange(LeastCost.AllocatedBytes(() =>
        {
            for (var i = 0; i < 1000; i++)
                Piece(node);
        }, 1000 * 32), 0, 1000 * 32);
    }

    private static void Piece(Node node)
    {
        Assert.True(node.TryBegin(1, out var usage, out _));
        usage.Dispose();
    }

    private static void Work(Node node, Barrier phase, int cores)
    {
        for (var round = 0; round < Rounds; round++)
        {
            for (var piece = 0; piece < 100; piece++)
                Piece(node);
            Assert.True(node.TryBegin(cores, out var usage, out _));
            phase.SignalAndWait();
            phase.SignalAndWait();
            usage.Dispose();
        }
    }

    private static void Look(Node node, Barrier phase)
    {
        for (var round = 0; round < Rounds; round++)
        {
            for (var look = 0; look < 5; look++)
                node.Look();
            phase.SignalAndWait();
            phase.SignalAndWait();
        }
    }
}
