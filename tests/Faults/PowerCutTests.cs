using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>P5 against power cuts: what was written is there, whatever else the disk kept, lost, tore and re-ordered.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const int Few = 7;

    // How many are drawn; of large groups fewer, since each takes longer to read.
    private const int Histories = 16 * Few;
    private const int Samples = 5 * Few;

    // Bytes after which a segment gives way to the next: never here, and at every third append or so; and how many receipts an
    // append has at most, where eight and more make groups so large that a full segment is left as it is.
    public static TheoryData<int, int> Segments => new() { { Limits.SegmentBytes, Few }, { 4000, Few }, { 9000, 2 * Few } };

    [Theory]
    [MemberData(nameof(Segments))]
    public void P5_A_ledger_that_is_begun_and_appended_to_loses_nothing_that_was_written(int segment, int most)
    {
        var states = 0;
        Parallel.For(0, Histories / most, history =>
        {
            var (disk, ledger) = Written(segment, most, Seed + history);
            Interlocked.Add(ref states, Check(ledger, disk, Seed + history));
        });
        Tell(states, least: 2000);
    }

    [Theory]
    [MemberData(nameof(Segments))]
    public void P5_A_power_cut_while_a_ledger_is_opened_after_a_power_cut_loses_nothing_either(int segment, int most)
    {
        var (disk, _) = Written(segment, most, Seed);
        var states = 0;
        Parallel.ForEach(PowerCuts.Of(disk, Seed, sample: 5).Where(static (_, number) => number % 4 == 0), cut =>
        {
            var second = new SimulatedDisk(cut.Disk) { LargestSegment = segment };
            if (WrittenLedger.After(cut, second) is not { } left)
                return;
            using (var writer = left.Open())
                left.Append(writer, LedgerSamples.Usage(90), LedgerSamples.Usage(91), LedgerSamples.Usage(92));
            Interlocked.Add(ref states, Check(left, second, Seed, sample: 8));
        });
        Tell(states, least: 2000);
    }

    [Theory]
    [MemberData(nameof(Segments))]
    public void P5_A_call_that_fails_never_leads_to_an_append_that_returns_and_is_lost(int segment, int most)
    {
        var states = 0;
        var (calls, _) = Written(segment, most, Seed);
        Parallel.For(1, calls.Calls.Count(static call => call is not DiskCall.Promise), failing =>
        {
            var made = 0;
            var disk = new SimulatedDisk { LargestSegment = segment };
            var ledger = new WrittenLedger(disk);
            var writer = ledger.Begin();
            disk.Fails = _ => ++made == failing;
            try
            {
                AppendSome(ledger, writer, new Random(Seed), most);
            }
            catch (LedgerDiskException)
            {
                // A new process opens it, and what that appends is to stay.
                writer.Dispose();
                using var again = ledger.Open();
                ledger.Append(again, LedgerSamples.Usage(80));
                ledger.Append(again, LedgerSamples.Usage(81), LedgerSamples.Stop);
            }

            writer.Dispose();
            Interlocked.Add(ref states, Check(ledger, disk, Seed + failing, sample: Samples / most));
        });
        Tell(states, least: 2000);
    }

    private static (SimulatedDisk Disk, WrittenLedger Ledger) Written(int segment, int most, int seed)
    {
        var disk = new SimulatedDisk { LargestSegment = segment };
        var ledger = new WrittenLedger(disk);
        using var writer = ledger.Begin();
        AppendSome(ledger, writer, new Random(seed), most);
        return (disk, ledger);
    }

    private static void AppendSome(WrittenLedger ledger, LedgerWriter writer, Random random, int most)
    {
        ledger.Append(writer, LedgerSamples.License(writer.Ledger), LedgerSamples.Licensed);
        for (var interval = 1; interval < 6; interval++)
            ledger.Append(writer, [.. Enumerable.Range(interval, random.Next(most - Few + 1, most + 1)).Select(at => LedgerSamples.Usage(at))]);
        ledger.Append(writer, LedgerSamples.Stop);
    }

    private static int Check(WrittenLedger ledger, SimulatedDisk disk, int seed, int sample = 100)
    {
        var states = 0;
        foreach (var cut in PowerCuts.Of(disk, seed, sample))
        {
            states++;
            ledger.Check(cut);
        }

        return states;
    }

    private void Tell(int states, int least)
    {
        output.WriteLine(Invariant($"seed {Seed}: {states} different states after a power cut"));
        Assert.InRange(states, least, int.MaxValue);
    }
}
