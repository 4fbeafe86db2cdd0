using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>P5 against power cuts: what was written is there, whatever else the disk kept, lost, tore and re-ordered.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    [Fact]
    public void P5_A_ledger_that_is_begun_and_appended_to_loses_nothing_that_was_written()
    {
        var states = 0;
        for (var history = 0; history < 20; history++)
        {
            var disk = new SimulatedDisk();
            var ledger = new WrittenLedger(disk);
            using (var writer = ledger.Begin())
                AppendSome(ledger, writer, new Random(Seed + history));
            states += Check(ledger, disk, Seed + history);
        }

        Tell(states, least: 4000);
    }

    [Fact]
    public void P5_A_power_cut_while_a_ledger_is_opened_after_a_power_cut_loses_nothing_either()
    {
        var disk = new SimulatedDisk();
        var ledger = new WrittenLedger(disk);
        using (var writer = ledger.Begin())
            AppendSome(ledger, writer, new Random(Seed));
        var states = 0;
        Parallel.ForEach(PowerCuts.Of(disk, Seed), cut =>
        {
            var second = new SimulatedDisk(cut.Disk);
            if (WrittenLedger.After(cut, second) is not { } left)
                return;
            using (var writer = left.Open())
                left.Append(writer, LedgerSamples.Usage(90), LedgerSamples.Usage(91), LedgerSamples.Usage(92));
            Interlocked.Add(ref states, Check(left, second, Seed));
        });
        Tell(states, least: 10_000);
    }

    [Fact]
    public void P5_A_sync_that_fails_never_leads_to_an_append_that_returns_and_is_lost()
    {
        var states = 0;
        for (var failing = 1; ; failing++)
        {
            var (count, at) = (0, failing);
            var disk = new SimulatedDisk();
            var ledger = new WrittenLedger(disk);
            var writer = ledger.Begin();
            disk.Fails = call => call is DiskCall.SyncFile && ++count == at;
            try
            {
                AppendSome(ledger, writer, new Random(Seed + failing));
                writer.Dispose();
                break;
            }
            catch (LedgerDiskException)
            {
                // A new process opens it, and what it appends is to stay.
                writer.Dispose();
                using var again = ledger.Open();
                ledger.Append(again, LedgerSamples.Usage(80));
                ledger.Append(again, LedgerSamples.Usage(81), LedgerSamples.Stop);
            }

            states += Check(ledger, disk, Seed + failing);
        }

        Tell(states, least: 1000);
    }

    private static void AppendSome(WrittenLedger ledger, LedgerWriter writer, Random random)
    {
        ledger.Append(writer, LedgerSamples.License(writer.Ledger), LedgerSamples.Licensed);
        for (var interval = 1; interval < 12; interval++)
            ledger.Append(writer, [.. Enumerable.Range(interval, random.Next(1, 8)).Select(at => LedgerSamples.Usage(at))]);
        ledger.Append(writer, LedgerSamples.Stop);
    }

    private static int Check(WrittenLedger ledger, SimulatedDisk disk, int seed)
    {
        var states = 0;
        foreach (var cut in PowerCuts.Of(disk, seed))
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
