using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>Locks that belong to the opening of a file, and who else may have that opening.</summary>
public sealed partial class OpenFileLocksTests
{
    [LinuxFact]
    public void What_is_closed_is_free_though_a_child_process_that_is_being_started_has_the_opening_still()
    {
        using var folder = new TemporaryFolder();
        var file = folder["cores"];
        var four = new LockRange(0, 4);
        var locks = LedgerDisk.Real.OpenLocks(file)!;
        Assert.True(locks.TryTake(four));

        // As a child has all that its parent has open, until it becomes another program.
        using var ofTheChild = Copy(file);
        using var other = LedgerDisk.Real.OpenLocks(file)!;
        Assert.False(other.TryTake(four));
        locks.Dispose();
        Assert.True(other.TryTake(four));
        locks.Dispose();
        using var third = LedgerDisk.Real.OpenLocksToCount(file)!;
        Assert.Equal(four, third.Other(four));
    }

    // The first of this process's openings of the file, once more.
    private static SafeFileHandle Copy(string file)
    {
        var opening = Directory.GetFileSystemEntries("/proc/self/fd").Where(name => new FileInfo(name).LinkTarget == file)
            .Select(static name => int.Parse(Path.GetFileName(name), CultureInfo.InvariantCulture)).Min();
        return new SafeFileHandle(Duplicate(opening), ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial nint Duplicate(int opening);
}
