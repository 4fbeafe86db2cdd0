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
