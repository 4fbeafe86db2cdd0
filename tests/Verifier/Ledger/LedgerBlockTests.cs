using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>Ledgers of so many segments that the old ones share a block of the summary.</summary>
public sealed class LedgerBlockTests
{
    // Each append begins a segment.
    private readonly MemoryDisk _disk = new() { LargestSegment = 1 };
    private readonly string _folder;
    private readonly LedgerScan _whole;
    private readonly List<Receipt> _receipts;

    public LedgerBlockTests()
    {
        using var ledger = new RandomLedger(_disk, seed: 11);
        ledger.AppendAll(groups: 90);
        _folder = ledger.Folder;
        _whole = LedgerSamples.Scan(_disk, _folder);
        _receipts = [.. _whole.Receipts(_disk).Select(static entry => entry.Receipt)];
    }

    private IReadOnlyList<LedgerBlock> Blocks => LedgerScan.ReadTail(_disk, _folder)!.Summary!.Blocks;

    [Fact]
    public void New_segments_have_a_block_each_and_old_ones_share_one()
    {
        var (shared, single) = (Blocks.TakeWhile(static block => block.Segments > 1).ToList(), Blocks.SkipWhile(static block => block.Segments > 1).ToList());
        Assert.InRange(shared.Count, 3, 20);
        Assert.All(shared, static block => Assert.Equal(LedgerTally.SegmentsOfBlock, block.Segments));
        Assert.All(single, static block => Assert.Equal(1, block.Segments));
        Assert.InRange(single.Count, LedgerTally.SingleSegments - LedgerTally.SegmentsOfBlock + 1, LedgerTally.SingleSegments);
        Assert.Equal(_whole.Segments.Count - 1, Blocks.Sum(static block => block.Segments));
    }

    [Fact]
    public void Wherever_in_a_shared_block_acknowledged_and_exported_receipts_end_all_is_told_as_by_all_receipts()
    {
        long[] sizes = [.. Blocks.Take(4).SelectMany(static block => (long[])[block.Start, block.Start + 1, (block.Start + block.End) / 2, block.End - 1])];
        var random = new Random(11);
        foreach (var acknowledged in sizes)
        {
            var exported = random.Next(4) == 0 ? acknowledged : sizes[random.Next(sizes.Length)];
            Assert.Equal(ToldBy(_whole, acknowledged, exported), ToldBy(LedgerScan.ReadTail(_disk, _folder)!, acknowledged, exported));
        }
    }

    [Fact]
    public void Of_a_shared_block_in_which_the_exported_receipts_end_no_more_is_read_than_what_comes_after_them()
    {
        var block = Blocks[1];
        var scan = LedgerScan.ReadTail(_disk, _folder)!;
        Assert.InRange(ReadFor(block.Start), 0, 0);
        var last = _whole.Segments.Single(segment => segment.Size == block.End);
        Assert.Equal(last.GoodBytes, ReadFor(block.End - 1));
        Assert.Equal(_whole.Segments.Where(segment => segment.Size > block.Start && segment.Start < block.End).Sum(segment => segment.GoodBytes), ReadFor(block.Start + 1));

        long ReadFor(long exported)
        {
            var before = _disk.BytesRead;
            scan.AddTo(_disk, new LedgerReadings(acknowledgedSize: exported, exportedSize: exported));
            return _disk.BytesRead - before;
        }
    }

    [Fact]
    public void A_segment_of_a_shared_block_that_cannot_be_read_makes_nothing_wait_that_was_acknowledged()
    {
        var block = Blocks[1];
        var damaged = _whole.Segments.Single(segment => segment.Start <= block.Start + 3 && block.Start + 3 < segment.Size);
        _disk[damaged.Path] = [];
        var readings = new LedgerReadings(acknowledgedSize: block.Start + 3, exportedSize: block.Start + 3);
        LedgerScan.ReadTail(_disk, _folder)!.AddTo(_disk, readings);
        Assert.Equal(_whole.Size, readings.Size);
        Assert.Equal(Blocks[2].Earliest, readings.OldestUnexported);
    }

    [Fact]
    public void Pruning_goes_to_the_middle_of_a_shared_block_where_a_younger_segment_stays()
    {
        var acknowledged = Blocks[6].Start;
        var told = ToldBy(_whole, acknowledged, acknowledged);
        foreach (var index in (int[])[8, 11, 15, 16, 21])
        {
            var first = _whole.Segments[index];
            var youngest = _receipts.Where(receipt => receipt.Seq < first.Start).Max(receipt => receipt.At);
            Assert.Equal(first.Start, Prune(youngest.AddSeconds(1), acknowledged)!.End);
            Assert.Equal(told, ToldBy(LedgerScan.ReadTail(_disk, _folder)!, acknowledged, acknowledged));
            Assert.Null(LedgerSamples.Scan(_disk, _folder).Damage);

            // An older reply that comes back, from before what is gone.
            var older = new LedgerReadings(acknowledgedSize: 3, exportedSize: 3);
            LedgerScan.ReadTail(_disk, _folder)!.AddTo(_disk, older);
            var left = _receipts.Where(receipt => receipt.Seq >= first.Start).ToList();
            Assert.Equal(left.Min(static receipt => receipt.At), older.OldestUnexported);
            Assert.Equal(
                left.OfType<UsageReceipt>().Where(static usage => usage.License.Length > 0).Sum(static usage => usage.Seconds),
                older.Days.Where(static day => !day.IsAcknowledged).Sum(static day => day.Seconds));
        }
    }

    [Fact]
    public void A_ledger_that_lost_its_summary_gets_the_same_again()
    {
        var before = Blocks.Select(Text).ToList();
        _disk.Delete(Path.Combine(_folder, LedgerSummary.FileName));
        using var writer = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation)).Writer;
        writer.Append(LedgerSamples.Usage(9_000));
        var again = Blocks.Select(Text).ToList();
        Assert.Equal(before.Take(20), again.Take(20));
        Assert.Equal(_whole.Segments.Count, Blocks.Sum(static block => block.Segments));
    }

    private PrunedReceipts? Prune(DateTimeOffset before, long acknowledged)
    {
        var reply = new ReplyLedger(_whole.Key!.Name, acknowledged, Convert.ToBase64String(LedgerScan.ReadTail(_disk, _folder)!.TreeAt(_disk, acknowledged).Root()));
        return new LedgerPruning(_disk, new LedgerContinuity(machine: null, _ => [reply])).Prune(_folder, before, isRehearsal: false);
    }

    private string ToldBy(LedgerScan scan, long acknowledged, long exported)
    {
        var readings = new LedgerReadings(acknowledged, exported);
        scan.AddTo(_disk, readings);
        return Invariant($"acknowledged {acknowledged}, exported {exported}\n{FollowedLedgerTests.Told(readings)}");
    }

    private static string Text(LedgerBlock block) => string.Join('\n', LedgerBlockFormat.Print(block));
}
