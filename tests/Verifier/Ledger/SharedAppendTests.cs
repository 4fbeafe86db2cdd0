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
    public void Who_comes_while_the_disk_is_busy_shares_the_next_write_and_sync()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var late = Enumerable.Range(0, Callers).Select(_ => new Thread(() => writer.Append(LedgerSamples.Usage(1)))).ToList();
        var syncs = 0;
        _disk.Fails = (what, _) =>
        {
            if (what == "sync" && ++syncs == 1)
            {
                late.ForEach(static thread => thread.Start());
                SpinWait.SpinUntil(() => late.TrueForAll(static thread => thread.ThreadState == ThreadState.WaitSleepJoin));
            }

            return false;
        };
        writer.Append(LedgerSamples.Usage(1));
        late.ForEach(static thread => thread.Join());
        Assert.Equal((2, 2L + Callers), (syncs, writer.Size));
        Assert.Equal(writer.Root(), LedgerSamples.Scan(_disk, writer.Folder).Root);
    }

    [Fact]
    public void A_write_that_fails_fails_for_all_who_share_it_and_for_all_who_come_after()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var failed = new ConcurrentBag<string>();
        var late = Enumerable.Range(0, Callers).Select(_ => new Thread(Fail)).ToList();
        _disk.Fails = (what, _) =>
        {
            if (what != "sync")
                return false;
            late.Where(static thread => thread.ThreadState == ThreadState.Unstarted).ToList().ForEach(static thread => thread.Start());
            SpinWait.SpinUntil(() => late.TrueForAll(static thread => thread.ThreadState == ThreadState.WaitSleepJoin));
            return true;
        };
        Fail();
        late.ForEach(static thread => thread.Join());
        Fail();
        Assert.Equal(Callers + 2, failed.Count);
        Assert.All(failed, message => Assert.Contains("no space left on device", message, StringComparison.Ordinal));
        Assert.Equal(1, writer.Size);

        void Fail() => failed.Add(Assert.Throws<LedgerDiskException>(() => writer.Append(LedgerSamples.Usage(1))).Message);
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
