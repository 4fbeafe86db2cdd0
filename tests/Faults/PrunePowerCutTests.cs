using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>A ledger whose old receipts are removed while the power goes: what is left is one ledger, and the node goes on in it.</summary>
public sealed class PrunePowerCutTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const string LicenseFolder = "/machine/licenses";
    private const string StateFolder = "/machine/state";

    [Fact]
    public void P2_P5_A_power_cut_while_old_receipts_are_removed_leaves_a_ledger_that_goes_on()
    {
        var content = Lived();
        var disk = new SimulatedDisk(content) { LargestSegment = content.LargestSegment };
        var folder = LedgerFolder.List(disk, StateFolder).Single();
        var before = LedgerScan.Read(disk, folder)!;
        var acknowledged = new LedgerContinuity(
            machine: null, name => [new ReplyLedger(name, before.Size, ExactText.FormatBase64(before.Root))]);
        var pruned = new LedgerPruning(disk, acknowledged).Prune(folder, Licenses.Day(1), isRehearsal: false)!;
        Assert.InRange(pruned.Files, 3, 100);

        var states = 0;
        foreach (var cut in PowerCuts.Of(disk, Seed))
        {
            states++;
            Assert.True(new LedgerCheck(cut.Disk, folder).Check()!.Damage is null, cut.ToString());
            using (var node = Node.Open(OptionsOf(cut.Disk)))
            {
                Assert.True(node.Verdict.State == LicenseState.Licensed, cut.ToString());
                Assert.DoesNotContain(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.LedgerDamaged);
            }

            var after = LedgerScan.Read(cut.Disk, folder)!;
            Assert.True(after.Damage is null && after.Size > before.Size, cut.ToString());
        }

        output.WriteLine(Invariant($"seed {Seed}: {states} different states after a power cut"));
        Assert.InRange(states, pruned.Files + 1, 1000);
    }

    // A writer gives a summary its name and does not wait for that to be on the disk: the first one must be, before any receipts go.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void P5_A_power_cut_finds_no_receipts_removed_that_no_summary_on_the_disk_is_about(int closed)
    {
        var disk = new SimulatedDisk { LargestSegment = 3000 };
        var written = new WrittenLedger(disk);
        using var writer = written.Begin();
        while (disk.List(WrittenLedger.Folder).Count(LedgerSegment.IsSegment) <= closed)
            written.Append(writer, LedgerSamples.Usage(written.Size));
        var acknowledged = new LedgerContinuity(
            machine: null, name => [new ReplyLedger(name, writer.Size, ExactText.FormatBase64(writer.Root()))]);
        var pruned = new LedgerPruning(disk, acknowledged).Prune(WrittenLedger.Folder, LedgerSamples.Begin.AddYears(1), isRehearsal: false)!;
        Assert.Equal(closed, pruned.Files);

        var gone = 0;
        foreach (var cut in PowerCuts.Of(disk, Seed).Where(cut => cut.Promised > 0))
        {
            Assert.True(new LedgerCheck(cut.Disk, WrittenLedger.Folder).Check()!.Damage is null, cut.ToString());
            var opened = LedgerWriter.Open(cut.Disk, WrittenLedger.Folder, LedgerSamples.Installation) as LedgerOpening.Opened;
            Assert.True(opened is not null, cut.ToString());
            opened.Writer.Dispose();
            gone += opened.Past.Start > 0 ? 1 : 0;
        }

        Assert.InRange(gone, closed, 1000);
    }

    // Twenty minutes of use, in small segments.
    private static MemoryDisk Lived()
    {
        var disk = new MemoryDisk { LargestSegment = 2000 };
        disk[Path.Combine(LicenseFolder, "a.lic")] =
            Licenses.FileOf(Licenses.Plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1m") } });
        var time = new ManualTime(Licenses.Begin);
        using var node = Node.Open(OptionsOf(disk) with { TimeProvider = time });
        Assert.True(node.TryBegin(2, out var usage, out _));
        time.Advance(TimeSpan.FromMinutes(20));
        usage.Dispose();
        return disk;
    }

    private static NodeOptions OptionsOf(LedgerDisk disk) => new()
    {
        Product = Licenses.Product,
        Trust = Licenses.Trust,
        LicenseFolder = LicenseFolder,
        StateFolder = StateFolder,
        LicenseVariable = null,
        TimeProvider = new ManualTime(Licenses.Day(2)),
        Disk = disk,
        LookEvery = TimeSpan.FromSeconds(20),
    };
}
