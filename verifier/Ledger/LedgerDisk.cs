using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// All that a node asks of a disk, for its ledgers, its key, its licenses and the copies that it keeps, in calls that each
/// promise one thing. <see cref="Real"/> is the machine's; OfflineLicense.Testing has one in memory. Nothing here is durable
/// before the call that says so.
/// Thread-safe; all calls throw <see cref="LedgerDiskException"/> when the disk does not do what they promise.
/// </summary>
internal abstract class LedgerDisk
{
    /// <summary>The machine's own file system.</summary>
    internal static LedgerDisk Real { get; } = new RealLedgerDisk();

    /// <summary>How many bytes a ledger's newest segment grows to before the next one is begun; tests have smaller ones.</summary>
    internal virtual int SegmentBytes => Limits.SegmentBytes;

    /// <summary>What is asked of a folder that is about to be synced, as <see cref="LedgerDiskException.What"/> says it.</summary>
    internal const string OpeningToSync = "open to sync";

    /// <summary>Makes a folder in one that exists, unless it is there. Durable after <see cref="SyncFolder"/> of that one.</summary>
    internal abstract void CreateFolder(string path);

    /// <summary>Whether there is a folder.</summary>
    internal abstract bool FolderExists(string path);

    /// <summary>Names of all that is in a folder, in ordinal order; none when there is no such folder.</summary>
    internal abstract IReadOnlyList<string> List(string folder);

    /// <summary>
    /// Tells in a text what can be told of a file without reading it: another text when the file behind the name may be
    /// another. Null for a folder. Never throws: what cannot be told is told too.
    /// </summary>
    internal abstract string? Stamp(string path);

    /// <summary>
    /// Tells in a text what can be told of a folder without listing it: another text when names were added or removed, at
    /// the latest after <see cref="StampsSettleAfter"/>. Null where nothing can be told.
    /// </summary>
    internal virtual string? FolderStamp(string folder) => null;

    /// <summary>
    /// For how long something may change once more while its stamp stays as it is, because times are kept coarsely. FAT
    /// keeps two seconds, some servers one; twice that is waited.
    /// </summary>
    internal virtual TimeSpan StampsSettleAfter => TimeSpan.FromSeconds(4);

    /// <summary>Watches a folder, as <see cref="FolderWatch.TryBegin"/> does; null where there is no watch to be had.</summary>
    internal virtual FolderWatch? Watch(string folder, Action changed) => null;

    /// <summary>
    /// Opens a file for reading while others may append to it, or put another in its place. What is no file, but a pipe or
    /// a device, is refused or empty, and keeps nobody waiting.
    /// </summary>
    internal abstract Stream OpenRead(string path);

    /// <summary>How many bytes the file has that this name stands for now.</summary>
    internal virtual long LengthOf(string path)
    {
        using var file = OpenRead(path);
        return file.Length;
    }

    /// <summary>
    /// Makes a file, empty, also in place of one that is there. Its name is durable after <see cref="SyncFolder"/>.
    /// </summary>
    internal abstract LedgerFile Create(string path);

    /// <summary>Opens a file to append to it.</summary>
    internal abstract LedgerFile OpenAppend(string path);

    /// <summary>
    /// Gives a file another name in its folder, in place of what had it: at any moment the name stands for the whole
    /// old file or the whole new one. Durable after <see cref="SyncFolder"/>.
    /// </summary>
    internal abstract void Rename(string from, string to);

    /// <summary>Removes a file. Durable after <see cref="SyncFolder"/>.</summary>
    internal abstract void Delete(string path);

    /// <summary>Reads the text of a private key's file.</summary>
    /// <exception cref="KeyFileException">Others than its owner and its group can read or change it.</exception>
    internal abstract string ReadKeyFile(string path);

    /// <summary>
    /// Makes a private key's file, which only its owner can read: whole, and on the disk when this returns. Its name is
    /// durable after <see cref="SyncFolder"/>.
    /// </summary>
    /// <returns>False when there is one already, also if another process was first by an instant; that one stays.</returns>
    internal abstract bool TryCreateKeyFile(string path, string pem);

    /// <summary>Returns when the names in a folder are on the disk.</summary>
    internal abstract void SyncFolder(string folder);

    /// <summary>
    /// Returns when what could be read of a file before, and its name, are on the disk, also where another process wrote them and
    /// is not done. After a failed sync of that process's, what it says is not to be trusted (<see cref="LedgerFile.Sync"/>).
    /// </summary>
    internal abstract void SyncWritten(string path);

    /// <summary>
    /// Takes an operating-system lock, which ends with the process at the latest. The file stays, and names who holds it.
    /// </summary>
    /// <param name="path">The lock's file; made when it is not there, never removed.</param>
    /// <param name="holder">Who has it, in words, when it cannot be had.</param>
    /// <returns>What to dispose of to let go, or null when another has it, also within this process.</returns>
    /// <exception cref="LedgerDiskException">There are no locks here, or none that exclude anybody.</exception>
    internal abstract IDisposable? TryLock(string path, out string holder);

    /// <summary>The file system that a folder lies on; null where that cannot be known, as in memory.</summary>
    /// <param name="folder">A folder that exists.</param>
    internal virtual MountedFileSystem? MountOf(string folder) => null;

    /// <summary>Opens a file, which is made if it is not there, for locks on ranges of it. It is never written.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The locks; null where this disk has none that hold.</returns>
    internal virtual RangeLocks? OpenLocks(string path) => null;

    /// <summary>Opens a file for seeing who has locks in it; takes and makes nothing.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The locks; null where this disk has none that hold, or nobody made the file.</returns>
    internal virtual RangeLocks? OpenLocksToCount(string path) => null;
}

/// <summary>A file that is being written from front to back, by one writer. Not thread-safe.</summary>
internal abstract class LedgerFile : IDisposable
{
    /// <summary>Bytes in the file.</summary>
    internal abstract long Length { get; }

    /// <summary>
    /// Writes at the file's end, with one call to the system. When it throws, any part of the bytes may be there.
    /// </summary>
    internal abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Returns when all bytes are on the disk. When it throws, they may be lost although they can be read back: the
    /// system keeps pages that it failed to write, and calls them clean. So the file must not be appended to any more.
    /// </summary>
    internal abstract void Sync();

    /// <summary>Closes the file, durable or not.</summary>
    public abstract void Dispose();
}

/// <summary>The disk did not do what was asked.</summary>
/// <param name="what">What was asked, as in "sync".</param>
/// <param name="path">The file or folder.</param>
/// <param name="reason">The system's words.</param>
/// <param name="inner">Where it comes from, if from another exception.</param>
internal sealed class LedgerDiskException(string what, string path, string reason, Exception? inner = null)
    : IOException($"cannot {what} {path}: {reason}", inner)
{
    /// <summary>What was asked.</summary>
    public string What { get; } = what;

    /// <summary>The file or folder.</summary>
    public string Path { get; } = path;

    /// <summary>The system's words.</summary>
    public string Reason { get; } = reason;

    /// <summary>What the operator can do about it, where that is known.</summary>
    public string? Mend { get; init; } = inner is null ? null : DiskMend.Of(inner);
}
