using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerPruningTests
{
    private readonly MemoryDisk _disk = new() { LargestSegment = 3000 };
    private readonly string _folder;
    private readonly LedgerScan _whole;

    public LedgerPruningTests()
    {
        using var ledger = new RandomLedger(_disk, seed: 7);
        ledger.AppendAll(groups: 60);
        _folder = ledger.Folder;
        _whole = LedgerSamples.Scan(_disk, _folder);
    }

    private static DateTimeOffset Later => LedgerSamples.Begin.AddYears(9);

    [Fact]
    public void What_no_reply_acknowledges_is_never_removed()
    {
        Assert.Equal(0, Prune(Later)!.Files);
        for (var size = 1L; size <= _whole.Size; size++)
        {
            var pruned = Prune(Later, isRehearsal: true, AcknowledgedUntil(size))!;
            Assert.True(pruned.End <= size, Invariant($"{pruned.End} of {size} acknowledged"));
            Assert.Equal(_whole.Segments.SkipLast(1).Count(segment => segment.Size <= size), pruned.Files);
        }

        Assert.Equal(_whole.Size, LedgerSamples.Scan(_disk, _folder).Receipts(_disk).Count());
    }

    [Fact]
    public void A_reply_about_another_history_removes_nothing()
    {
        var other = AcknowledgedUntil(_whole.Size) with { Root = Convert.ToBase64String(new byte[32]) };
        Assert.Equal(0, Prune(Later, isRehearsal: false, other)!.Files);
    }

    [Fact]
    public void Younger_receipts_stay_and_so_do_all_that_come_after_them()
    {
        var third = _whole.Segments[3];
        var youngest = _whole.Receipts(_disk).Where(entry => entry.Receipt.Seq < third.Start).Max(entry => entry.Receipt.At);
        var pruned = Prune(youngest.AddSeconds(1), isRehearsal: false, AcknowledgedUntil(_whole.Size))!;
        Assert.Equal((0L, third.Start, 3), (pruned.Start, pruned.End, pruned.Files));
        Assert.Equal(third.Start, LedgerSamples.Scan(_disk, _folder).Start);
    }

    [Fact]
    public void A_pruned_ledger_says_what_it_said_goes_on_and_leaves_from_where_it_begins()
    {
        var acknowledged = AcknowledgedUntil(_whole.Segments[4].Start + 1);
        var before = Told(acknowledged.Size);
        Assert.Equal(4, Prune(Later, isRehearsal: false, acknowledged)!.Files);
        Assert.Equal(before, Told(acknowledged.Size));

        var scan = LedgerSamples.Scan(_disk, _folder);
        Assert.Null(scan.Damage);
        Assert.Equal((_whole.Segments[4].Start, _whole.Size), (scan.Start, scan.Size));
        Assert.Equal(_whole.Root, scan.Root);

        var continuity = new LedgerContinuity(machine: null, _ => [acknowledged]);
        using (var writer = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation, continuity)).Writer)
        {
            for (var count = 0; count < 40; count++)
                writer.Append(LedgerSamples.Usage(count));
        }

        scan = LedgerSamples.Scan(_disk, _folder);
        var sizes = new Dictionary<string, long> { [scan.Key!.Name] = acknowledged.Size };
        var plan = Assert.Single(LedgerSamples.Plans(_disk, [scan], sizes));
        Assert.Empty(plan.Missing);
        Assert.NotNull(LedgerExport.Write(_disk, "/out/rest.receipts", [plan]));
        Assert.Equal(acknowledged.Size, LedgerSamples.ReadAll(_disk["/out/rest.receipts"]).Single().Start);

        // Without the reply the hole is told.
        Assert.Equal((0L, scan.Start), Assert.Single(Assert.Single(LedgerSamples.Plans(_disk, [scan])).Missing) is var hole ? (hole.Start, hole.End) : default);
    }

    [Fact]
    public void An_older_reply_that_comes_back_makes_nothing_wait_that_was_pruned()
    {
        var (older, acknowledged) = (AcknowledgedUntil(3), AcknowledgedUntil(_whole.Segments[4].Start));
        var oldest = _whole.Receipts(_disk, acknowledged.Size).Min(entry => entry.Receipt.At);
        Prune(Later, isRehearsal: false, acknowledged);
        var readings = new LedgerReadings(acknowledgedSize: 3, exportedSize: 3);
        LedgerScan.ReadTail(_disk, _folder)!.AddTo(_disk, readings);
        Assert.Equal(oldest, readings.OldestUnexported);
        Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation, new LedgerContinuity(machine: null, _ => [older])));
    }

    [Fact]
    public void A_pruned_ledger_whose_summary_is_lost_is_damaged_and_followed_with_what_is_left()
    {
        Prune(Later, isRehearsal: false, AcknowledgedUntil(_whole.Segments[4].Start));
        _disk.Delete(Path.Combine(_folder, LedgerSummary.FileName));
        var past = Assert.IsType<LedgerOpening.Damaged>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation)).Past;
        Assert.Contains("no summary says what was in them", past.Damage!.Reason, StringComparison.Ordinal);
        Assert.Equal(_whole.Size, past.Size);
        Assert.Equal(_whole.Root, past.Root);
        var taken = LedgerFolder.TakeOrBegin(_disk, LedgerSamples.StateFolder, LedgerSamples.Installation, LedgerContinuity.Any, LedgerSamples.Begin);
        Assert.Equal(_folder, taken.Follows!.Folder);
    }

    [Fact]
    public void A_process_that_ends_while_it_prunes_leaves_a_ledger_without_a_hole()
    {
        var acknowledged = AcknowledgedUntil(_whole.Segments[4].Start);
        var before = Told(acknowledged.Size);
        for (var last = 0; last < 9; last++)
        {
            var disk = _disk.Copy();
            var done = 0;
            disk.Fails = (_, _) => done++ >= last;
            Assert.Throws<LedgerDiskException>(() => Prune(disk, Later, isRehearsal: false, acknowledged));
            disk.Fails = static (_, _) => false;
            Assert.Null(LedgerSamples.Scan(disk, _folder).Damage);
            Assert.Equal(before, Told(disk, acknowledged.Size));
            Assert.Equal(_whole.Segments[4].Start, Prune(disk, Later, isRehearsal: false, acknowledged)!.End);
        }
    }

    private ReplyLedger AcknowledgedUntil(long size) => new(_whole.Key!.Name, size, Convert.ToBase64String(_whole.TreeAt(_disk, size).Root()));

    private PrunedReceipts? Prune(DateTimeOffset before, bool isRehearsal = false, params ReplyLedger[] replies) => Prune(_disk, before, isRehearsal, replies);

    private PrunedReceipts? Prune(MemoryDisk disk, DateTimeOffset before, bool isRehearsal, params ReplyLedger[] replies) =>
        new LedgerPruning(disk, new LedgerContinuity(machine: null, _ => replies)).Prune(_folder, before, isRehearsal);

    private string Told(long size) => Told(_disk, size);

    private string Told(MemoryDisk disk, long size)
    {
        var readings = new LedgerReadings(size, size);
        LedgerScan.ReadTail(disk, _folder)!.AddTo(disk, readings);
        return FollowedLedgerTests.Told(readings);
    }
}
