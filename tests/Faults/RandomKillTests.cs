using System.Globalization;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>P5: two processes append to ledgers of one state folder, and are killed at any moment, again and again.</summary>
public sealed class RandomKillTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    // More than it takes to fill a segment, so that kills fall into rolling too.
    private const int MostAppends = 700;

    [KillFact]
    public async Task P5_Two_processes_that_are_killed_at_random_lose_nothing_that_they_said_is_written()
    {
        using var site = new NodeSite();
        var written = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var kills = 0; kills < Kills.AtRandom; kills += 2)
        {
            var random = new Random(Seed + kills);
            using var one = new WorkerProcess(site, "receipts", Invariant($"{Seed + kills}"));
            using var two = new WorkerProcess(site, "receipts", Invariant($"{Seed + kills + 1}"));
            await Task.WhenAll(KillOne(one, random.Next(MostAppends), written), KillOne(two, random.Next(MostAppends), written));
        }

        Assert.Equal(2, written.Count);
        foreach (var scan in site.Ledgers())
        {
            Assert.Null(scan.Damage);
            Assert.True(scan.Size >= written[scan.Key!.Name]);
        }

        output.WriteLine(Invariant($"seed {Seed}: {Kills.AtRandom} kills, {written.Values.Sum()} receipts, none lost"));
    }

    private static async Task KillOne(WorkerProcess worker, int appends, Dictionary<string, long> written)
    {
        var words = (await worker.Line())!.Split(' ');
        var (ledger, size) = (words[0], long.Parse(words[1], CultureInfo.InvariantCulture));
        lock (written)
            Assert.True(size >= written.GetValueOrDefault(ledger), Invariant($"{ledger}: {written.GetValueOrDefault(ledger)} were written, and {size} are left"));
        for (; appends > 0; appends--)
            size = long.Parse((await worker.Line())!, CultureInfo.InvariantCulture);
        await worker.Kill();

        // What it said before it died may still be in the pipe.
        while (await worker.Line() is { } line && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            size = last;
        lock (written)
            written[ledger] = size;
    }
}
