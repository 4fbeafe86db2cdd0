using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerSegmentsTests
{
    private readonly MemoryDisk _disk = new() { LargestSegment = 4000 };

    [Fact]
    public void A_full_segment_is_closed_and_the_append_begins_the_next()
    {
        using var writer = FullLedger(out var appended);
        var first = LedgerSamples.SegmentOf(writer.Folder);
        var calls = DiskCalls.Of(_disk);
        Assert.Equal(appended, writer.Append(LedgerSamples.Usage(appended)));

        var (closed, next, folder) = (Path.GetFileName(first), LedgerSegment.FileName(appended), Path.GetFileName(writer.Folder));
        Assert.Equal(
            [$"create {closed}.new", $"append {closed}.new", $"sync {closed}.new", $"rename {closed}.new", $"sync {folder}",
                $"create {next}.new", $"append {next}.new", $"sync {next}.new", $"rename {next}.new", $"sync {folder}", $"open {next}",
                "create summary.new", "append summary.new", "sync summary.new", "rename summary.new"],
            calls);
        Assert.False(writer.IsFull);
        var scan = LedgerSamples.Scan(_disk, writer.Folder);
        Assert.Equal([(0, appended), (appended, appended + 1)], scan.Segments.Select(segment => (segment.Start, segment.Size)));
        Assert.Equal(writer.Root(), scan.Root);
    }

    [Fact]
    public void A_closed_segment_is_what_an_export_of_it_would_be()
    {
        using var writer = FullLedger(out var size);
        var exported = LedgerSamples.Export(_disk);
        writer.Append(LedgerSamples.Usage(size));
        Assert.Equal(exported, _disk[LedgerSamples.SegmentOf(writer.Folder)]);
    }

    // To write 256 KiB once more in order to leave out some thirteen checkpoints is what keeps 64 callers waiting.
    [Fact]
    public void A_full_segment_of_large_groups_is_left_as_it_is_and_reads_checks_and_exports_like_any_other()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        for (var interval = 1; !writer.IsFull; interval += 8)
            writer.Append([.. Enumerable.Range(interval, 8).Select(static interval => LedgerSamples.Usage(interval))]);
        var (first, size) = (LedgerSamples.SegmentOf(writer.Folder), writer.Size);
        var before = _disk[first];
        var calls = DiskCalls.Of(_disk);
        writer.Append(LedgerSamples.Usage(size));

        Assert.DoesNotContain(calls, call => call.Contains(Path.GetFileName(first), StringComparison.Ordinal));
        Assert.Equal(before, _disk[first]);
        Assert.Equal(3, GroupsOf(_disk, first));
        Assert.Equal(writer.Root(), LedgerSamples.Scan(_disk, writer.Folder).Root);
        Assert.Equal(size, LedgerScan.ReadTail(_disk, writer.Folder)!.Summary!.Size);
        var report = new LedgerCheck(_disk, writer.Folder) { Signatures = SignaturesToVerify.Every }.Check()!;
        Assert.True(report is { Damage: null, Torn: null } && report.Good!.Size == size + 1, report.Outcome.ToString());
        Assert.Equal(Enumerable.Range(0, (int)size + 1).Select(static seq => (long)seq),
            LedgerSamples.ReadAll(LedgerSamples.Export(_disk)).Single().Receipts.Select(static receipt => receipt.Seq));
    }

    [Fact]
    public void A_process_that_ends_at_any_call_of_a_roll_leaves_a_ledger_that_opens_and_rolls_again()
    {
        using var writer = FullLedger(out var size);
        var root = writer.Root();
        var before = _disk.Copy();
        var calls = DiskCalls.Of(_disk);
        writer.Append(LedgerSamples.Usage(size));
        var isWritten = calls.IndexOf("create summary.new");

        for (var last = 0; last < calls.Count; last++)
        {
            var disk = before.Copy();
            disk.LargestSegment = 4000;
            var done = 0;
            var opened = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(disk, writer.Folder, LedgerSamples.Installation)).Writer;
            disk.Fails = (_, _) => done++ >= last;
            if (last < isWritten)
                Assert.Throws<LedgerDiskException>(() => opened.Append(LedgerSamples.Usage(size)));
            else
                opened.Append(LedgerSamples.Usage(size));
            Assert.Equal(last < isWritten, opened.IsStopped);
            opened.Dispose();

            disk.Fails = static (_, _) => false;
            var (next, past) = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(disk, writer.Folder, LedgerSamples.Installation));
            Assert.True(past.Size == size + 1 || (last < isWritten && past.Size == size), Invariant($"call {last}: {past.Size} receipts"));
            Assert.Equal(root, past.TreeAt(disk, size).Root());
            Assert.All(past.Segments.SkipLast(1), closed => Assert.Equal(1, GroupsOf(disk, closed.Path)));
            while (!next.IsFull)
                next.Append(LedgerSamples.Usage(next.Size));
            next.Append(LedgerSamples.Usage(next.Size));
            Assert.Equal(next.Root(), LedgerSamples.Scan(disk, writer.Folder).Root);
            next.Dispose();
        }
    }

    [Fact]
    public void A_receipt_that_changed_on_the_disk_is_not_signed_over_by_closing_its_segment()
    {
        var writer = FullLedger(out var size);
        var segment = LedgerSamples.SegmentOf(writer.Folder);
        var changed = _disk[segment];
        changed[changed.AsSpan().IndexOf("\"cores\":8"u8) + 8] = (byte)'1';
        _disk[segment] = changed;
        var failed = Assert.Throws<LedgerDiskException>(() => writer.Append(LedgerSamples.Usage(size)));
        Assert.Contains("it does not hold what was written to it", failed.Message, StringComparison.Ordinal);
        Assert.Equal(changed, _disk[segment]);
        writer.Dispose();
        Assert.IsType<LedgerOpening.Damaged>(LedgerWriter.Open(_disk, writer.Folder, LedgerSamples.Installation));
    }

    [Fact]
    public void A_ledger_of_many_segments_is_read_and_exported_as_one()
    {
        _disk.LargestSegment = 1500;
        var folder = LedgerSamples.WriteLedger(_disk, appends: 40);
        var scan = LedgerSamples.Scan(_disk, folder);
        Assert.InRange(scan.Segments.Count, 10, 20);
        Assert.Equal(Enumerable.Range(0, 42).Select(seq => (long)seq), scan.Receipts(_disk).Select(entry => entry.Receipt.Seq));
        var whole = new MemoryDisk();
        LedgerSamples.WriteLedger(whole, appends: 40);
        Assert.Equal(LedgerSamples.Export(whole), LedgerSamples.Export(_disk));
    }

    private static int GroupsOf(MemoryDisk disk, string segment) => disk[segment].AsSpan().Count("\n— "u8);

    // A ledger whose next append begins a segment, and how many receipts it has.
    private LedgerWriter FullLedger(out long size)
    {
        var writer = LedgerSamples.NewLedger(_disk);
        writer.Append(LedgerSamples.License(writer.Ledger), LedgerSamples.Licensed);
        while (!writer.IsFull)
            writer.Append(LedgerSamples.Usage(writer.Size));
        size = writer.Size;
        return writer;
    }
}
