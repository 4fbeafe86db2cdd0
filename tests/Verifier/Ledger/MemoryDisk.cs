using System.Text;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>A disk in memory that keeps all it is told, does so at once, and fails when a test says so. Thread-safe.</summary>
internal sealed class MemoryDisk : LedgerDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<byte>> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);

    /// <summary>Every call that changes something, as <c>what name</c>, in order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Whether a call is to fail: what it does and the path.</summary>
    public Func<string, string, bool> Fails { get; set; } = static (_, _) => false;

    public byte[] this[string path]
    {
        get => [.. _files[path]];
        set => _files[path] = [.. value];
    }

    public IEnumerable<string> Files => _files.Keys.Order(StringComparer.Ordinal);

    internal override void CreateFolder(string path)
    {
        Call("make", path);
        _folders.Add(path);
    }

    internal override bool FolderExists(string path) => _folders.Contains(path);

    internal override IReadOnlyList<string> List(string folder)
    {
        lock (_gate)
        {
            return _files.Keys.Concat(_folders)
                .Where(path => Path.GetDirectoryName(path) == folder)
                .Select(path => Path.GetFileName(path))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        }
    }

    internal override string? Stamp(string path)
    {
        lock (_gate)
        {
            return _folders.Contains(path) ? null
                : FormattableString.Invariant($"{path}|{(_files.TryGetValue(path, out var content) ? content.Count : -1)}");
        }
    }

    internal override string ReadKeyFile(string path)
    {
        using var reader = new StreamReader(OpenRead(path));
        return reader.ReadToEnd();
    }

    internal override bool TryCreateKeyFile(string path, string pem)
    {
        Call("make", path);
        lock (_gate)
            return _files.TryAdd(path, [.. Encoding.ASCII.GetBytes(pem)]);
    }

    internal override Stream OpenRead(string path)
    {
        lock (_gate)
        {
            return _files.TryGetValue(path, out var content)
                ? new MemoryStream([.. content], writable: false)
                : throw new LedgerDiskException("read", path, "no such file");
        }
    }

    internal override LedgerFile Create(string path)
    {
        Call("create", path);
        lock (_gate)
            _files[path] = [];
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
        lock (_gate)
        {
            _files[to] = _files[from];
            _files.Remove(from);
        }
    }

    internal override void Delete(string path)
    {
        Call("remove", path);
        lock (_gate)
            _files.Remove(path);
    }

    internal override void SyncFolder(string folder) => Call("sync", folder);

    internal override IDisposable? TryLock(string path, out string holder)
    {
        lock (_gate)
        {
            var isFree = _locks.Add(path);
            holder = isFree ? "" : "process 1";
            _files.TryAdd(path, []);
            return isFree ? new Held(this, path) : null;
        }
    }

    private void Call(string what, string path)
    {
        lock (_gate)
            Calls.Add($"{what} {Path.GetFileName(path)}");
        if (Fails(what, path))
            throw new LedgerDiskException(what, path, "no space left on device");
    }

    private sealed class MemoryFile(MemoryDisk disk, string path) : LedgerFile
    {
        internal override long Length => disk._files[path].Count;

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            disk.Call("append", path);
            lock (disk._gate)
                disk._files[path].AddRange(bytes);
        }

        internal override void Sync() => disk.Call("sync", path);

        public override void Dispose()
        {
        }
    }

    private sealed class Held(MemoryDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
                disk._locks.Remove(path);
        }
    }
}
