using System.Diagnostics;
using System.Globalization;
using OfflineLicense.Tests.Worker;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>Real processes side by side on one state folder, which are killed.</summary>
public sealed class ProcessTests
{
    private const int Workers = 16;
    private const int PiecesOfAWorker = 10_000;
    private const long Quota = 32;

    // Of one piece, in tests/worker; that two ever run at once is the system's to say.
    private const long MostCoresOfAPiece = 4;

    [LinuxFact]
    public async Task Sixteen_processes_that_are_killed_at_random_never_pass_a_quota_of_cores_and_lose_no_ledger()
    {
        using var site = new NodeSite();
        var license = site.Put(plain => plain with
        {
            Overage = OverageRule.Refuse,
            Quota = new LicenseQuota { Cores = Quota },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1s") },
        });
        var runs = (await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkUntilDone(site, worker)))).SelectMany(run => run).ToList();

        Assert.Equal(Workers * PiecesOfAWorker, runs.Sum(run => run.Pieces.Length));
        Assert.InRange(MostAtOnce(runs), MostCoresOfAPiece, Quota);
        AuditLedgers(site, license, runs);
    }

    [Fact]
    public async Task Two_hundred_processes_one_after_another_use_one_ledger()
    {
        using var site = new NodeSite();
        site.Put();

        // Some as processes, which cost a tenth of a second each; the rest as nodes, which are the same to the ledger.
        for (var life = 0; life < 200; life++)
        {
            if (life % 40 == 0)
            {
                using var worker = new WorkerProcess(site, "once");
                Assert.Equal(0, await worker.End());
            }
            else
            {
                using var node = site.Open();
                Assert.True(node.TryBegin(1, out var usage, out _));
                usage.Dispose();
            }
        }

        Assert.Single(site.Ledgers());
        Assert.Equal(200, site.Receipts().OfType<StopReceipt>().Count());
        LedgerAudit.Check(site);
    }

    [Fact]
    public async Task Twelve_processes_at_once_have_twelve_ledgers_and_the_same_twelve_the_next_day()
    {
        using var site = new NodeSite();
        site.Put();
        await Shift(site, processes: 12);
        var ledgers = site.Ledgers().Select(ledger => ledger.Folder).ToList();
        Assert.Equal(12, ledgers.Count);

        site.Time.Advance(TimeSpan.FromDays(1));
        await Shift(site, processes: 12);
        Assert.Equal(ledgers, site.Ledgers().Select(ledger => ledger.Folder));
        Assert.Equal(24, site.Receipts().OfType<StopReceipt>().Count());
        LedgerAudit.Check(site);
    }

    [LinuxFact]
    public async Task The_cores_of_a_process_that_dies_are_free_at_once_also_when_a_child_of_it_lives_on()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with { Overage = OverageRule.Refuse, Quota = new LicenseQuota { Cores = 8 } });
        using var node = site.Open();
        using var worker = new WorkerProcess(site, "hold", "8", "sleep", "1000");
        using var child = Process.GetProcessById(int.Parse((await worker.Line())!, CultureInfo.InvariantCulture));
        try
        {
            Assert.Equal("begun", await worker.Line());
            Assert.False(node.TryBegin(1, out _, out _));
            await worker.Kill();
            Assert.True(node.TryBegin(8, out var usage, out _));
            usage.Dispose();
            Assert.False(child.HasExited);
        }
        finally
        {
            child.Kill();
        }
    }

    private static async Task Shift(NodeSite site, int processes)
    {
        var workers = Enumerable.Range(0, processes).Select(_ => new WorkerProcess(site, "hold", "1")).ToList();
        foreach (var worker in workers)
            Assert.Equal("begun", await worker.Line());
        foreach (var worker in workers)
        {
            Assert.Equal(0, await worker.End());
            worker.Dispose();
        }
    }

    /// <summary>Starts a worker again and again, and kills it after some progress, or while it begins, until it is done.</summary>
    private static async Task<IReadOnlyList<Run>> WorkUntilDone(NodeSite site, int worker)
    {
        var random = new Random(worker);
        var runs = new List<Run>();
        for (var left = PiecesOfAWorker; left > 0;)
        {
            var log = site[FormattableString.Invariant($"pieces-{worker}-{runs.Count}")];
            using var process = new WorkerProcess(
                site, "pieces", log, left.ToString(CultureInfo.InvariantCulture), random.Next().ToString(CultureInfo.InvariantCulture));
            var linesToLive = runs.Count < 3 ? random.Next(60) : int.MaxValue;
            while (linesToLive-- > 0 && await process.Line() is not null)
            {
                // It goes on.
            }

            if (linesToLive < 0)
                await process.Kill();
            else
                Assert.Equal(0, await process.End());
            runs.Add(new Run(PieceLog.Read(log), Stopwatch.GetTimestamp(), IsKilled: linesToLive < 0));
            left -= runs[^1].Pieces.Length;
        }

        return runs;
    }

    /// <summary>The most cores that were surely in use at one moment: work of one that was killed up to its last sign of life.</summary>
    private static long MostAtOnce(IEnumerable<Run> runs)
    {
        var changes = new List<(long At, long Cores)>();
        foreach (var run in runs)
        {
            var last = run.Pieces.Length == 0 ? 0 : run.Pieces.Max(piece => Math.Max(piece.Begun, piece.Ending));
            foreach (var piece in run.Pieces)
            {
                changes.Add((piece.Begun, piece.Cores));
                changes.Add((piece.Ending > 0 ? piece.Ending : last, -piece.Cores));
            }
        }

        // At one stamp what ends comes first.
        changes.Sort();
        var (now, most) = (0L, 0L);
        foreach (var (_, cores) in changes)
            most = Math.Max(most, now += cores);
        return most;
    }

    private static void AuditLedgers(NodeSite site, License license, IReadOnlyList<Run> runs)
    {
        LedgerAudit.Check(site, TimeSpan.FromSeconds(1));
        var ledgers = site.Ledgers();
        Assert.InRange(ledgers.Count, 1, Workers);

        // Each process that ended in good order says so once, in one ledger.
        var ended = runs.Count(run => !run.IsKilled);
        Assert.InRange(site.Receipts().OfType<StopReceipt>().Count(), ended, runs.Count);
        Assert.InRange(site.Receipts().OfType<StartReceipt>().Count(), ended, runs.Count);

        // A receipt that stood in two ledgers would be metered twice, and say that it belongs to the other.
        var text = Licenses.Signed(_ => license).TextBytes;
        foreach (var ledger in ledgers)
        {
            Assert.All(
                ledger.Receipts(LedgerDisk.Real).Select(entry => entry.Receipt).OfType<LicenseReceipt>(),
                receipt => Assert.Equal(LicenseHolding.Of(ledger.Key!.Name, text), receipt.Holds));
        }

        var possibly = runs.Sum(run => run.Pieces.Sum(piece => (piece.Ended > 0 ? piece.Ended - piece.Asked : run.Reaped - piece.Asked) * piece.Cores));
        Assert.InRange(site.UsageReceipts().Sum(usage => usage.CoreSeconds), 0, possibly / Stopwatch.Frequency);
    }

    /// <param name="Pieces">What a process began.</param>
    /// <param name="Reaped">A moment at which it had ended.</param>
    /// <param name="IsKilled">Whether it did not end by itself.</param>
    private sealed record Run(PieceOfWork[] Pieces, long Reaped, bool IsKilled);
}
