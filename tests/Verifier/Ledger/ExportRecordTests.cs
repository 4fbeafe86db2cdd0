using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class ExportRecordTests
{
    private static readonly string[] Folders = ["/a", "/b", "/c"];
    private static readonly ExportedLedger Left = new("offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm", 0, 5, LedgerSamples.Begin, LedgerSamples.Begin);

    private readonly MemoryDisk _disk = new();

    [Fact]
    public void All_logs_tell_of_an_export_once_it_is_committed_and_none_before()
    {
        using (var record = Prepare())
        {
            Assert.Equal([0, 0, 0], Lines());
            record.Commit();
        }

        Assert.Equal([1, 1, 1], Lines());
        Assert.DoesNotContain(_disk.Files, file => file.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public void An_export_that_is_not_committed_leaves_nothing_behind()
    {
        Prepare().Dispose();
        Assert.Equal([0, 0, 0], Lines());
        using var again = Prepare();
        again.Commit();
        Assert.Equal([1, 1, 1], Lines());
    }

    [Theory]
    [InlineData("create")]
    [InlineData("append")]
    [InlineData("sync")]
    public void A_state_folder_that_cannot_be_written_leaves_all_logs_as_they_were(string failing)
    {
        _disk.Fails = (what, path) => what == failing && path == "/c/exports.log.new";
        Assert.Throws<LedgerDiskException>(Prepare);
        _disk.Fails = static (_, _) => false;
        Assert.Equal([0, 0, 0], Lines());
        Assert.DoesNotContain(_disk.Files, file => file.EndsWith(".new", StringComparison.Ordinal));

        // And no lock is held on.
        using var again = Prepare();
        again.Commit();
    }

    [Fact]
    public void A_disk_that_fails_between_two_logs_tells_which_of_them_have_the_export()
    {
        using var record = Prepare();
        _disk.Fails = static (what, path) => what == "rename" && path == "/b/exports.log.new";
        Assert.Throws<LedgerDiskException>(record.Commit);
        Assert.Equal(1, record.Committed);
        Assert.Equal([1, 0, 0], Lines());
    }

    [Fact]
    public void Two_exports_at_once_are_not_recorded_over_each_other()
    {
        using var first = Prepare();
        Assert.Contains("recording one now", Assert.Throws<LedgerDiskException>(Prepare).Message, StringComparison.Ordinal);
        first.Commit();
        Assert.Equal([1, 1, 1], Lines());
    }

    private ExportRecord Prepare() => ExportRecord.Prepare(_disk, Folders, LedgerSamples.Begin, new byte[32], static _ => [Left]);

    private int[] Lines() => [.. Folders.Select(folder => ExportsLog.Read(_disk, folder).Lines.Count)];
}
