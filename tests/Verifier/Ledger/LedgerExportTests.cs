using System.Security.Cryptography;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerExportTests
{
    private const string File = "/out/receipts-2026.receipts";

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void An_export_holds_all_ledgers_in_one_group_each_and_needs_no_key()
    {
        var (a, b) = (LedgerSamples.WriteLedger(_disk, (byte)'a'), LedgerSamples.WriteLedger(_disk, (byte)'b', appends: 5));
        var summary = Write(File, [])!;
        Assert.Equal(5 + 7, summary.Receipts);
        Assert.Equal([(0L, 5L), (0L, 7L)], summary.Ledgers.Select(ledger => (ledger.Start, ledger.End)));
        Assert.Equal(LedgerSamples.Begin, summary.Ledgers[0].From);
        Assert.Equal(LedgerSamples.Begin.AddMinutes(10), summary.Ledgers[0].Until);
        Assert.Equal(SHA256.HashData(_disk[File]), summary.Sha256);

        var ledgers = LedgerSamples.ReadAll(_disk[File]);
        Assert.Equal([a, b], ledgers.Select(ledger => Path.Combine(LedgerSamples.LedgersFolder, ledger.Ledger[^16..])));
        Assert.Equal(2, Count(_disk[File], "\n— "u8));
    }

    [Fact]
    public void An_export_begins_where_the_vendor_has_acknowledged_at_every_size()
    {
        var scan = LedgerSamples.Scan(_disk, LedgerSamples.WriteLedger(_disk, appends: 12));
        for (var acknowledged = 0L; acknowledged < scan.Size; acknowledged++)
        {
            var file = Invariant($"/out/{acknowledged}.receipts");
            Write(file, new() { [scan.Key!.Name] = acknowledged });
            using var reader = new ReceiptsReader(new MemoryStream(_disk[file]), file);
            Assert.Equal(acknowledged, reader.NextLedger()!.Start);
            Assert.Equal(scan.TreeAt(_disk, acknowledged).Root(), reader.Tree.Root());
            while (reader.NextReceipt() is not null)
            {
                // Read to its end.
            }

            Assert.Equal(scan.Root, reader.Seal!.Root);
        }
    }

    [Fact]
    public void Nothing_new_makes_no_file()
    {
        var scan = LedgerSamples.Scan(_disk, LedgerSamples.WriteLedger(_disk));
        var files = _disk.Files.ToList();
        Assert.Null(Write(File, new() { [scan.Key!.Name] = scan.Size }));
        Assert.Null(Write(File, new() { [scan.Key!.Name] = scan.Size + 5 }));
        Assert.Equal(files, _disk.Files);
    }

    [Fact]
    public void A_name_that_ends_in_gz_makes_a_gzipped_file()
    {
        LedgerSamples.WriteLedger(_disk, appends: 100);
        var summary = Write(File + ".gz", [])!;
        Write(File, []);
        Assert.Equal([0x1f, 0x8b], _disk[File + ".gz"][..2]);
        Assert.True(_disk[File + ".gz"].Length < _disk[File].Length / 5);
        Assert.Equal(SHA256.HashData(_disk[File + ".gz"]), summary.Sha256);
        Assert.Equal(102, LedgerSamples.ReadAll(_disk[File + ".gz"]).Single().Receipts.Count);
    }

    [Fact]
    public void An_export_is_never_overwritten()
    {
        LedgerSamples.WriteLedger(_disk);
        Write(File, []);
        Assert.Contains("never overwritten", Assert.Throws<LedgerDiskException>(() => Write(File, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_has_its_name_only_when_it_is_whole_and_on_the_disk()
    {
        LedgerSamples.WriteLedger(_disk);
        var calls = DiskCalls.Of(_disk);
        Write(File, []);
        var name = Path.GetFileName(File);
        Assert.Equal(
            [$"create {name}.new", $"append {name}.new", $"sync {name}.new", $"sync {LedgerSegment.FileName(0)}", $"rename {name}.new", "sync out"], calls);
        foreach (var failing in new[] { "create", "append", "sync", "rename" })
        {
            _disk.Fails = (what, path) => what == failing && path.EndsWith(".new", StringComparison.Ordinal);
            Assert.Throws<LedgerDiskException>(() => Write("/out/failed.receipts", []));
            Assert.DoesNotContain("/out/failed.receipts", _disk.Files);
        }
    }

    [Fact]
    public void What_cannot_be_synced_where_it_lies_does_not_leave()
    {
        LedgerSamples.WriteLedger(_disk);
        _disk.Fails = static (what, path) => what == "sync" && path.EndsWith(LedgerSegment.FileName(0), StringComparison.Ordinal);
        Assert.Throws<LedgerDiskException>(() => Write(File, []));
        Assert.DoesNotContain(File, _disk.Files);
        Assert.DoesNotContain(File + ".new", _disk.Files);
    }

    [Fact]
    public void What_can_be_read_of_a_damaged_ledger_leaves_with_the_others()
    {
        var segment = LedgerSamples.SegmentOf(LedgerSamples.WriteLedger(_disk));
        var changed = (byte[])_disk[segment].Clone();
        changed[^200] ^= 1;
        _disk[segment] = changed;
        Assert.Equal(4, Write(File, [])!.Receipts);
    }

    [Fact]
    public void A_ledger_that_is_given_twice_leaves_once_at_its_longer()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        var shorter = LedgerSamples.Scan(_disk, writer.Folder);
        writer.Append(LedgerSamples.Usage(1));
        var longer = LedgerSamples.Scan(_disk, writer.Folder);
        Assert.Equal(2, LedgerExport.Write(_disk, File, LedgerSamples.Plans(_disk, [shorter, longer, shorter]))!.Receipts);
    }

    [Fact]
    public void The_log_tells_for_each_ledger_up_to_where_it_left()
    {
        var ledger = LedgerSamples.Scan(_disk, LedgerSamples.WriteLedger(_disk)).Key!.Name;
        Assert.Equal(0, ExportsLog.Read(_disk, LedgerSamples.StateFolder).ExportedUntil(ledger));
        var summary = Write(File, [])!;
        ExportsLog.Append(_disk, LedgerSamples.StateFolder, LedgerSamples.Begin, summary);
        ExportsLog.Append(_disk, LedgerSamples.StateFolder, LedgerSamples.Begin, Exported(ledger, 5, 9));
        ExportsLog.Append(_disk, LedgerSamples.StateFolder, LedgerSamples.Begin, Exported(ledger, 12, 20));
        var log = ExportsLog.Read(_disk, LedgerSamples.StateFolder);
        Assert.Equal(9, log.ExportedUntil(ledger));
        Assert.Equal(20, log.ExportedUntil(ledger, from: 12));
        Assert.Equal(10, log.ExportedUntil(ledger, from: 10));
        Assert.Equal(0, log.ExportedUntil("another"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_disk[File])), log.Lines[0].Sha256);
        Assert.Equal(0, log.LinesUnread);
    }

    [Fact]
    public void A_log_that_was_lost_or_spoilt_covers_less_and_is_no_error()
    {
        const string Log = "/state/exports.log";
        var ledger = LedgerSamples.Scan(_disk, LedgerSamples.WriteLedger(_disk)).Key!.Name;
        ExportsLog.Append(_disk, LedgerSamples.StateFolder, LedgerSamples.Begin, Exported(ledger, 0, 5));
        ExportsLog.Append(_disk, LedgerSamples.StateFolder, LedgerSamples.Begin, Exported(ledger, 5, 9));
        var whole = _disk[Log];
        for (var length = 0; length <= whole.Length; length++)
        {
            _disk[Log] = whole[..length];
            Assert.InRange(ExportsLog.Read(_disk, LedgerSamples.StateFolder).ExportedUntil(ledger), 0, 9);
        }

        _disk[Log] = [.. whole, .. "written by hand\n"u8];
        Assert.Equal((2, 1), (ExportsLog.Read(_disk, LedgerSamples.StateFolder).Lines.Count, ExportsLog.Read(_disk, LedgerSamples.StateFolder).LinesUnread));
        ExportsLog.Append(_disk, LedgerSamples.StateFolder, LedgerSamples.Begin, Exported(ledger, 9, 10));
        Assert.Equal((10L, 0), (ExportsLog.Read(_disk, LedgerSamples.StateFolder).ExportedUntil(ledger), ExportsLog.Read(_disk, LedgerSamples.StateFolder).LinesUnread));
    }

    private ExportSummary? Write(string file, Dictionary<string, long> acknowledged) =>
        LedgerExport.Write(_disk, file, LedgerSamples.Plans(_disk, LedgerFolder.ScanAll(_disk, LedgerSamples.StateFolder), acknowledged));

    private static ExportSummary Exported(string ledger, long start, long end) =>
        new() { Ledgers = [new ExportedLedger(ledger, start, end, LedgerSamples.Begin, LedgerSamples.Begin)], Sha256 = new byte[32] };

    private static int Count(byte[] file, ReadOnlySpan<byte> what)
    {
        var count = 0;
        for (var rest = file.AsSpan(); rest.IndexOf(what) is >= 0 and var at; rest = rest[(at + 1)..])
            count++;
        return count;
    }
}
