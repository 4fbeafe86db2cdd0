using System.Diagnostics;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>The operator's program on a system that answers as some file systems do, by what strace puts into its calls.</summary>
public sealed class DiskFaultTests
{
    private const string LockMend = "keep the state folder on a file system whose locks (flock) exclude all who can reach it";

    [ToolTheory("strace")]
    [InlineData("flock:retval=0", "its file system lets two have one lock", LockMend)]
    [InlineData("flock:error=ENOLCK", "No locks available", LockMend)]
    [InlineData("flock:error=ENOSYS", "Function not implemented", LockMend)]
    [InlineData("fsync:error=EINVAL", "Invalid argument", "keep the state folder on a file system that can sync its files and folders")]
    [InlineData("pwrite64:error=ENOSPC:when=2+", "no space left on device", "the disk is full: free some space on it")]
    [InlineData("pwrite64:error=EDQUOT:when=2+", "disk quota exceeded", "the quota of the disk is used up: free some space on it, or have the quota raised")]
    [InlineData("fsync:error=ENOSPC", "No space left on device", "the disk is full: free some space on it")]
    [InlineData("fsync:error=EIO", "Input/output error", "the disk fails: see what the system's log says of it, and replace it")]
    [InlineData("mkdir:error=EROFS", "read-only file system", "the disk is mounted read-only: mount it writable; after errors the system does that by itself, and its log says so")]
    [InlineData("mkdir:error=EACCES", "denied", "make the state folder writable")]
    public async Task A_disk_whose_locks_or_syncs_do_not_hold_is_told_and_the_work_runs(string fault, string sentence, string mend)
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, error) = await RunWith(fault, folder, "run", "--cores", "2", "--", "echo", "the work ran");

        Assert.Equal(0, exitCode);
        Assert.Equal("the work ran\n", output);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Contains($"hint: {mend}\n", error, StringComparison.Ordinal);
    }

    [ToolFact("strace")]
    public async Task A_full_disk_under_a_file_that_a_command_writes_is_not_told_as_a_folder_that_denies_it()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["new.lic"], Licenses.FileOf(Licenses.Plain with { Id = Licenses.Id(2) }));
        var (exitCode, _, error) = await RunWith("pwrite64:error=ENOSPC", folder, "install", folder["new.lic"]);

        Assert.Equal(ExitCode.Unreadable, exitCode);
        Assert.EndsWith(": no space left on device\nhint: the disk is full: free some space, or name another place\n", error, StringComparison.Ordinal);
        Assert.Equal([folder["licenses/a.lic"]], Directory.GetFiles(folder["licenses"]));
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunWith(string fault, TemporaryFolder folder, params string[] command)
    {
        Directory.CreateDirectory(folder["licenses"]);
        await File.WriteAllBytesAsync(
            folder["licenses/a.lic"], Licenses.FileOf(Licenses.Plain with { From = DateTimeOffset.UnixEpoch, Until = null }));
        await File.WriteAllTextAsync(
            folder["product.anchors"],
            $"offline-license/anchors/v1\nproduct {Licenses.Product}\nlicense {Licenses.Key.VerifierKey}\n");
        var start = new ProcessStartInfo("strace") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] words =
        [
            "-f", "-qq", "-e", "trace=flock,fsync,pwrite64,mkdir", "-e", "inject=" + fault, "-o", folder["trace"],
            "dotnet", Path.Combine(AppContext.BaseDirectory, "offline-license.dll"), .. command,
        ];
        Array.ForEach(words, start.ArgumentList.Add);
        start.Environment["OFFLINE_LICENSE_ANCHORS"] = folder["product.anchors"];
        start.Environment["OFFLINE_LICENSE_LICENSES"] = folder["licenses"];
        start.Environment["OFFLINE_LICENSE_STATE"] = folder["state"];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, error);
    }
}
