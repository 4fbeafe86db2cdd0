using System.Globalization;
using System.Text;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>Why a file system cannot hold a ledger.</summary>
/// <param name="Reason">What does not hold there, in a sentence's end.</param>
/// <param name="Mend">What the operator can do.</param>
internal sealed record MountRefusal(string Reason, string Mend);

/// <summary>
/// The file system that a folder lies on, as Linux describes it in <c>/proc/self/mountinfo</c> (proc(5)):
/// <code>
/// 36 35 0:52 / /srv/state rw,noatime shared:1 - nfs4 files:/state rw,vers=4.2,local_lock=none
/// </code>
/// A ledger needs two things of it: that one lock excludes all others who can reach the file, and that a sync returns
/// when the bytes are safe. Where a type or an option is known to break one of them, <see cref="WhyNot"/> says so. What
/// a server keeps to itself cannot be known here; the ledger's README page says which those are. Immutable.
/// </summary>
internal sealed record MountedFileSystem
{
    // Since this kernel a lock on a file of a Windows share is taken on the server (flock(2)).
    private static readonly Version SharesLockSince = new(5, 5);

    private static readonly HashSet<string> OfOneMachine = new(StringComparer.Ordinal)
    {
        "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "jfs", "nilfs2", "ntfs3", "overlay",
        "ramfs", "reiserfs", "tmpfs", "vfat", "xfs", "zfs",
    };

    // Each machine keeps its own locks, and the server hears of none.
    private static readonly HashSet<string> WithoutSharedLocks = new(StringComparer.Ordinal)
    {
        "fuse.gcsfuse", "fuse.goofys", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
    };

    /// <summary>Its type, as in <c>ext4</c>, <c>nfs4</c> or <c>fuse.sshfs</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Where it is mounted.</summary>
    public required string MountPoint { get; init; }

    /// <summary>The options of the mount and of the file system, each once as <c>name</c> or <c>name=value</c>.</summary>
    public required IReadOnlySet<string> Options { get; init; }

    /// <summary>
    /// Whether other machines may have the same files: true unless it is known to be of this one alone. There a lock is a
    /// question to a server, and may be held by this machine alone.
    /// </summary>
    public bool IsShared => !OfOneMachine.Contains(Type);

    /// <summary>Whether nothing on it can be written, by this mount or at all.</summary>
    public bool IsReadOnly => Options.Contains("ro");

    /// <summary>Finds a mount.</summary>
    /// <param name="mountInfo">The text of <c>/proc/self/mountinfo</c>.</param>
    /// <param name="mountId">
    /// The mount's number, as <c>/proc/self/fdinfo</c> says it of a folder that is open: right also where links lead
    /// there, and where one mount covers another.
    /// </param>
    /// <returns>The mount, or null when the text does not have it.</returns>
    public static MountedFileSystem? Find(string mountInfo, long mountId)
    {
        foreach (var line in mountInfo.Split('\n'))
        {
            var words = line.Split(' ');
            // After the six fixed words come optional ones, up to a lone dash.
            var dash = Array.IndexOf(words, "-", Math.Min(6, words.Length));
            if (dash < 0 || words.Length < dash + 4
                || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id != mountId)
            {
                continue;
            }

            return new MountedFileSystem
            {
                Type = words[dash + 1],
                MountPoint = Unescaped(words[4]),
                Options = words[5].Split(',').Concat(words[dash + 3].Split(',')).ToHashSet(StringComparer.Ordinal),
            };
        }

        return null;
    }

    /// <summary>The number of the mount that an open file is on; null when the text does not say it.</summary>
    /// <param name="fileInfo">The text of <c>/proc/self/fdinfo/N</c>.</param>
    public static long? MountIdOf(string fileInfo) => fileInfo.Split('\n')
        .Where(line => line.StartsWith("mnt_id:", StringComparison.Ordinal))
        .Select(line => long.TryParse(line["mnt_id:".Length..], CultureInfo.InvariantCulture, out var id) ? id : (long?)null)
        .FirstOrDefault();

    /// <summary>What is known to be wrong with it for a ledger; null when nothing is.</summary>
    /// <param name="kernel">The kernel's version.</param>
    public MountRefusal? WhyNot(Version kernel) => Type switch
    {
        "nfs" or "nfs4" => WithLocalLocks("local_lock=flock", "local_lock=all", IsVersion4 ? null : "nolock"),
        "cifs" or "smb3" when kernel < SharesLockSince => new MountRefusal(
            $"locks on a Windows share ({Type}) reach other machines since Linux {SharesLockSince} only",
            $"update the kernel, or {Elsewhere}"),
        "cifs" or "smb3" => WithLocalLocks("nobrl", "nolock") ?? WithoutSync("nostrictsync"),
        "lustre" => WithLocalLocks("localflock"),
        "gfs2" or "ocfs2" => WithLocalLocks("localflocks"),
        "afs" => WithLocalLocks("flock=local"),
        _ when WithoutSharedLocks.Contains(Type) => new MountRefusal(
            $"{Type} keeps locks to each machine, and others have the same files", $"{Elsewhere}"),
        _ => null,
    };

    // NFS 4 has its locks in the protocol; there the option means nothing (nfs(5)).
    private bool IsVersion4 => Type == "nfs4" || Options.Any(option => option.StartsWith("vers=4", StringComparison.Ordinal));

    private static string Elsewhere => "keep the state folder on a local disk, or on NFS with locks";

    private MountRefusal? WithLocalLocks(params ReadOnlySpan<string?> options) =>
        Given(options) is { } option
            ? new MountRefusal(
                $"{Type} at {MountPoint} is mounted with {option}, so locks do not reach the other machines",
                $"mount {MountPoint} without {option}, or {Elsewhere}")
            : null;

    private MountRefusal? WithoutSync(params ReadOnlySpan<string?> options) =>
        Given(options) is { } option
            ? new MountRefusal(
                $"{Type} at {MountPoint} is mounted with {option}, so nobody can say when a receipt is on the server's disk",
                $"mount {MountPoint} without {option}, or {Elsewhere}")
            : null;

    private string? Given(ReadOnlySpan<string?> options)
    {
        foreach (var option in options)
        {
            if (option is not null && Options.Contains(option))
                return option;
        }

        return null;
    }

    // Space, tab, newline and backslash stand as three octal digits after a backslash.
    private static string Unescaped(string word)
    {
        var text = new StringBuilder(word.Length);
        for (var index = 0; index < word.Length; index++)
        {
            if (word[index] == '\\' && index + 3 < word.Length && word.AsSpan(index + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                text.Append((char)(((word[index + 1] - '0') * 64) + ((word[index + 2] - '0') * 8) + (word[index + 3] - '0')));
                index += 3;
            }
            else
            {
                text.Append(word[index]);
            }
        }

        return text.ToString();
    }
}
