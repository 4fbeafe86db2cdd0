using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerWriterTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public void A_new_ledger_begins_with_its_start_and_is_in_its_place_whole_or_not_at_all()
    {
        var calls = DiskCalls.Of(_disk);
        using var writer = LedgerSamples.NewLedger(_disk);
        Assert.Equal(1, writer.Size);
        Assert.StartsWith(LedgerSamples.Installation.VerifierKey.Name + "/", writer.Ledger, StringComparison.Ordinal);
        var segment = LedgerSegment.FileName(0);
        Assert.Equal("000000000000.receipts", segment);
        Assert.Equal(
            [$"make {Path.GetFileName(writer.Folder)}", "sync ledgers", $"create {segment}.new", $"append {segment}.new", $"sync {segment}.new",
                $"rename {segment}.new", $"sync {Path.GetFileName(writer.Folder)}", $"open {segment}"],
            calls);
        var start = Assert.IsType<StartReceipt>(Assert.Single(LedgerSamples.Scan(_disk, writer.Folder).Receipts(_disk)).Receipt);
        Assert.Equal(("", 0L, "", 1L), (start.Follows, start.FollowsSize, start.FollowsRoot, start.Clean));
    }

    [Fact]
    public void Two_ledgers_never_get_one_name()
    {
        using var one = LedgerWriter.Begin(_disk, LedgerSamples.LedgersFolder, LedgerSamples.Installation, LedgerSamples.Begin);
        using var two = LedgerWriter.Begin(_disk, LedgerSamples.LedgersFolder, LedgerSamples.Installation, LedgerSamples.Begin);
        Assert.NotEqual(one.Ledger, two.Ledger);
        one.Dispose();
        var began = LedgerSamples.WriteLedger(_disk);
        Assert.Throws<LedgerDiskException>(() => LedgerSamples.NewLedger(_disk));
        Assert.Equal(4, LedgerSamples.Scan(_disk, began).Size - 1);
    }

    [Fact]
    public void Receipts_and_their_checkpoint_are_one_write_and_one_sync()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var calls = DiskCalls.Of(_disk);
        Assert.Equal(1, writer.Append(LedgerSamples.License(writer.Ledger), LedgerSamples.Licensed, LedgerSamples.Usage(1)));
        Assert.Equal(["append 000000000000.receipts", "sync 000000000000.receipts"], calls);
        Assert.Equal(4, writer.Size);
        var scan = LedgerSamples.Scan(_disk, writer.Folder);
        Assert.Equal(writer.Root(), scan.Root);
        Assert.Equal([0L, 1, 2, 3], scan.Receipts(_disk).Select(entry => entry.Receipt.Seq));
    }

    [Theory]
    [InlineData("append")]
    [InlineData("sync")]
    public void After_a_failed_write_or_sync_the_writer_has_stopped_for_good(string failing)
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        _disk.Fails = (what, _) => what == failing;
        Assert.Throws<LedgerDiskException>(() => writer.Append(LedgerSamples.Usage(1)));
        _disk.Fails = static (_, _) => false;
        Assert.True(writer.IsStopped);
        Assert.Contains("open the ledger anew", Assert.Throws<LedgerDiskException>(() => writer.Append(LedgerSamples.Usage(1))).Message, StringComparison.Ordinal);
        Assert.Equal(1, writer.Size);
        writer.Dispose();
        Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, writer.Folder, LedgerSamples.Installation));
    }

    [Fact]
    public void A_receipt_that_cannot_be_written_leaves_the_ledger_as_it_was()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        Assert.Throws<ArgumentException>(() => writer.Append());
        Assert.Throws<ArgumentException>(() => writer.Append(LedgerSamples.Usage(1), LedgerSamples.Usage(2) with { License = "\n" }));
        Assert.False(writer.IsStopped);
        Assert.Equal(1, writer.Append(LedgerSamples.Usage(1)));
        Assert.Equal(2, LedgerSamples.Scan(_disk, writer.Folder).Size);
    }

    [Fact]
    public void Many_threads_append_and_every_receipt_has_its_own_place()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var places = new System.Collections.Concurrent.ConcurrentBag<long>();
        Parallel.For(0, 40, _ => places.Add(writer.Append(LedgerSamples.Usage(1), LedgerSamples.Usage(2))));
        Assert.Equal(Enumerable.Range(0, 40).Select(index => 1L + 2 * index), places.Order());
        Assert.Equal(81, LedgerSamples.Scan(_disk, writer.Folder).Size);
    }

    [Fact]
    public void Opening_again_gives_back_what_is_there_and_goes_on_with_it()
    {
        var folder = LedgerSamples.WriteLedger(_disk);
        var (writer, past) = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation));
        using (writer)
        {
            Assert.Equal((5L, false), (past.Size, past.EndsWithStop));
            Assert.Equal(past.Root, writer.Root());
            Assert.Equal(past.Key!.Name, writer.Ledger);
            Assert.Equal(5, writer.Append(LedgerSamples.Stop));
        }

        Assert.True(LedgerSamples.Scan(_disk, folder).EndsWithStop);
    }

    [Fact]
    public void A_ledger_has_one_writer_and_the_refusal_names_it()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var held = Assert.IsType<LedgerOpening.Held>(LedgerWriter.Open(_disk, writer.Folder, LedgerSamples.Installation));
        Assert.Equal("process 1", held.Holder);
        writer.Dispose();
        Assert.Throws<LedgerDiskException>(() => writer.Append(LedgerSamples.Usage(1)));
        Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, writer.Folder, LedgerSamples.Installation));
    }

    [Fact]
    public void A_ledger_of_another_installation_is_left_alone()
    {
        var folder = LedgerSamples.WriteLedger(_disk);
        using var other = LedgerSamples.KeyOf(50);
        Assert.IsType<LedgerOpening.Foreign>(LedgerWriter.Open(_disk, folder, other));
        Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation));
    }
}
