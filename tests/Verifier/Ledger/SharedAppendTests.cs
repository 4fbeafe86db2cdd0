using System.Collections.Concurrent;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class SharedAppendTests
{
    private const int Callers = 8;
    private const int EachAppends = 60;

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void Who_comes_while_the_disk_is_busy_shares_the_next_write_and_sync_with_a_thread_or_without()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var seqs = new ConcurrentBag<long>();
        var threads = Threads(() => seqs.Add(writer.Append(LedgerSamples.Usage(1))));
        List<Task<long>> tasks = [];
        var syncs = 0;
        _disk.Fails = (what, _) =>
        {
            if (what != "sync" || ++syncs > 1)
                return false;
            WaitingOneByOne(threads);
            tasks = Tasks(writer);
            return false;
        };
        Assert.Equal(1, writer.Append(LedgerSamples.Usage(1)));
        threads.ForEach(static thread => thread.Join());
        tasks.ForEach(task => seqs.Add(task.GetAwaiter().GetResult()));

        Assert.Equal((2, 2L + 2 * Callers), (syncs, writer.Size));
        Assert.Equal(Enumerable.Range(2, 2 * Callers).Select(static seq => (long)seq), seqs.Order());
        Assert.Equal(writer.Root(), LedgerSamples.Scan(_disk, writer.Folder).Root);
    }

    [Fact]
    public async Task Who_awaits_an_append_is_kept_by_no_disk_however_slow()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        using var isGood = new ManualResetEventSlim();
        _disk.Fails = (what, _) =>
        {
            if (what == "sync")
                isGood.Wait();
            return false;
        };
        var first = writer.AppendAsync(LedgerSamples.Usage(1));
        var tasks = Tasks(writer);
        var answered = (first.IsCompleted ? 1 : 0) + tasks.Count(static task => task.IsCompleted);
        isGood.Set();
        Assert.Equal(0, answered);
        Assert.Equal(1, await first);
        Assert.Equal(Enumerable.Range(2, Callers).Select(static seq => (long)seq), await Task.WhenAll(tasks));
    }

    // What one does next may take any time, or wait for what another does.
    [Fact]
    public async Task Who_is_told_first_keeps_nobody_else_from_being_told()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        using var areWaiting = new ManualResetEventSlim();
        using var others = new CountdownEvent(Callers - 1);
        var told = 0;
        _disk.Fails = (what, _) =>
        {
            if (what == "sync")
                areWaiting.Wait();
            return false;
        };
        var callers = Enumerable.Range(0, Callers).Select(async _ =>
        {
            await writer.AppendAsync(LedgerSamples.Usage(1)).ConfigureAwait(false);
            if (Interlocked.Increment(ref told) > 1)
                others.Signal();
            else
                Assert.True(others.Wait(TimeSpan.FromMinutes(10)), "the others were not told");
        }).ToList();
        areWaiting.Set();
        await Task.WhenAll(callers);
        Assert.Equal(1 + Callers, writer.Size);
    }

    [Fact]
    public async Task A_write_that_fails_fails_for_all_who_share_it_and_for_all_who_come_after()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var failed = new ConcurrentBag<LedgerDiskException>();
        var threads = Threads(Fail);
        List<Task<long>> tasks = [];
        _disk.Fails = (what, _) =>
        {
            if (what != "sync")
                return false;
            WaitingOneByOne(threads);
            tasks = Tasks(writer);
            return true;
        };
        Fail();
        threads.ForEach(static thread => thread.Join());
        foreach (var task in tasks)
            failed.Add(await Assert.ThrowsAsync<LedgerDiskException>(() => task));
        Fail();
        failed.Add(await Assert.ThrowsAsync<LedgerDiskException>(() => writer.AppendAsync(LedgerSamples.Usage(1)).AsTask()));

        Assert.Equal(2 * Callers + 3, failed.Distinct().Count());
        Assert.All(failed, failure => Assert.Contains("no space left on device", failure.Message, StringComparison.Ordinal));
        Assert.Equal(1, writer.Size);

        void Fail() => failed.Add(Assert.Throws<LedgerDiskException>(() => writer.Append(LedgerSamples.Usage(1))));
    }

    // A program's own fault there must not have receipts that are on the disk called lost, and written once more.
    [Fact]
    public async Task What_fails_after_the_receipts_are_on_the_disk_fails_for_none_who_share_them_and_for_who_comes_next()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        List<Task<long>>? shared = null;
        _disk.Fails = (what, path) =>
        {
            if (IsSummary(what, path))
                throw new InvalidOperationException("nobody foresaw this");
            if (what == "sync" && shared is null)
                (shared, _disk.LargestSegment) = (Tasks(writer), 1);
            return false;
        };
        Assert.Equal(1, writer.Append(LedgerSamples.Usage(1)));
        Assert.Equal(Enumerable.Range(2, Callers).Select(static seq => (long)seq), await Task.WhenAll(shared!));
        SpinWait.SpinUntil(() => writer.IsStopped);
        var failed = await Assert.ThrowsAsync<LedgerDiskException>(() => writer.AppendAsync(LedgerSamples.Usage(1)).AsTask());
        Assert.Contains("nobody foresaw this", failed.Message, StringComparison.Ordinal);
        Assert.Equal(2 + Callers, LedgerSamples.Scan(_disk, writer.Folder).Size);
    }

    [Fact]
    public async Task Who_appends_waits_for_no_summary_that_another_puts_in_place()
    {
        _disk.LargestSegment = 1;
        using var hasBegun = new ManualResetEventSlim();
        using var isWritten = new ManualResetEventSlim();
        using var writer = LedgerSamples.NewLedger(_disk);
        var (summaries, areInOrder) = (0, false);
        _disk.Fails = (what, path) =>
        {
            if (IsSummary(what, path) && Interlocked.Increment(ref summaries) == 1)
            {
                hasBegun.Set();
                areInOrder = isWritten.Wait(TimeSpan.FromMinutes(1));
            }

            return false;
        };
        Assert.Equal(1, await writer.AppendAsync(LedgerSamples.Usage(1)));
        hasBegun.Wait();
        Assert.Equal(2, await writer.AppendAsync(LedgerSamples.Usage(1)));
        isWritten.Set();
        writer.Dispose();
        Assert.True(areInOrder, "the second append waited for the first one's summary");
        Assert.Equal(3, LedgerScan.ReadTail(_disk, writer.Folder)!.Size);
    }

    // Whoever opens the ledger next puts summaries of its own.
    [Fact]
    public void A_writer_that_is_let_go_of_waits_for_the_summary_that_is_on_its_way()
    {
        _disk.LargestSegment = 1;
        var writer = LedgerSamples.NewLedger(_disk);
        var dispose = new Thread(writer.Dispose);
        var hasWaited = false;
        _disk.Fails = (what, path) =>
        {
            if (IsSummary(what, path))
            {
                dispose.Start();
                SpinWait.SpinUntil(() => dispose.ThreadState is ThreadState.WaitSleepJoin or ThreadState.Stopped);
                hasWaited = dispose.IsAlive;
            }

            return false;
        };
        writer.Append(LedgerSamples.Usage(1));
        dispose.Join();
        Assert.True(hasWaited);
        Assert.Equal(1, LedgerScan.ReadTail(_disk, writer.Folder)!.Summary!.Size);
    }

    [Fact]
    public async Task A_writer_that_is_let_go_of_while_others_wait_for_it_leaves_none_of_them_waiting()
    {
        var writer = LedgerSamples.NewLedger(_disk);
        using var haveCome = new ManualResetEventSlim();
        var dispose = new Thread(() =>
        {
            haveCome.Set();
            writer.Dispose();
        });
        List<Task<long>> tasks = [];
        _disk.Fails = (what, _) =>
        {
            if (what == "sync" && tasks.Count == 0)
            {
                tasks = Tasks(writer);
                dispose.Start();
                haveCome.Wait();
            }

            return false;
        };
        writer.Append(LedgerSamples.Usage(1));
        dispose.Join();
        foreach (var task in tasks)
        {
            try
            {
                await task;
            }
            catch (LedgerDiskException)
            {
                // Who of the two came first is the system's to say; what was told is in the ledger.
            }
        }

        Assert.Equal(writer.Size, LedgerSamples.Scan(_disk, writer.Folder).Size);
        Assert.Equal(2 + tasks.Count(static task => task.IsCompletedSuccessfully), writer.Size);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(int.MaxValue)]
    public void What_any_of_many_threads_was_told_is_written_is_there_after_a_power_cut_and_in_its_order(int failsAtSync)
    {
        var writer = LedgerSamples.NewLedger(_disk);
        var segment = LedgerSamples.SegmentOf(writer.Folder);
        var onDisk = _disk[segment];
        var syncs = 0;
        _disk.Fails = (what, path) =>
        {
            if (what != "sync" || path != segment)
                return false;
            if (++syncs >= failsAtSync)
                return true;
            onDisk = _disk[segment];
            return false;
        };
        var told = new long[Callers];
        var threads = Enumerable.Range(0, Callers).Select(caller => new Thread(() => AppendUntilItFails(writer, caller, told))).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        writer.Dispose();
        _disk.Fails = static (_, _) => false;
        _disk[segment] = onDisk;

        var scan = LedgerSamples.Scan(_disk, writer.Folder);
        Assert.Null(scan.Damage);
        var usage = scan.Receipts(_disk).Select(entry => entry.Receipt).OfType<UsageReceipt>().ToList();
        for (var caller = 0; caller < Callers; caller++)
            Assert.Equal(Enumerable.Range(0, (int)told[caller]).Select(number => (long)number), usage.Where(receipt => receipt.Cores == caller).Select(receipt => receipt.Seconds));
        Assert.Equal(failsAtSync == int.MaxValue ? Callers * EachAppends : told.Sum(), usage.Count);
    }

    [Fact]
    public void Segments_that_fill_while_many_threads_append_lose_nothing()
    {
        _disk.LargestSegment = 5000;
        using var writer = LedgerSamples.NewLedger(_disk);
        Parallel.For(0, Callers, caller => AppendUntilItFails(writer, caller, new long[Callers]));
        var scan = LedgerSamples.Scan(_disk, writer.Folder);
        Assert.Equal(writer.Root(), scan.Root);
        Assert.True(scan.Segments.Count > 10);
        var usage = scan.Receipts(_disk).Select(entry => entry.Receipt).OfType<UsageReceipt>().ToList();
        for (var caller = 0; caller < Callers; caller++)
            Assert.Equal(Enumerable.Range(0, EachAppends).Select(number => (long)number), usage.Where(receipt => receipt.Cores == caller).Select(receipt => receipt.Seconds));
    }

    private static bool IsSummary(string what, string path) => what == "create" && path.EndsWith("summary.new", StringComparison.Ordinal);

    private static List<Thread> Threads(Action act) => [.. Enumerable.Range(0, Callers).Select(_ => new Thread(() => act()))];

    // One by one, so that what a thread waits for is the disk and never another thread.
    private static void WaitingOneByOne(List<Thread> threads)
    {
        foreach (var thread in threads.Where(static thread => thread.ThreadState == ThreadState.Unstarted))
        {
            thread.Start();
            SpinWait.SpinUntil(() => thread.ThreadState == ThreadState.WaitSleepJoin);
        }
    }

    private static List<Task<long>> Tasks(LedgerWriter writer) =>
        [.. Enumerable.Range(0, Callers).Select(_ => writer.AppendAsync(LedgerSamples.Usage(1)).AsTask())];

    // Each receipt says who gave it and which of his it is.
    private static void AppendUntilItFails(LedgerWriter writer, int caller, long[] told)
    {
        try
        {
            for (var number = 0; number < EachAppends; number++)
            {
                writer.Append(LedgerSamples.Usage(1) with { Cores = caller, Seconds = number });
                told[caller]++;
            }
        }
        catch (LedgerDiskException)
        {
            // Nothing more is told.
        }
    }
}
