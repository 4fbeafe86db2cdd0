using System.Text;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerRecoveryTests
{
    private readonly MemoryDisk _disk = new();
    private readonly string _folder;
    private readonly string _segment;
    private readonly byte[] _whole;

    public LedgerRecoveryTests()
    {
        _folder = LedgerSamples.WriteLedger(_disk, appends: 4);
        _segment = LedgerSamples.SegmentOf(_folder);
        _whole = _disk[_segment];
    }

    [Fact]
    public void A_segment_cut_off_anywhere_opens_at_its_last_good_checkpoint_or_is_reported()
    {
        var ends = GroupEnds();
        for (var length = 0; length < _whole.Length; length++)
        {
            _disk[_segment] = _whole[..length];
            var opening = LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation);
            if (length < ends[0])
            {
                // The first group came with the file, so no crash cuts into it; and nothing of it is touched.
                Assert.Equal(_segment, Assert.IsType<LedgerOpening.Damaged>(opening).Past.Damage!.File);
                Assert.Equal(_whole[..length], _disk[_segment]);
                continue;
            }

            var (writer, past) = Assert.IsType<LedgerOpening.Opened>(opening);
            writer.Dispose();
            var good = ends.Last(end => end <= length);
            Assert.Equal(length - good, past.TornBytes);
            Assert.Equal(_whole[..good], _disk[_segment]);
        }
    }

    [Fact]
    public void A_changed_byte_is_reported_unless_no_receipt_depends_on_it()
    {
        var root = LedgerSamples.Scan(_disk, _folder).Root;
        for (var position = 0; position < _whole.Length; position++)
        {
            var changed = (byte[])_whole.Clone();
            changed[position] ^= 0x01;
            _disk[_segment] = changed;
            var scan = LedgerSamples.Scan(_disk, _folder);
            if (scan.Damage is null)
            {
                // An earlier root or signature, since the last checkpoint signs all receipts again; or the very last
                // newline, without which the file looks like one that a crash cut short.
                Assert.True(scan.Root.AsSpan().SequenceEqual(root) || (position == _whole.Length - 1 && scan.TornBytes > 0), Invariant($"byte {position} was not found"));
                continue;
            }

            Assert.Equal(_segment, scan.Damage.File);
            Assert.IsType<LedgerOpening.Damaged>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
            Assert.Equal(changed, _disk[_segment]);
        }
    }

    [Fact]
    public void Of_a_damaged_ledger_what_comes_before_the_damage_can_be_read()
    {
        var ends = GroupEnds();
        for (var group = 1; group < ends.Count; group++)
        {
            var changed = (byte[])_whole.Clone();
            var inReceipt = ends[group - 1] + 12;
            changed[inReceipt] = (byte)'7';
            _disk[_segment] = changed;
            var scan = LedgerSamples.Scan(_disk, _folder);
            Assert.NotNull(scan.Damage);
            Assert.Equal(ends[group - 1], scan.Segments[^1].GoodBytes);
            Assert.Equal(scan.Size, scan.Receipts(_disk).Count());
            Assert.False(scan.EndsWithStop);
        }
    }

    [Fact]
    public void A_lie_that_only_the_root_shows_is_told_in_the_group_it_is_in()
    {
        var text = Encoding.UTF8.GetString(_whole);
        _disk[_segment] = LedgerSamples.Utf8(text.Replace("\"cores\":8,\"seconds\":300,\"coreSeconds\":2400,\"totalSeconds\":300", "\"cores\":1,\"seconds\":300,\"coreSeconds\":2400,\"totalSeconds\":300", StringComparison.Ordinal));
        var scan = LedgerSamples.Scan(_disk, _folder);
        Assert.Equal(3, scan.Size);
        var usage = text[..text.IndexOf("\"usage\"", StringComparison.Ordinal)].Count(character => character == '\n') + 1;
        Assert.Equal(usage + 4, scan.Damage!.Line);
        Assert.Contains("root", scan.Damage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_does_not_hold_hides_no_good_one_behind_it()
    {
        var ends = GroupEnds();
        var changed = (byte[])_whole.Clone();
        changed[ends[1] - 10] ^= 0x01;
        changed[ends[2] + 12] = (byte)'7';
        _disk[_segment] = changed;
        var scan = LedgerSamples.Scan(_disk, _folder);
        Assert.NotNull(scan.Damage);
        Assert.Equal(ends[2], scan.Segments[^1].GoodBytes);
    }

    [Fact]
    public void Zeros_that_a_crash_left_behind_the_good_part_are_cut()
    {
        _disk[_segment] = [.. _whole, .. new byte[10_000]];
        var opened = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
        Assert.Equal(10_000, opened.Past.TornBytes);
        Assert.Equal(_whole, _disk[_segment]);
    }

    [Fact]
    public void Opening_copies_syncs_and_puts_in_place_before_it_appends()
    {
        var calls = DiskCalls.Of(_disk);
        var opened = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
        opened.Writer.Append(LedgerSamples.Stop);
        var (segment, folder) = (Path.GetFileName(_segment), Path.GetFileName(_folder));
        Assert.Equal(
            [$"create {segment}.new", $"append {segment}.new", $"sync {segment}.new", $"rename {segment}.new", $"sync {folder}",
                $"open {segment}", $"append {segment}", $"sync {segment}"],
            calls);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("append")]
    [InlineData("sync")]
    [InlineData("rename")]
    [InlineData("open")]
    public void A_disk_that_fails_while_a_ledger_is_opened_harms_nothing(string failing)
    {
        _disk[_segment] = _whole[..^5];
        _disk.Fails = (what, _) => what == failing;
        Assert.Throws<LedgerDiskException>(() => LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
        _disk.Fails = static (_, _) => false;
        var opened = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
        Assert.Equal(5, opened.Past.Size);
    }

    [Fact]
    public void Several_segments_are_one_ledger()
    {
        SplitInTwo();
        var scan = LedgerSamples.Scan(_disk, _folder);
        Assert.Null(scan.Damage);
        Assert.Equal(2, scan.Segments.Count);
        Assert.Equal(6, scan.Size);
        Assert.Equal([2L, 3, 4, 5], scan.Receipts(_disk, from: 2).Select(entry => entry.Receipt.Seq));
        var tree = new MerkleTree();
        foreach (var entry in scan.Receipts(_disk))
        {
            Assert.Equal(tree.Root(), scan.TreeAt(_disk, tree.Size).Root());
            tree.Append(entry.Line.Span);
        }

        Assert.Equal(tree.Root(), scan.Root);
        var opened = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
        Assert.Equal(6, opened.Writer.Append(LedgerSamples.Stop));
        opened.Writer.Dispose();
        Assert.Equal(7, LedgerSamples.Scan(_disk, _folder).Size);
    }

    [Fact]
    public void A_newest_segment_may_hold_its_head_alone()
    {
        var newest = SplitInTwo();
        var head = Encoding.UTF8.GetString(_disk[newest]).Split("\n\n")[0] + "\n";
        for (var tail = 0; tail < 100; tail += 33)
        {
            _disk[newest] = [.. LedgerSamples.Utf8(head), .. Enumerable.Repeat((byte)'{', tail)];
            var scan = LedgerSamples.Scan(_disk, _folder);
            Assert.Null(scan.Damage);
            Assert.Equal((3L, (long)tail), (scan.Size, scan.TornBytes));
        }
    }

    [Fact]
    public void A_segment_that_is_missing_is_damage()
    {
        var newest = SplitInTwo();
        var content = _disk[_segment];
        _disk.Delete(_segment);
        Assert.Equal(3, LedgerSamples.Scan(_disk, _folder).Damage!.Line);
        _disk[_segment] = content[..^1];
        Assert.Equal(_segment, LedgerSamples.Scan(_disk, _folder).Damage!.File);
        _disk[_segment] = content;
        _disk[newest] = _whole;
        Assert.Equal(newest, LedgerSamples.Scan(_disk, _folder).Damage!.File);
    }

    [Fact]
    public void A_folder_that_was_copied_under_another_name_is_no_second_ledger()
    {
        var copy = Path.Combine(LedgerSamples.LedgersFolder, "aaaaaaaaaaaaaaaa");
        _disk[LedgerSamples.SegmentOf(copy)] = _whole;
        Assert.Contains("the ledger in this folder is", LedgerSamples.Scan(_disk, copy).Damage!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_which_nothing_was_begun_is_no_ledger()
    {
        _disk.Delete(_segment);
        _disk[_segment + ".new"] = _whole;
        Assert.Null(LedgerScan.Read(_disk, _folder));
        Assert.IsType<LedgerOpening.NotBegun>(LedgerWriter.Open(_disk, _folder, LedgerSamples.Installation));
    }

    // Byte positions at which the file would be whole.
    private List<int> GroupEnds()
    {
        var ends = new List<int>();
        for (var at = _whole.AsSpan().IndexOf("—"u8); at >= 0;)
        {
            var end = at + _whole.AsSpan(at).IndexOf((byte)'\n') + 1;
            ends.Add(end);
            var next = _whole.AsSpan(end).IndexOf("—"u8);
            at = next < 0 ? -1 : end + next;
        }

        return ends;
    }

    // The first two groups in one segment, the others in the next; its path.
    private string SplitInTwo()
    {
        var cut = GroupEnds()[1];
        var tree = LedgerSamples.Scan(_disk, _folder).TreeAt(_disk, 3);
        var key = LedgerSamples.Scan(_disk, _folder).Key!;
        var newest = Path.Combine(_folder, LedgerSegment.FileName(3));
        _disk[_segment] = _whole[..cut];
        _disk[newest] = [.. LedgerSamples.Utf8(LedgerHead.After(tree, key).Print()), .. _whole[cut..]];
        return newest;
    }
}
