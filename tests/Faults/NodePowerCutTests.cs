using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>P2 and P5 on a node whose machine loses its power: the next process is told the same, and finds all that was written.</summary>
public sealed class NodePowerCutTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const string LicenseFolder = "/machine/licenses";
    private const string StateFolder = "/machine/state";

    // Bytes after which a segment gives way to the next, and the summary is written: never here, and every minute or two.
    public static TheoryData<int> Segments => [Limits.SegmentBytes, 2000];

    [Theory]
    [MemberData(nameof(Segments))]
    public void P2_P5_After_a_power_cut_at_any_call_the_verdict_and_all_that_was_written_are_there(int segment)
    {
        var disk = Machine(segment);
        Tell(Check(disk, Live(disk), sample: 12), least: 100);
    }

    [Theory]
    [MemberData(nameof(Segments))]
    public void P2_P5_The_same_on_a_disk_on_which_one_call_failed_before(int segment)
    {
        var calls = Machine(segment);
        Live(calls);
        var states = 0;

        // Where segments are small there are four times the calls, of the same kinds again and again.
        var every = segment == Limits.SegmentBytes ? 3 : 14;
        Parallel.For(1, calls.Calls.Count / every, number =>
        {
            var failing = number * every;
            var (disk, made) = (Machine(segment), 0);
            disk.Fails = _ => ++made == failing;
            Interlocked.Add(ref states, Check(disk, Live(disk), sample: 0));
        });
        Tell(states, least: 2000);
    }

    [Fact]
    public void P5_A_folder_that_was_made_and_not_synced_is_not_believed_to_be_on_the_disk()
    {
        var states = 0;

        // The calls by which a first start makes its folders and its key.
        Parallel.For(1, 9, failing =>
        {
            var (disk, made) = (Machine(Limits.SegmentBytes), 0);
            disk.Fails = _ => ++made == failing;
            Interlocked.Add(ref states, Check(disk, Live(disk), sample: 0));
        });
        Tell(states, least: 200);
    }

    private static SimulatedDisk Machine(int segment) =>
        new(new MemoryDisk { [Path.Combine(LicenseFolder, "first.lic")] = Licenses.FileOf(First) }) { LargestSegment = segment };

    private static int Check(SimulatedDisk disk, List<Moment> moments, int sample)
    {
        var states = 0;
        foreach (var cut in PowerCuts.Of(disk, Seed, sample))
        {
            states++;
            var moment = moments[cut.Promised];
            var next = moments[Math.Min(cut.Promised + 1, moments.Count - 1)];
            Holds(cut.Disk, moment, cut);

            // When the call fell between two moments, it is the later one's verdict that a process finds which starts then.
            using var node = Node.Open(OptionsOf(cut.Disk, new ManualTime(next.Time)));
            Assert.True(node.Verdict.State == LicenseState.Licensed && node.Verdict.MayBegin, cut.ToString());
            Assert.True(node.Verdict.License!.Id == moment.License || node.Verdict.License.Id == next.License, cut.ToString());
            Assert.DoesNotContain(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.LedgerDamaged);
            Assert.DoesNotContain(node.Verdict.Reasons, static reason => reason.Code == ReasonCode.LedgerUnwritable);
        }

        return states;
    }

    private void Tell(int states, int least)
    {
        output.WriteLine(Invariant($"seed {Seed}: {states} different states of a node after a power cut"));
        Assert.InRange(states, least, int.MaxValue);
    }

    private static License First => Licenses.Plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1m") } };

    private static License Second => First with { Id = Licenses.Id(2), Replaces = First.Id, Issued = Licenses.Day(0.01) };

    // A day in short: begun, used, a license replaced by a newer one, closed, opened again and used.
    private static List<Moment> Live(SimulatedDisk disk)
    {
        var time = new ManualTime(Licenses.Begin);
        var moments = new List<Moment> { new(Licenses.Begin, First.Id, []) };
        using (var node = Node.Open(OptionsOf(disk, time)))
        {
            Assert.True(node.TryBegin(2, out var usage, out _));
            Advance(node, 4, First);
            usage.Dispose();
            Install(disk);
            Advance(node, 4, Second);
        }

        using (var node = Node.Open(OptionsOf(disk, time)))
        {
            Assert.True(node.TryBegin(3, out var usage, out _));
            Advance(node, 3, Second);
            usage.Dispose();
        }

        return moments;

        // Minute by minute; from then on what the node says is written is relied on, and the license that is active.
        void Advance(Node node, int minutes, License active)
        {
            for (; minutes > 0; minutes--)
            {
                time.Advance(TimeSpan.FromMinutes(1));
                moments.Add(new Moment(time.Wall, active.Id, Written(disk, node)));
                disk.Promise(moments.Count - 1);
            }
        }
    }

    private static void Install(SimulatedDisk disk)
    {
        var path = Path.Combine(LicenseFolder, "second.lic");
        try
        {
            DurableFile.Put(disk, path, Licenses.FileOf(Second));
        }
        catch (LedgerDiskException)
        {
            DurableFile.Put(disk, path, Licenses.FileOf(Second));
        }
    }

    private static void Holds(LedgerDisk disk, Moment moment, PowerCut cut)
    {
        var lines = Lines(disk);
        foreach (var (ledger, written) in moment.Written)
        {
            var left = lines.GetValueOrDefault(ledger, []);
            Assert.True(written.SequenceEqual(left.Take(written.Count)), Invariant($"{cut}: of {written.Count} receipts that were written {left.Count} are there, or others"));
        }
    }

    private static Dictionary<string, List<string>> Lines(LedgerDisk disk) => LedgerFolder.ScanAll(disk, StateFolder)
        .Where(static scan => scan.Key is not null)
        .ToDictionary(static scan => scan.Key!.Name, scan => LinesOf(scan.Receipts(disk)), StringComparer.Ordinal);

    // What a failed append left can be read, and is not written; none is as early as what was written before it.
    private static Dictionary<string, List<string>> Written(LedgerDisk disk, Node node) => LedgerFolder.ScanAll(disk, StateFolder)
        .ToDictionary(
            static scan => scan.Key!.Name, scan => LinesOf(scan.Receipts(disk).TakeWhile(entry => entry.Receipt.At < node.LastReceipt)), StringComparer.Ordinal);

    private static List<string> LinesOf(IEnumerable<ReceiptEntry> receipts) =>
        [.. receipts.Select(static entry => Encoding.ASCII.GetString(entry.Line.Span))];

    private static NodeOptions OptionsOf(LedgerDisk disk, ManualTime time) => new()
    {
        Product = Licenses.Product,
        Trust = Licenses.Trust,
        LicenseFolder = LicenseFolder,
        StateFolder = StateFolder,
        LicenseVariable = null,
        TimeProvider = time,
        Disk = disk,
        LookEvery = TimeSpan.FromSeconds(20),
    };

    /// <summary>What somebody relies on from a moment on.</summary>
    private sealed record Moment(DateTimeOffset Time, string License, Dictionary<string, List<string>> Written);
}
