using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerFolderTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public void Processes_side_by_side_have_a_ledger_each_and_the_next_ones_use_them_again()
    {
        var one = Take();
        var two = Take();
        Assert.Null(one.Past);
        Assert.NotEqual(one.Writer.Ledger, two.Writer.Ledger);
        one.Writer.Dispose();
        two.Writer.Dispose();
        var three = Take();
        var four = Take();
        Assert.Equal(1, three.Past!.Size);
        Assert.Equal(
            new[] { one.Writer.Ledger, two.Writer.Ledger }.Order(StringComparer.Ordinal), [three.Writer.Ledger, four.Writer.Ledger]);
        Assert.Equal(2, LedgerFolder.List(_disk, LedgerSamples.StateFolder).Count);
    }

    [Fact]
    public void A_damaged_ledger_is_followed_by_a_new_one_once()
    {
        var folder = LedgerSamples.WriteLedger(_disk);
        var good = LedgerSamples.Scan(_disk, folder);
        var segment = LedgerSamples.SegmentOf(folder);
        _disk[segment] = Damaged(_disk[segment]);

        var taken = Take();
        Assert.Equal(folder, taken.Follows!.Folder);
        Assert.Equal(folder, Assert.Single(taken.Damaged).Folder);
        var start = (StartReceipt)LedgerSamples.Scan(_disk, taken.Writer.Folder).Receipts(_disk).Single().Receipt;
        Assert.Equal((good.Key!.Name, 4L, 0L), (start.Follows, start.FollowsSize, start.Clean));
        Assert.Equal(good.TreeAt(_disk, 4).Root(), Convert.FromBase64String(start.FollowsRoot));

        var beside = Take();
        Assert.Null(beside.Follows);
        taken.Writer.Dispose();
        Assert.Equal(taken.Writer.Ledger, Take().Writer.Ledger);
    }

    [Fact]
    public void A_ledger_whose_head_is_damaged_is_followed_by_the_name_of_its_folder()
    {
        var folder = LedgerSamples.WriteLedger(_disk);
        var name = LedgerSamples.Scan(_disk, folder).Key!.Name;
        _disk[LedgerSamples.SegmentOf(folder)] = "nonsense\n"u8.ToArray();
        var taken = Take();
        var start = (StartReceipt)LedgerSamples.Scan(_disk, taken.Writer.Folder).Receipts(_disk).Single().Receipt;
        Assert.Equal((name, 0L, ""), (start.Follows, start.FollowsSize, start.FollowsRoot));
    }

    [Fact]
    public void A_good_ledger_is_taken_before_a_damaged_one_is_given_up()
    {
        var damaged = LedgerSamples.SegmentOf(LedgerSamples.WriteLedger(_disk, (byte)'a'));
        _disk[damaged] = Damaged(_disk[damaged]);
        var good = LedgerSamples.WriteLedger(_disk, (byte)'b');
        var taken = Take();
        Assert.Equal(good, taken.Writer.Folder);
        Assert.Null(taken.Follows);
        Assert.Single(taken.Damaged);
    }

    [Fact]
    public void A_ledger_is_read_while_another_process_writes_it()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        writer.Append(LedgerSamples.Usage(1));
        var segment = LedgerSamples.SegmentOf(writer.Folder);
        _disk[segment] = [.. _disk[segment], .. "\n{\"seq\":2,\"kind\":\"us"u8];
        var scan = Assert.Single(LedgerFolder.ScanAll(_disk, LedgerSamples.StateFolder));
        Assert.Equal((2L, 20L), (scan.Size, scan.TornBytes));
        Assert.Null(scan.Damage);
    }

    [Fact]
    public void What_is_no_ledger_in_the_folder_is_left_alone()
    {
        _disk["/state/ledgers/README"] = [];
        _disk["/state/ledgers/lost+found/x"] = [];
        Assert.Empty(LedgerFolder.ScanAll(_disk, LedgerSamples.StateFolder));
        Assert.Empty(LedgerFolder.ScanAll(_disk, "/nowhere"));
    }

    private LedgerTaken Take() => LedgerFolder.TakeOrBegin(_disk, LedgerSamples.StateFolder, LedgerSamples.Installation, LedgerContinuity.Any, LedgerSamples.Begin);

    // One byte in the last receipt.
    private static byte[] Damaged(byte[] segment)
    {
        var changed = (byte[])segment.Clone();
        changed[changed.AsSpan().LastIndexOf("\"cores\":8"u8) + 8] = (byte)'1';
        return changed;
    }
}
