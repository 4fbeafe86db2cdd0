using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>The machine's disk, until a test lets it fail: always, or at one call that writes. It counts. Not thread-safe.</summary>
internal sealed class FailingDisk : LedgerDisk
{
    private int _calls;

    /// <summary>Whether every call that writes is refused, as on a file system mounted read-only.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Which calls that write are refused, by what they do and the path; none.</summary>
    public Func<string, string, bool> Refuses { get; set; } = static (_, _) => false;

    /// <summary>What the system says of a call that is refused; null for words of the test.</summary>
    public Exception? Says { get; set; }

    /// <summary>Which call that writes fails, counted from 1; 0 for none.</summary>
    public int FailsAt { get; set; }

    /// <summary>Whether the call that fails does what it was asked all the same, as a failed <c>fsync</c> may have.</summary>
    public bool DoesItAllTheSame { get; set; }

    /// <summary>What the disk tells of a file without reading it; a test may let it tell less.</summary>
    public Func<string, string?> StampOf { get; set; } = Real.Stamp;

    /// <summary>Which files and folders may not be read, as by their mode, which root would pass over.</summary>
    public Func<string, bool> Hides { get; set; } = static _ => false;

    /// <summary>How large segments grow.</summary>
    public int LargestSegment { get; set; } = Real.SegmentBytes;

    internal override int SegmentBytes => LargestSegment;

    /// <summary>How many files were opened to be read.</summary>
    public int Reads { get; private set; }

    /// <summary>How often a watch was asked for, which is not given.</summary>
    public int Watches { get; private set; }

    /// <summary>How many folders were listed.</summary>
    public int Lists { get; private set; }

    /// <summary>The file system that all folders are said to lie on; null for nothing that is known.</summary>
    public MountedFileSystem? Mount { get; set; }

    /// <summary>What becomes of locks; null for those of the machine.</summary>
    public Locks? Locks { get; set; }

    /// <summary>How many calls that write there have been.</summary>
    public int Calls => _calls;

    internal override void CreateFolder(string path) => Do("make folder", path, () => Real.CreateFolder(path));

    internal override bool FolderExists(string path) => Real.FolderExists(path);

    internal override IReadOnlyList<string> List(string folder)
    {
        Lists++;
        return Hides(folder) ? throw new LedgerDiskException("list", folder, "permission denied") : Real.List(folder);
    }

    internal override string? Stamp(string path) => StampOf(path);

    internal override FolderWatch? Watch(string folder, Action changed)
    {
        Watches++;
        return null;
    }

    internal override string? FolderStamp(string folder) => Real.FolderStamp(folder);

    internal override Stream OpenRead(string path)
    {
        Reads++;
        return Hides(path) ? throw new LedgerDiskException("read", path, "permission denied") : Real.OpenRead(path);
    }

    internal override string ReadKeyFile(string path) => Real.ReadKeyFile(path);

    internal override bool TryCreateKeyFile(string path, string pem)
    {
        var isMade = false;
        Do("make", path, () => isMade = Real.TryCreateKeyFile(path, pem));
        return isMade;
    }

    internal override LedgerFile Create(string path)
    {
        LedgerFile? file = null;
        Do("create", path, () => file = Real.Create(path), () => file?.Dispose());
        return new FailingFile(this, file!, path);
    }

    internal override LedgerFile OpenAppend(string path)
    {
        LedgerFile? file = null;
        Do("open", path, () => file = Real.OpenAppend(path), () => file?.Dispose());
        return new FailingFile(this, file!, path);
    }

    internal override void Rename(string from, string to) => Do("rename", from, () => Real.Rename(from, to));

    internal override void Delete(string path) => Do("remove", path, () => Real.Delete(path));

    internal override void SyncFolder(string folder) => Do("sync", folder, () => Real.SyncFolder(folder));

    internal override void SyncWritten(string path) => Do("sync", path, () => Real.SyncWritten(path));

    internal override IDisposable? TryLock(string path, out string holder)
    {
        holder = "";
        return Locks switch
        {
            null => Real.TryLock(path, out holder),
            Nodes.Locks.KeepNobodyOut => new MemoryStream(),
            _ => throw new LedgerDiskException("lock", path, "No locks available") { Mend = "keep it elsewhere" },
        };
    }

    internal override MountedFileSystem? MountOf(string folder) => Mount;

    private void Do(string what, string path, Action act, Action? undo = null)
    {
        var fails = IsReadOnly || ++_calls == FailsAt || Refuses(what, path);
        if (!fails || DoesItAllTheSame)
            act();
        if (!fails)
            return;
        undo?.Invoke();
        throw new LedgerDiskException(what, path, Says?.Message ?? "the test says so", Says);
    }

    private sealed class FailingFile(FailingDisk disk, LedgerFile file, string path) : LedgerFile
    {
        internal override long Length => file.Length;

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            disk.Do("append to", path, () => file.Append(copy));
        }

        internal override void Sync() => disk.Do("sync", path, file.Sync);

        public override void Dispose() => file.Dispose();
    }
}

/// <summary>Locks that are none.</summary>
internal enum Locks
{
    /// <summary>There are none to be had, as without the server's lock service.</summary>
    CannotBeHad,

    /// <summary>Everybody gets one, as from machines that do not tell each other.</summary>
    KeepNobodyOut,
}
