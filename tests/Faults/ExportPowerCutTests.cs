using System.Security.Cryptography;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>An export, its record, and files that are put in place, after a power cut: whole, or as if nobody had begun.</summary>
public sealed class ExportPowerCutTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const string Mail = "/out/mail.receipts";

    // What is promised when an export is there, beside what the ledger promises at its beginning.
    private const int Mailed = 2;

    [Fact]
    public void P5_An_export_is_there_whole_before_its_record_says_that_it_left()
    {
        var content = new MemoryDisk();
        LedgerSamples.WriteLedger(content);
        content["/out/earlier.receipts"] = [1];
        var disk = new SimulatedDisk(content);
        disk.CreateFolder("/out");
        var summary = LedgerExport.Write(disk, Mail, LedgerSamples.Plans(disk, LedgerFolder.ScanAll(disk, LedgerSamples.StateFolder)))!;
        disk.Promise(1);
        ExportsLog.Append(disk, LedgerSamples.StateFolder, LedgerSamples.Begin.AddDays(1), summary);
        disk.Promise(2);

        Check(disk, least: 20, cut =>
        {
            var isThere = cut.Disk.Files.Contains(Mail);
            Assert.True(isThere || cut.Promised < 1, $"{cut}: the export is gone");
            if (isThere)
                Assert.Equal(summary.Sha256, SHA256.HashData(cut.Disk[Mail]));
            var log = ExportsLog.Read(cut.Disk, LedgerSamples.StateFolder);
            Assert.Equal(0, log.LinesUnread);
            Assert.True(log.Lines.Count == 0 || isThere, $"{cut}: recorded, and not there");
            Assert.True(log.Lines.Count > 0 || cut.Promised < 2, $"{cut}: the record is gone");
        });
    }

    [Fact]
    public void P5_What_left_in_an_export_survives_a_power_cut_though_its_writer_had_not_synced_it_yet()
    {
        var (exports, states) = (0, 0);
        var calls = Written(_ => false).Calls.Count;
        for (var number = 1; number <= calls; number++)
        {
            // Another process exports right before a call of the writer's, as between its write and its sync.
            List<Receipt>? mailed = null;
            var made = 0;
            var disk = Written(disk =>
            {
                if (++made == number)
                    mailed = Export(disk);
                return false;
            });
            if (mailed is null)
                continue;
            exports++;
            foreach (var cut in PowerCuts.Of(disk, Seed, sample: 0).Where(static cut => cut.Promised == Mailed))
            {
                states++;
                var left = LedgerScan.Read(cut.Disk, WrittenLedger.Folder);
                Assert.True(
                    left is { Damage: null } && left.Receipts(cut.Disk).Take(mailed.Count).Select(static entry => entry.Receipt).SequenceEqual(mailed),
                    Invariant($"exported before call {number}, {cut}: of {mailed.Count} receipts that were mailed {left?.Size} are there, and what comes next is a fork"));
            }
        }

        output.WriteLine(Invariant($"seed {Seed}: {exports} exports, {states} different states after a power cut"));
        Assert.InRange(exports, 20, calls);
    }

    [Fact]
    public void P3_A_file_that_is_put_in_place_of_another_is_the_old_one_or_the_new_one()
    {
        byte[] old = [.. Enumerable.Repeat((byte)'a', 1300)], other = [.. Enumerable.Repeat((byte)'b', 2100)];
        var disk = new SimulatedDisk(new MemoryDisk { ["/folder/file"] = old });
        DurableFile.Put(disk, "/folder/file", other);
        disk.Promise(1);
        Check(disk, least: 20, cut =>
        {
            var left = cut.Disk["/folder/file"].AsSpan();
            Assert.True(left.SequenceEqual(other) || (cut.Promised == 0 && left.SequenceEqual(old)), cut.ToString());
        });
    }

    // A ledger that is begun and appended to, in segments so small that they roll.
    private static SimulatedDisk Written(Func<SimulatedDisk, bool> fails)
    {
        var disk = new SimulatedDisk { LargestSegment = 2000 };
        disk.CreateFolder("/out");
        disk.SyncFolder("/");
        disk.Fails = _ => fails(disk);
        using var writer = new WrittenLedger(disk).Begin();
        writer.Append(LedgerSamples.License(writer.Ledger), LedgerSamples.Licensed);
        for (var interval = 1; interval < 6; interval++)
            writer.Append(LedgerSamples.Usage(interval));
        return disk;
    }

    private static List<Receipt>? Export(SimulatedDisk disk)
    {
        if (LedgerExport.Write(disk, Mail, LedgerSamples.Plans(disk, LedgerFolder.ScanAll(disk, LedgerSamples.StateFolder))) is null)
            return null;
        disk.Promise(Mailed);
        using var mail = new MemoryStream();
        using (var file = disk.OpenRead(Mail))
            file.CopyTo(mail);
        return LedgerSamples.ReadAll(mail.ToArray()).Single().Receipts;
    }

    private void Check(SimulatedDisk disk, int least, Action<PowerCut> check)
    {
        var states = 0;
        foreach (var cut in PowerCuts.Of(disk, Seed))
        {
            states++;
            check(cut);
        }

        output.WriteLine(Invariant($"seed {Seed}: {states} different states after a power cut"));
        Assert.InRange(states, least, int.MaxValue);
    }
}
