using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary><c>status</c> writes nothing, and still sees some of what will keep the product from writing its receipts.</summary>
public sealed class WritingTroubleTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_key_that_others_can_read_is_told_with_the_command_that_mends_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        await Worked();
        await WarnsOf(null);
        var key = _site["state/installation.key"];
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await WarnsOf($"mend: let nobody but its owner read it: chmod 600 {key}");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await WarnsOf(null);
    }

    [Fact]
    public async Task A_key_file_with_something_else_in_it_is_told_by_status_and_by_the_product_alike()
    {
        await Worked();
        var key = _site["state/installation.key"];
        await File.WriteAllTextAsync(key, "rubbish\n");
        await WarnsOf("mend: put the installation's key back as it was");
        using var node = _site.Open();
        var reason = Assert.Single(node.Verdict.Reasons, static reason => reason.Code == ReasonCode.LedgerUnwritable);
        Assert.StartsWith($"receipts cannot be written: {key} is no key that can be used: ", reason.Sentence, StringComparison.Ordinal);
        Assert.StartsWith("put the installation's key back as it was", reason.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ext4", "rw,noatime", 1_000_000, null)]
    [InlineData("ext4", "ro,noatime", 1_000_000, "/srv is mounted read-only")]
    [InlineData("nfs4", "rw,local_lock=all", 1_000_000, "locks do not reach the other machines")]
    [InlineData("ext4", "rw", 4096, "the disk is full")]
    public void What_the_file_system_says_of_itself_is_told(string type, string options, long freeBytes, string? told)
    {
        var mount = new MountedFileSystem { Type = type, MountPoint = "/srv", Options = options.Split(',').ToHashSet(StringComparer.Ordinal) };
        var reason = WritingTrouble.OfDisk(mount, freeBytes);
        Assert.Equal(told is null, reason is null);
        Assert.Contains(told ?? "", reason?.Sentence ?? "", StringComparison.Ordinal);
    }

    private async Task Worked()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
    }

    private async Task WarnsOf(string? mend)
    {
        var status = await _site.Run("status");
        Assert.Equal(ExitCode.Ok, status.ExitCode);
        Assert.Contains("state         Licensed", status.Output, StringComparison.Ordinal);
        Assert.Equal(mend is not null, status.Output.Contains("LedgerUnwritable", StringComparison.Ordinal));
        Assert.Contains(mend ?? "", status.Output, StringComparison.Ordinal);
    }
}
