using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using System.Security;
using Microsoft.Win32.SafeHandles;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The machine's disk: the only file that touches it for a node. On Linux .NET's own flush swallows every error of
/// <c>fsync</c>, so libc is called and its result checked; on macOS <c>fsync</c> does not reach the platter and
/// <c>F_FULLFSYNC</c> does; on Windows the flush of .NET is right, and folders need none.
/// </summary>
internal sealed partial class RealLedgerDisk : LedgerDisk
{
    // Nothing is left out: neither what is hidden, nor what may not be looked at.
    private static readonly EnumerationOptions s_everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    internal override void CreateFolder(string path) => Do("make folder", path, () => Directory.CreateDirectory(path));

    internal override bool FolderExists(string path) => Directory.Exists(path);

    // Asked first whether there is such a folder, the system would say no of one that may not be looked at.
    internal override IReadOnlyList<string> List(string folder) => Do<string[]>("list", folder, () =>
    {
        try
        {
            string[] names = [.. new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), s_everything)];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    });

    // A link's own times stay when the file behind it is swapped, so the file behind it is what is looked at.
    internal override string? Stamp(string path)
    {
        if (FileStatus.Of(path) is { } status)
            return status.IsFolder ? null : status.ToString();
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            if (Directory.Exists(target.FullName))
                return null;
            var length = target is FileInfo { Exists: true } file ? file.Length : -1;
            return FormattableString.Invariant($"{path}|{target.FullName}|{length}|{target.LastWriteTimeUtc.Ticks}");
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException or SecurityException)
        {
            return $"{path}|{untold.GetType().Name}";
        }
    }

    internal override FolderWatch? Watch(string folder, Action changed) => FolderWatch.TryBegin(folder, changed);

    internal override string? FolderStamp(string folder) => FileStatus.Of(folder)?.ToString();

    internal override Stream OpenRead(string path) => Do<Stream>("read", path, () =>
    {
        CheckThatItIsAFile(path);
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var handle = Open(path, OperatingSystem.IsLinux() ? LinuxOpenAtOnce : MacOpenAtOnce);
        return handle.IsInvalid ? throw Failed("read", path) : new FileStream(handle, FileAccess.Read);
    });

    // It is asked before each append, and to open the file would cost as much as to write to it.
    internal override long LengthOf(string path) => Do("read", path, () => new FileInfo(path).Length);

    internal override string ReadKeyFile(string path) => Do("read", path, () =>
    {
        CheckThatItIsAFile(path);

        // Orchestrators hand secrets to a pod's group.
        KeyFile.CheckCustody(path, groupMayRead: true);
        return File.ReadAllText(path);
    });

    internal override bool TryCreateKeyFile(string path, string pem) => Do("make", path, () =>
    {
        try
        {
            KeyFile.Create(path, pem);
            return true;
        }
        catch (KeyFileException)
        {
            return false;
        }
    });

    // Made anew, so that a link that somebody put there is replaced and not followed.
    internal override LedgerFile Create(string path)
    {
        Do("replace", path, () => File.Delete(path));
        return Open(path, FileMode.CreateNew);
    }

    internal override LedgerFile OpenAppend(string path) => Open(path, FileMode.Open);

    internal override void Rename(string from, string to) => Do("rename", from, () => File.Move(from, to, overwrite: true));

    internal override void Delete(string path) => Do("remove", path, () => File.Delete(path));

    internal override void SyncFolder(string folder)
    {
        // Windows writes names through its journal and has no call for this.
        if (OperatingSystem.IsWindows())
            return;
        using var handle = OpenToRead(folder);
        if (handle.IsInvalid)
            throw Failed(OpeningToSync, folder);
        Sync(handle, folder);
    }

    internal override void SyncWritten(string path)
    {
        // Windows syncs for nobody what another has open to write.
        if (OperatingSystem.IsWindows())
            return;
        foreach (var synced in (string[])[path, Path.GetDirectoryName(path)!])
        {
            using var handle = OpenToRead(synced);
            if (handle.IsInvalid)
                throw Failed(OpeningToSync, synced);

            // What is only ever read, as squashfs and ISO 9660 are, knows no sync.
            if (!TrySync(handle) && Marshal.GetLastPInvokeError() != CannotSync)
                throw Failed("sync", synced);
        }
    }

    internal override IDisposable? TryLock(string path, out string holder)
    {
        holder = "";
        SafeFileHandle handle;
        try
        {
            // On Windows the share mode is the lock, and lets others read who holds it; elsewhere flock is.
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite,
                OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None);
        }
        catch (IOException taken) when (IsSharingViolation(taken))
        {
            holder = ReadHolder(path);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new LedgerDiskException("lock", path, DiskWords.Of("lock", path, failed), failed);
        }

        if (!OperatingSystem.IsWindows() && !IsLocked(handle, path))
        {
            handle.Dispose();
            holder = ReadHolder(path);
            return null;
        }

        Do("name the holder in", path, () =>
        {
            var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.ASCII.GetBytes(process + "\n"), 0);
        });
        return handle;
    }

    internal override MountedFileSystem? MountOf(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        using var handle = OpenToRead(folder);
        if (handle.IsInvalid)
            return null;
        try
        {
            var number = handle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
            return MountedFileSystem.MountIdOf(File.ReadAllText("/proc/self/fdinfo/" + number)) is { } id
                ? MountedFileSystem.Find(File.ReadAllText("/proc/self/mountinfo"), id)
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // .NET has taken the same lock with the open, unless a setting of the process switches that off, or there are no
    // locks here: that it passes over. Whoever cannot be kept out is not locked out, so it is tried.
    private static bool IsLocked(SafeFileHandle handle, string path)
    {
        switch (TryFLock(handle))
        {
            case 0:
                break;
            case WouldBlock or WouldBlockOnMac or MayNot:
                return false;
            case var error:
                handle.Dispose();
                throw new LedgerDiskException("lock", path, Marshal.GetPInvokeErrorMessage(error)) { Mend = LockMend };
        }

        using var other = Open(path, ReadWrite);
        if (other.IsInvalid || TryFLock(other) != 0)
            return true;
        handle.Dispose();
        throw new LedgerDiskException("lock", path, "its file system lets two have one lock") { Mend = LockMend };
    }

    // Zero, or what went wrong.
    private static int TryFLock(SafeFileHandle handle)
    {
        while (FLock(handle, LockExclusiveNow) != 0)
        {
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                return error;
        }

        return 0;
    }

    internal override RangeLocks? OpenLocks(string path)
    {
        if (!HasLocksOfItsOwn(path))
            return null;
        var locks = Do("open", path, () => new OpenFileLocks(path, OpenForLocks));
        if (locks.AreInForce())
            return locks;
        locks.Dispose();
        return null;
    }

    internal override RangeLocks? OpenLocksToCount(string path) =>
        File.Exists(path) && HasLocksOfItsOwn(path)
            ? Do("open", path, () => new OpenFileLocks(path, static path => File.Open(path, FileMode.Open, FileAccess.Read, ForAll)))
            : null;

    // Where other machines have the same files, a lock is a question to a server, and work that begins does not wait for one.
    private bool HasLocksOfItsOwn(string path) =>
        OpenFileLocks.AreHere && MountOf(Path.GetDirectoryName(path)!) is { IsShared: false };

    // Nobody else may open it: whoever can, can keep every core from being had. .NET lets no child inherit it.
    private static FileStream OpenForLocks(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = ForAll, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static RealFile Open(string path, FileMode mode) => Do("open", path, () =>
        new RealFile(File.OpenHandle(path, mode, FileAccess.Write, FileShare.Read | FileShare.Delete), path));

    // A pipe of this name would keep whoever opens it waiting for a writer, for ever, and opening a device can do things.
    private static void CheckThatItIsAFile(string path)
    {
        if (FileStatus.Of(path) is { IsFile: false, IsFolder: false })
            throw new LedgerDiskException("read", path, "it is a pipe, a socket or a device, and no file");
    }

    private static void Sync(SafeFileHandle handle, string path)
    {
        if (!TrySync(handle))
            throw Failed("sync", path);
    }

    // When it did not, the error is the last one of the process's calls.
    private static bool TrySync(SafeFileHandle handle)
    {
        int result;
        do
        {
            result = OperatingSystem.IsMacOS() ? FCntl(handle, FullSync) : FSync(handle);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result >= 0;
    }

    private static string ReadHolder(string path)
    {
        try
        {
            // Opened past .NET, which would ask for the very lock that another has.
            using var handle = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
                : OpenToRead(path);
            Span<byte> text = stackalloc byte[20];
            var process = Encoding.ASCII.GetString(text[..RandomAccess.Read(handle, text, 0)]).TrimEnd('\n');
            return process.Length > 0 && process.All(char.IsAsciiDigit) ? $"process {process}" : "another process";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "another process";
        }
    }

    private static bool IsSharingViolation(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    private static void Do(string what, string path, Action act) => Do<object?>(what, path, () =>
    {
        act();
        return null;
    });

    private static T Do<T>(string what, string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception failed) when (failed is (IOException and not LedgerDiskException) or UnauthorizedAccessException or SecurityException)
        {
            throw new LedgerDiskException(what, path, DiskWords.Of(what, path, failed), failed);
        }
    }

    private static LedgerDiskException Failed(string what, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new(what, path, error == MayNot ? DiskWords.Denied : Marshal.GetPInvokeErrorMessage(error)) { Mend = error == CannotSync ? SyncMend : DiskMend.Of(error) };
    }

    private const string LockMend = "keep the state folder on a file system whose locks (flock) exclude all who can reach it";
    private const string SyncMend = "keep the state folder on a file system that can sync its files and folders";

    // Do not wait for a pipe's writer (O_NONBLOCK), and do not hand the file to child processes (O_CLOEXEC).
    private const int LinuxOpenAtOnce = 0x800 | 0x80000;
    private const int MacOpenAtOnce = 0x4 | 0x1000000;
    private const FileShare ForAll = FileShare.ReadWrite | FileShare.Delete;
    private const int LockExclusiveNow = 2 | 4;
    private const int FullSync = 51;
    private const int ReadWrite = 2;
    private const int Interrupted = 4;
    private const int MayNot = 13; // also what a Windows share says of a lock, instead of the next
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int CannotSync = 22;

    // Read-only is 0 everywhere, also for folders; without the third argument, which C passes otherwise on some machines.
    private static SafeFileHandle OpenToRead(string path) => Open(path, 0);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FCntl(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    private sealed class RealFile(SafeFileHandle handle, string path) : LedgerFile
    {
        private long _length = RandomAccess.GetLength(handle);

        internal override long Length => _length;

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, _length);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                throw new LedgerDiskException("append to", path, DiskWords.Of("append to", path, failed), failed);
            }

            _length += bytes.Length;
        }

        internal override void Sync()
        {
            if (!OperatingSystem.IsWindows())
            {
                RealLedgerDisk.Sync(handle, path);
                return;
            }

            // Right on Windows, where it calls FlushFileBuffers and checks what comes back.
#pragma warning disable RS0030
            Do("sync", path, () => RandomAccess.FlushToDisk(handle));
#pragma warning restore RS0030
        }

        public override void Dispose() => handle.Dispose();
    }
}
