using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class MountedFileSystemTests
{
    private static readonly Version Kernel = new(6, 1);

    [Fact]
    public void A_mount_is_found_by_its_number_with_the_options_of_mount_and_file_system()
    {
        const string text =
            """
            22 1 8:1 / / rw,relatime shared:1 master:7 - ext4 /dev/sda1 rw,discard
            36 22 0:52 /pods /srv/state\040of\134all rw,noatime - nfs4 files:/state rw,vers=4.2,local_lock=none
            37 36 0:53 / /srv/state\040of\134all ro propagate_from:2 - tmpfs none rw,size=4k

            """;
        var mount = MountedFileSystem.Find(text, 36)!;
        Assert.Equal("nfs4", mount.Type);
        Assert.Equal("/srv/state of\\all", mount.MountPoint);
        Assert.Equal(["local_lock=none", "noatime", "rw", "vers=4.2"], mount.Options.Order(StringComparer.Ordinal));
        Assert.True(mount.IsShared);
        Assert.Equal("ext4", MountedFileSystem.Find(text, 22)!.Type);
        Assert.Equal("tmpfs", MountedFileSystem.Find(text, 37)!.Type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("36")]
    [InlineData("36 22 0:52 / /srv rw -")]
    [InlineData("36 22 0:52 / /srv rw - nfs4")]
    [InlineData("36 22 0:52 / /srv rw nfs4 files:/state rw")]
    [InlineData("-36 22 0:52 / /srv rw - nfs4 files:/state rw")]
    [InlineData("136 22 0:52 / /srv rw - nfs4 files:/state rw")]
    public void A_text_that_does_not_have_the_mount_is_no_error(string text) => Assert.Null(MountedFileSystem.Find(text, 36));

    [Theory]
    [InlineData("pos:\t0\nflags:\t0100000\nmnt_id:\t27\nino:\t9\n", 27L)]
    [InlineData("mnt_id:\tmany\n", null)]
    [InlineData("pos:\t0\nflags:\t0100000\n", null)]
    public void An_open_folder_says_the_number_of_its_mount(string text, long? number) =>
        Assert.Equal(number, MountedFileSystem.MountIdOf(text));

    [Theory]
    [InlineData("ext4", "rw")]
    [InlineData("xfs", "rw,noquota")]
    [InlineData("btrfs", "rw,subvol=/")]
    [InlineData("tmpfs", "rw")]
    [InlineData("overlay", "rw,lowerdir=/l,upperdir=/u,workdir=/w")]
    [InlineData("fuseblk", "rw")]
    public void A_file_system_of_one_machine_holds_a_ledger_and_shares_it_with_nobody(string type, string options)
    {
        Assert.Null(Mount(type, options).WhyNot(Kernel));
        Assert.False(Mount(type, options).IsShared);
    }

    [Theory]
    [InlineData("nfs", "rw,vers=3,local_lock=none")]
    [InlineData("nfs", "rw,vers=3,local_lock=posix")]
    [InlineData("nfs4", "rw,vers=4.2,local_lock=none")]
    [InlineData("nfs4", "rw,vers=4.1,nolock")]
    [InlineData("nfs", "rw,vers=4.0,nolock")]
    [InlineData("cifs", "rw,vers=3.1.1")]
    [InlineData("smb3", "rw")]
    [InlineData("lustre", "rw,flock")]
    [InlineData("ceph", "rw")]
    [InlineData("fuse.glusterfs", "rw")]
    [InlineData("virtiofs", "rw")]
    [InlineData("9p", "rw,trans=virtio,version=9p2000.L")]
    [InlineData("fuse.whatever", "rw")]
    [InlineData("a-type-of-tomorrow", "rw")]
    public void A_file_system_of_many_machines_is_taken_unless_it_is_known_not_to_hold(string type, string options)
    {
        Assert.Null(Mount(type, options).WhyNot(Kernel));
        Assert.True(Mount(type, options).IsShared);
    }

    [Theory]
    [InlineData("nfs", "rw,vers=3,nolock,local_lock=all", "local_lock=all")]
    [InlineData("nfs", "rw,vers=3,nolock", "nolock")]
    [InlineData("nfs", "rw,vers=3,local_lock=flock", "local_lock=flock")]
    [InlineData("nfs4", "rw,vers=4.2,local_lock=flock", "local_lock=flock")]
    [InlineData("cifs", "rw,nobrl", "nobrl")]
    [InlineData("smb3", "rw,nostrictsync", "nostrictsync")]
    [InlineData("lustre", "rw,localflock", "localflock")]
    [InlineData("ocfs2", "rw,localflocks", "localflocks")]
    [InlineData("gfs2", "rw,localflocks", "localflocks")]
    [InlineData("afs", "rw,flock=local", "flock=local")]
    public void A_mount_whose_locks_or_syncs_stay_at_home_is_refused_by_the_name_of_its_option(string type, string options, string option)
    {
        var refusal = Mount(type, options).WhyNot(Kernel)!;
        Assert.Contains($"{type} at /srv/state is mounted with {option}, so ", refusal.Reason, StringComparison.Ordinal);
        Assert.StartsWith($"mount /srv/state without {option}, or ", refusal.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_system_that_tells_no_other_machine_of_a_lock_is_refused_by_its_type() =>
        Assert.Equal("fuse.sshfs keeps locks to each machine, and others have the same files", Mount("fuse.sshfs", "rw").WhyNot(Kernel)!.Reason);

    [Theory]
    [InlineData(4, 19, false)]
    [InlineData(5, 4, false)]
    [InlineData(5, 5, true)]
    [InlineData(6, 18, true)]
    public void A_windows_share_holds_a_ledger_since_linux_5_5(int major, int minor, bool holds) =>
        Assert.Equal(holds, Mount("cifs", "rw").WhyNot(new Version(major, minor)) is null);

    [Fact]
    public void The_machine_says_where_a_folder_lies_also_through_a_link()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["link"], "/proc/self");
        Assert.Equal("proc", LedgerDisk.Real.MountOf(folder["link"])!.Type);
        Assert.Equal("/proc", LedgerDisk.Real.MountOf(folder["link"])!.MountPoint);
        Assert.Null(LedgerDisk.Real.MountOf(folder["nothing"]));
    }

    private static MountedFileSystem Mount(string type, string options) =>
        MountedFileSystem.Find($"36 22 0:52 / /srv/state rw - {type} source {options}", 36)!;
}
