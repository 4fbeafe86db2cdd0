using System.Globalization;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// P5 on a real process whose <c>fsync</c> fails once: nothing is said to be written from then on, by it or by the process that is
/// started again, but what is. What the disk then has after a power cut is for <see cref="PowerCutTests"/>.
/// </summary>
public sealed class FailedSyncTests
{
    // The first few are of the state folder, the key and the ledger's beginning; of each append there is one.
    [ToolTheory("strace")]
    [InlineData(8, "EIO")]
    [InlineData(12, "ENOSPC")]
    [InlineData(30, "EDQUOT")]
    public async Task P5_A_failed_sync_ends_what_is_said_to_be_written_and_the_next_process_writes_to_a_copy(int failing, string error)
    {
        using var site = new NodeSite();
        var (ledger, said) = await AppendUntilTheSyncFails(site, failing, error);
        var segment = site.Ledgers().Single().Segments[^1].Path;
        var before = FileStatus.Of(segment)!.Value.Number;

        // What the failed append left can be read and is not on the disk, so the next process takes none of that file's pages.
        using var again = new WorkerProcess(site, "receipts", "2");
        var found = (await again.Line())!.Split(' ');
        Assert.Equal(ledger, found[0]);
        Assert.InRange(long.Parse(found[1], CultureInfo.InvariantCulture), said, long.MaxValue);
        Assert.NotEqual(before, FileStatus.Of(segment)!.Value.Number);
        said = long.Parse((await again.Line())!, CultureInfo.InvariantCulture);
        await again.Kill();
        var scan = site.Ledgers().Single();
        Assert.Null(scan.Damage);
        Assert.InRange(scan.Size, said, long.MaxValue);
    }

    private static async Task<(string Ledger, long Said)> AppendUntilTheSyncFails(NodeSite site, int failing, string error)
    {
        using var worker = WorkerProcess.WithFault(site, Invariant($"fsync:error={error}:when={failing}"), "receipts", "1");
        var first = (await worker.Line())!.Split(' ');
        var (ledger, said) = (first[0], long.Parse(first[1], CultureInfo.InvariantCulture));
        for (var appends = 0; appends < failing; appends++)
        {
            var line = (await worker.Line())!;
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            {
                said = size;
                continue;
            }

            Assert.StartsWith("cannot sync " + site.Ledgers().Single().Segments[^1].Path, line, StringComparison.Ordinal);
            Assert.Null(await worker.Line());
            return (ledger, said);
        }

        throw new Xunit.Sdk.XunitException(Invariant($"sync {failing} failed, and {failing} appends returned"));
    }
}
