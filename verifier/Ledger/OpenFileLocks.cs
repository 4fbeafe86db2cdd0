using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The open-file-description locks of Linux (<c>fcntl</c> with <c>F_OFD_SETLK</c>). Unlike those of POSIX they belong to
/// the opening of the file, not to the process: two nodes in one process exclude each other, and closing another opening
/// lets go of nothing. They are in the kernel's memory alone: nothing is written, so nothing can be torn.
/// </summary>
internal sealed partial class OpenFileLocks : RangeLocks
{
    private const int GetLock = 36;
    private const int SetLock = 37;
    private const short WriteLock = 1;
    private const short Unlock = 2;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int NoAccess = 13;
    private const int NoMoreFiles = 24;

    // Above any byte that stands for something, and below where offsets end.
    private const long FirstWitness = 1L << 61;

    private readonly string _path;
    private readonly Func<string, FileStream> _open;
    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private LockRange? _witness;

    /// <param name="path">The file.</param>
    /// <param name="open">Opens it, so that no child of this process inherits the opening.</param>
    internal OpenFileLocks(string path, Func<string, FileStream> open)
    {
        (_path, _open) = (path, open);
        _file = open(path);
        _handle = _file.SafeFileHandle;
    }

    /// <summary>Whether the system has such locks, in the layout that is written down here.</summary>
    internal static bool AreHere => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    internal override bool TryTake(LockRange range)
    {
        var flock = new FileLock { Type = WriteLock, Start = range.Start, Length = range.Count };
        if (Control(_handle, SetLock, ref flock) == 0)
            return true;
        return Marshal.GetLastPInvokeError() is TryAgain or NoAccess ? false : throw Failed();
    }

    internal override void Give(LockRange range)
    {
        var flock = new FileLock { Type = Unlock, Start = range.Start, Length = range.Count };
        if (Control(_handle, SetLock, ref flock) != 0)
            throw Failed();
    }

    internal override LockRange? Other(LockRange range) => Other(_handle, range);

    // A second opening is asked for a lock of the first: it knows of it only in the same file, and where locks hold.
    internal override bool AreInForce()
    {
        try
        {
            _witness ??= TakeWitness();
            using var second = _open(_path);
            return Other(second.SafeFileHandle, _witness.Value) is not null;
        }
        catch (IOException e) when (e.HResult == NoMoreFiles)
        {
            // That says something of this process, and nothing of the file.
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Closing alone would leave them to a child process that is being started at this moment: it has the opening, too, until
    // it becomes another program.
    public override void Dispose()
    {
        if (_handle.IsClosed) return;
        var all = new FileLock { Type = Unlock };
        _ = Control(_handle, SetLock, ref all);
        _file.Dispose();
    }

    private LockRange TakeWitness()
    {
        var start = FirstWitness + RandomNumberGenerator.GetInt32(int.MaxValue);
        var witness = new LockRange(start, start + 1);
        return TryTake(witness) ? witness : throw new LedgerDiskException("lock in", _path, "every byte is locked by others");
    }

    private LockRange? Other(SafeFileHandle handle, LockRange range)
    {
        var flock = new FileLock { Type = WriteLock, Start = range.Start, Length = range.Count };
        if (Control(handle, GetLock, ref flock) != 0)
            throw Failed();
        if (flock.Type == Unlock)
            return null;

        // A length of 0 reaches to wherever the file may end.
        return new LockRange(flock.Start, flock.Length == 0 ? long.MaxValue : flock.Start + flock.Length);
    }

    private static int Control(SafeFileHandle file, int command, ref FileLock flock)
    {
        int result;
        do
        {
            result = FCntl(file, command, ref flock);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    private LedgerDiskException Failed() =>
        new("lock in", _path, Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FCntl(SafeFileHandle file, int command, ref FileLock flock);

    /// <summary><c>struct flock</c> of 64-bit Linux. The process must be 0, and offsets count from the file's beginning.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
