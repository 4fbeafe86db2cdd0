using System.Diagnostics;
using System.Globalization;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class RealLedgerDiskTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly LedgerDisk _disk = LedgerDisk.Real;

    [Fact]
    public void A_ledger_lives_on_the_machines_own_disk()
    {
        string folder;
        using (var begun = Take().Writer)
        {
            begun.Append(LedgerSamples.Usage(1));
            folder = begun.Folder;
            var scan = Assert.Single(LedgerFolder.ScanAll(_disk, _state.Path));
            Assert.Equal(2, scan.Size);
        }

        File.AppendAllText(LedgerSamples.SegmentOf(folder), "\n{\"seq\":2");
        using (var again = Take().Writer)
        {
            Assert.Equal(folder, again.Folder);
            again.Append(LedgerSamples.Stop);
        }

        var export = _state["all.receipts.gz"];
        Assert.Equal(3, LedgerExport.Write(_disk, export, LedgerSamples.Plans(_disk, LedgerFolder.ScanAll(_disk, _state.Path)))!.Receipts);
        Assert.Equal(3, LedgerSamples.ReadAll(File.ReadAllBytes(export)).Single().Receipts.Count);
        Assert.DoesNotContain(Directory.EnumerateFiles(_state.Path, "*", SearchOption.AllDirectories), file => file.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lock_is_held_once_names_its_process_and_ends_with_its_holder()
    {
        using (_disk.TryLock(_state["lock"], out _))
        {
            Assert.Null(_disk.TryLock(_state["lock"], out var holder));
            Assert.Equal($"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}", holder);
        }

        using var free = _disk.TryLock(_state["lock"], out var nobody);
        Assert.NotNull(free);
        Assert.Equal("", nobody);
    }

    [Fact]
    public void What_a_disk_cannot_do_says_what_and_where()
    {
        var missing = _state["none/file"];
        Assert.Equal(missing, Assert.Throws<LedgerDiskException>(() => _disk.OpenRead(missing)).Path);
        Assert.Throws<LedgerDiskException>(() => _disk.Create(missing));
        Assert.Throws<LedgerDiskException>(() => _disk.OpenAppend(missing));
        Assert.Throws<LedgerDiskException>(() => _disk.TryLock(missing, out _));
        Assert.Throws<LedgerDiskException>(() => _disk.Rename(missing, missing + "2"));
        Assert.Empty(_disk.List(_state["none"]));
        if (!OperatingSystem.IsWindows())
            Assert.Equal("No such file or directory", Assert.Throws<LedgerDiskException>(() => _disk.SyncFolder(_state["none"])).Reason);
    }

    [Fact]
    public void A_sync_that_the_system_refuses_is_an_error_and_not_a_success()
    {
        // A pipe cannot be synced, so fsync fails with EINVAL; .NET's own flush would return normally.
        if (!OperatingSystem.IsLinux())
            return;
        using var mkfifo = Process.Start("mkfifo", _state["pipe"]);
        mkfifo.WaitForExit();
        using var keepsOpen = new FileStream(_state["pipe"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Assert.Equal("sync", Assert.Throws<LedgerDiskException>(() => _disk.SyncFolder(_state["pipe"])).What);
    }

    [Fact]
    public void A_pipe_in_place_of_the_key_keeps_nobody_waiting()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var mkfifo = Process.Start("mkfifo", _state["installation.key"]);
        mkfifo.WaitForExit();
        Assert.Contains(
            "a pipe, a socket or a device",
            Assert.Throws<LedgerDiskException>(() => _disk.ReadKeyFile(_state["installation.key"])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _state.Dispose();

    private LedgerTaken Take() => LedgerFolder.TakeOrBegin(_disk, _state.Path, LedgerSamples.Installation, LedgerContinuity.Any, LedgerSamples.Begin);
}
