using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Testing;

/// <summary>A disk in memory that keeps all it is told, does so at once, and fails when a test says so. Thread-safe.</summary>
internal sealed class MemoryDisk : LedgerDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private long _changes;

    /// <summary>Asked before every call that changes something, with what it does and the path: whether it is to fail.</summary>
    public Func<string, string, bool> Fails { get; set; } = static (_, _) => false;

    /// <summary>How large segments grow; one that is smaller than a group begins anew with each append.</summary>
    public int LargestSegment { get; set; } = Limits.SegmentBytes;

    internal override int SegmentBytes => LargestSegment;

    /// <summary>Bytes that were read from files.</summary>
    public long BytesRead { get; private set; }

    /// <summary>A file's bytes. Reading makes a copy, and setting takes one.</summary>
    public byte[] this[string path]
    {
        get => Locked(() => _files[path].Bytes.ToArray());
        set => Locked(() => _files[path] = NewContent(value.ToArray()));
    }

    /// <summary>The paths of all files, in ordinal order.</summary>
    public IReadOnlyList<string> Files => Locked(() => _files.Keys.Order(StringComparer.Ordinal).ToList());

    /// <summary>Another disk with the same content, which nobody has locked or open, and which does not fail.</summary>
    public MemoryDisk Copy() => Locked(() =>
    {
        var copy = new MemoryDisk { _changes = _changes };
        copy._folders.UnionWith(_folders);
        foreach (var (path, content) in _files)
            copy._files[path] = content with { Buffer = content.Bytes.ToArray() };
        return copy;
    });

    internal override void CreateFolder(string path)
    {
        Call("make", path);
        Locked(() => _folders.Add(path));
    }

    internal override bool FolderExists(string path) => Locked(() => _folders.Contains(path));

    internal override IReadOnlyList<string> List(string folder) => Locked(() => _files.Keys.Concat(_folders)
        .Where(path => Path.GetDirectoryName(path) == folder)
        .Select(path => Path.GetFileName(path))
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray());

    internal override string? Stamp(string path) => Locked(() => _folders.Contains(path)
        ? null
        : FormattableString.Invariant($"{path}|{(_files.TryGetValue(path, out var content) ? content.ChangedAt : -1)}"));

    // Each change is another stamp.
    internal override TimeSpan StampsSettleAfter => TimeSpan.Zero;

    internal override Stream OpenRead(string path) => Locked(() => _files.TryGetValue(path, out var content)
        ? new CountingStream(this, content.Buffer, content.Length)
        : throw new LedgerDiskException("read", path, "no such file"));

    internal override string ReadKeyFile(string path)
    {
        using var reader = new StreamReader(OpenRead(path), Encoding.ASCII);
        return reader.ReadToEnd();
    }

    internal override bool TryCreateKeyFile(string path, string pem)
    {
        Call("make", path);
        return Locked(() => _files.TryAdd(path, NewContent(Encoding.ASCII.GetBytes(pem))));
    }

    internal override LedgerFile Create(string path)
    {
        Call("create", path);
        Locked(() => _files[path] = NewContent([]));
        return new MemoryFile(this, path);
    }

    internal override LedgerFile OpenAppend(string path)
    {
        Call("open", path);
        return new MemoryFile(this, path);
    }

    internal override void Rename(string from, string to)
    {
        Call("rename", from);
        Locked(() => _files[to] = _files.Remove(from, out var content)
            ? content
            : throw new LedgerDiskException("rename", from, "no such file"));
    }

    internal override void Delete(string path)
    {
        Call("remove", path);
        Locked(() => _files.Remove(path));
    }

    internal override void SyncFolder(string folder) => Call("sync", folder);

    internal override void SyncWritten(string path) => Call("sync", path);

    internal override IDisposable? TryLock(string path, out string holder)
    {
        var isFree = Locked(() =>
        {
            _files.TryAdd(path, NewContent([]));
            return _locks.Add(path);
        });
        holder = isFree ? "" : "process 1";
        return isFree ? new Held(this, path) : null;
    }

    private void Call(string what, string path)
    {
        if (Fails(what, path))
            throw new LedgerDiskException(what, path, "no space left on device");
    }

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
            return act();
    }

    private Content NewContent(byte[] bytes) => new(bytes, bytes.Length, ++_changes);

    /// <summary>
    /// What a file holds, and when it last changed, in changes of the disk. What it holds never changes: an append goes
    /// behind it, into the same buffer where there is room, so that whoever reads needs no copy.
    /// </summary>
    private sealed record Content(byte[] Buffer, int Length, long ChangedAt)
    {
        public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

        public Content Append(ReadOnlySpan<byte> bytes, long changedAt)
        {
            var length = Length + bytes.Length;
            var buffer = Buffer;
            if (length > buffer.Length)
                Bytes.CopyTo(buffer = new byte[2 * length]);
            bytes.CopyTo(buffer.AsSpan(Length));
            return new Content(buffer, length, changedAt);
        }
    }

    private sealed class MemoryFile(MemoryDisk disk, string path) : LedgerFile
    {
        internal override long Length => disk.Locked(() => disk._files[path].Length);

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            disk.Call("append", path);
            lock (disk._gate)
                disk._files[path] = disk._files[path].Append(bytes, ++disk._changes);
        }

        internal override void Sync() => disk.Call("sync", path);

        public override void Dispose()
        {
        }
    }

    private sealed class CountingStream(MemoryDisk disk, byte[] buffer, int length) : MemoryStream(buffer, 0, length, writable: false)
    {
        // What reads into a span comes here too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            lock (disk._gate)
                disk.BytesRead += read;
            return read;
        }
    }

    private sealed class Held(MemoryDisk disk, string path) : IDisposable
    {
        public void Dispose() => disk.Locked(() => disk._locks.Remove(path));
    }
}
