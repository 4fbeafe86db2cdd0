using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerSummaryTests
{
    private readonly MemoryDisk _disk = new() { LargestSegment = 4000 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Readings_by_the_summary_are_those_by_all_receipts_wherever_acknowledged_and_exported_receipts_end(int seed)
    {
        var folder = Random(seed, groups: 60);
        var whole = LedgerSamples.Scan(_disk, folder);
        Assert.True(whole.Segments.Count > 5);
        var starts = whole.Segments.SelectMany(static segment => (long[])[segment.Start - 1, segment.Start, segment.Start + 1, (segment.Start + segment.Size) / 2]);
        long[] sizes = [.. starts.Where(static size => size >= 0), whole.Size - 1, whole.Size, whole.Size + 5];
        var random = new Random(seed);
        foreach (var acknowledged in sizes)
        {
            var exported = sizes[random.Next(sizes.Length)];
            var tail = LedgerScan.ReadTail(_disk, folder)!;
            Assert.NotNull(tail.Summary);
            Assert.Equal(ToldBy(whole, acknowledged, exported), ToldBy(tail, acknowledged, exported));
            Assert.Equal((whole.Size, whole.EndsWithStop), (tail.Size, tail.EndsWithStop));
            Assert.Equal(whole.Root, tail.Root);
            Assert.Equal(whole.Begun(_disk), tail.Begun(_disk));
            if (acknowledged <= whole.Size)
                Assert.Equal(whole.TreeAt(_disk, acknowledged).Root(), tail.TreeAt(_disk, acknowledged).Root());
        }
    }

    [Fact]
    public void Opening_reads_the_summary_and_what_came_after_it()
    {
        _disk.LargestSegment = 20_000;
        var folder = Random(seed: 1, groups: 400);
        long all = _disk.Files.Where(file => file.EndsWith(".receipts", StringComparison.Ordinal)).Sum(file => _disk[file].Length);
        var size = LedgerSamples.Scan(_disk, folder).Size;
        var before = _disk.BytesRead;
        var readings = new LedgerReadings();
        LedgerScan.ReadTail(_disk, folder)!.AddTo(_disk, readings);
        Assert.Equal(size, readings.Size);
        Assert.InRange(_disk.BytesRead - before, 1, all / 2);
    }

    [Fact]
    public void A_summary_that_is_missing_torn_forged_or_of_another_history_is_no_fault_and_the_next_roll_writes_one()
    {
        var folder = Random(seed: 3, groups: 30);
        var summary = Path.Combine(folder, LedgerSummary.FileName);
        var good = _disk[summary];
        var told = ToldBy(LedgerSamples.Scan(_disk, folder), 10, 20);
        using var other = LedgerSamples.KeyOf(50).WithName(LedgerSamples.Scan(_disk, folder).Key!.Name);
        var text = SignedNote.Split(good).UntrustedText;
        using var own = LedgerSamples.Installation.WithName(other.VerifierKey.Name);
        byte[][] bad =
        [
            [], good[..^1], good[..(good.Length / 2)], SignedNote.Sign(text, other), Changed(good),
            SignedNote.Sign(text.Replace("summary/v1", "summary/v2", StringComparison.Ordinal), own),
            SignedNote.Sign(text.Replace("stopped 0", "stopped 00", StringComparison.Ordinal), own),
            SignedNote.Sign(text[..text.LastIndexOf("block", StringComparison.Ordinal)], own),
            SignedNote.Sign(OtherHash(text), own),
        ];
        foreach (var summaryFile in bad)
        {
            _disk[summary] = summaryFile;
            var scan = LedgerScan.ReadTail(_disk, folder)!;
            Assert.Null(scan.Summary);
            Assert.Null(scan.Damage);
            Assert.Equal(told, ToldBy(scan, 10, 20));
        }

        var (writer, _) = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation));
        while (!writer.IsFull)
            writer.Append(LedgerSamples.Usage(1));
        writer.Append(LedgerSamples.Usage(1));
        writer.Dispose();
        Assert.NotNull(LedgerScan.ReadTail(_disk, folder)!.Summary);
        Assert.Equal(ToldBy(LedgerSamples.Scan(_disk, folder), 10, 20), ToldBy(LedgerScan.ReadTail(_disk, folder)!, 10, 20));
    }

    [Fact]
    public void An_older_summary_than_the_newest_is_gone_on_from_and_the_next_has_all_segments()
    {
        var folder = Random(seed: 4, groups: 10);
        var summary = Path.Combine(folder, LedgerSummary.FileName);
        var older = _disk[summary];
        using (var writer = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation)).Writer)
        {
            for (var count = 0; count < 60; count++)
                writer.Append(LedgerSamples.Usage(count));
        }

        var newest = _disk[summary];
        _disk[summary] = older;
        var scan = LedgerScan.ReadTail(_disk, folder)!;
        Assert.True(scan.Summary!.Size < LedgerSamples.Scan(_disk, folder).Segments[^1].Start);
        Assert.Equal(ToldBy(LedgerSamples.Scan(_disk, folder), 7, 9), ToldBy(scan, 7, 9));
        using (var writer = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation)).Writer)
        {
            while (!writer.IsFull)
                writer.Append(LedgerSamples.Usage(1));
            writer.Append(LedgerSamples.Usage(1));
        }

        Assert.True(_disk[summary].Length > newest.Length);
        Assert.Equal(ToldBy(LedgerSamples.Scan(_disk, folder), 7, 9), ToldBy(LedgerScan.ReadTail(_disk, folder)!, 7, 9));
    }

    [Fact]
    public void A_disk_that_refuses_the_summary_refuses_no_receipt()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        _disk.Fails = (what, path) => path.Contains(LedgerSummary.FileName, StringComparison.Ordinal);
        for (var count = 0; count < 40; count++)
            writer.Append(LedgerSamples.Usage(count));
        Assert.DoesNotContain(_disk.Files, file => file.Contains(LedgerSummary.FileName, StringComparison.Ordinal));
        Assert.Equal(41, LedgerScan.ReadTail(_disk, writer.Folder)!.Size);
    }

    [Fact]
    public void A_closed_segment_that_is_missing_in_the_middle_is_damage_to_whoever_asks_for_it()
    {
        var folder = Random(seed: 5, groups: 30);
        var whole = LedgerSamples.Scan(_disk, folder);
        var (told, gone) = (ToldBy(whole, 0, 0), whole.Segments[2]);
        _disk.Delete(gone.Path);
        var tail = LedgerScan.ReadTail(_disk, folder)!;
        Assert.Equal(told, ToldBy(tail, 0, 0));
        Assert.NotNull(LedgerSamples.Scan(_disk, folder).Damage);
        var reply = new ReplyLedger(tail.Key!.Name, gone.Start + 1, Convert.ToBase64String(new byte[32]));
        Assert.IsType<LedgerOpening.Damaged>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation, new LedgerContinuity(machine: null, _ => [reply])));
    }

    [Fact]
    public void Damage_in_a_closed_segment_is_found_by_whoever_reads_it()
    {
        var folder = Random(seed: 5, groups: 30);
        var first = LedgerSamples.SegmentOf(folder);
        _disk[first] = Changed(_disk[first]);
        Assert.NotNull(LedgerSamples.Scan(_disk, folder).Damage);
        var scan = LedgerScan.ReadTail(_disk, folder)!;
        Assert.Null(scan.Damage);
        Assert.Throws<ReceiptsDamageException>(() => scan.TreeAt(_disk, 3));
        var reply = new ReplyLedger(scan.Key!.Name, 3, Convert.ToBase64String(new byte[32]));
        var opening = LedgerWriter.Open(_disk, folder, LedgerSamples.Installation, new LedgerContinuity(machine: null, _ => [reply]));
        Assert.Equal(first, Assert.IsType<LedgerOpening.Damaged>(opening).Past.Damage!.File);
    }

    // A ledger of several segments in which everything happens; its folder.
    private string Random(int seed, int groups)
    {
        using var ledger = new RandomLedger(_disk, seed);
        ledger.AppendAll(groups);
        return ledger.Folder;
    }

    private string ToldBy(LedgerScan scan, long acknowledged, long exported)
    {
        var readings = new LedgerReadings(acknowledged, exported);
        scan.AddTo(_disk, readings);

        // What comes next adds up alike, too.
        var told = FollowedLedgerTests.Told(readings);
        for (var interval = 1; interval <= 300; interval++)
            readings.Add(LedgerSamples.Usage(10_000 + interval) with { Seq = readings.Size });
        return Invariant($"acknowledged {acknowledged}, exported {exported}\n{told}\n{FollowedLedgerTests.Told(readings)}");
    }

    private static byte[] Changed(byte[] file)
    {
        var changed = (byte[])file.Clone();
        var at = changed.AsSpan().IndexOf("\"clean\":"u8) + 8;
        changed[at] = (byte)(changed[at] == '1' ? '0' : '1');
        return changed;
    }

    private static string OtherHash(string text)
    {
        var begin = text.IndexOf("hash ", StringComparison.Ordinal) + 5;
        return text[..begin] + Convert.ToBase64String(new byte[32]) + text[text.IndexOf('\n', begin)..];
    }
}
