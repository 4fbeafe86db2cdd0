using System.Text;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// A disk that writes down every call that changes it, so that <see cref="PowerCuts"/> can tell what a power cut after each
/// of them may leave. Thread-safe.
/// </summary>
internal sealed class SimulatedDisk : LedgerDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<int, SimulatedFile> _files = [];
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly List<DiskCall> _calls = [];
    private int _made;

    /// <summary>A disk that has the content of another, all of it durable.</summary>
    public SimulatedDisk(MemoryDisk? content = null)
    {
        foreach (var path in content?.Files ?? [])
        {
            var file = new SimulatedFile();
            file.Write(content![path]);
            file.Sync(fails: false);
            _files[_names[path] = _made++] = file;
            for (var folder = Path.GetDirectoryName(path); folder is not (null or "/"); folder = Path.GetDirectoryName(folder))
                _names[folder] = DiskState.Folder;
        }

        Before = new DiskState(
            _files.ToDictionary(static file => file.Key, static file => file.Value.Copy()), new Dictionary<string, int>(_names, StringComparer.Ordinal));
    }

    /// <summary>Asked before each call that changes something: whether it fails. A sync that fails loses what it was to write.</summary>
    public Func<DiskCall, bool> Fails { get; set; } = static _ => false;

    /// <summary>After how many bytes a ledger's segment gives way to the next, on this disk and on what power cuts leave of it.</summary>
    public int LargestSegment { get; init; } = Real.SegmentBytes;

    internal override int SegmentBytes => LargestSegment;

    /// <summary>What was there before the first call.</summary>
    public DiskState Before { get; }

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<DiskCall> Calls => Locked(() => _calls.ToArray());

    /// <summary>From here on somebody relies on something.</summary>
    public void Promise(int number)
    {
        lock (_gate)
            _calls.Add(new DiskCall.Promise(number));
    }

    internal override void CreateFolder(string path) =>
        Do("make", path, new DiskCall.MakeFolder(path), () => _names.TryAdd(path, DiskState.Folder));

    internal override bool FolderExists(string path) => Locked(() => IsFolder(path));

    internal override IReadOnlyList<string> List(string folder) => Locked(() => _names.Keys
        .Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path))
        .Order(StringComparer.Ordinal).ToArray());

    internal override string? Stamp(string path) => Locked(() => !_names.TryGetValue(path, out var number)
        ? $"{path}|none"
        : number == DiskState.Folder ? null : FormattableString.Invariant($"{path}|{number}|{_files[number].Bytes.Length}"));

    internal override TimeSpan StampsSettleAfter => TimeSpan.Zero;

    internal override Stream OpenRead(string path) => Locked(() => _names.TryGetValue(path, out var file) && file != DiskState.Folder
        ? new MemoryStream(_files[file].Bytes.ToArray(), writable: false)
        : throw new LedgerDiskException("read", path, "no such file"));

    internal override string ReadKeyFile(string path)
    {
        using var reader = new StreamReader(OpenRead(path), Encoding.ASCII);
        return reader.ReadToEnd();
    }

    internal override bool TryCreateKeyFile(string path, string pem)
    {
        if (Locked(() => _names.ContainsKey(path)))
            return false;
        using var file = Create(path + ".tmp");
        file.Append(Encoding.ASCII.GetBytes(pem));
        file.Sync();
        Rename(path + ".tmp", path);
        return true;
    }

    internal override LedgerFile Create(string path)
    {
        var number = Locked(() => _made++);
        Do("create", path, new DiskCall.Make(path, number), () =>
        {
            _names[path] = number;
            _files[number] = new SimulatedFile();
        });
        return new OpenFile(this, number, path);
    }

    internal override LedgerFile OpenAppend(string path) => new OpenFile(this, Locked(() => _names[path]), path);

    internal override void Rename(string from, string to) => Do("rename", from, new DiskCall.Rename(from, to), () =>
    {
        _names[to] = _names.Remove(from, out var file) ? file : throw new LedgerDiskException("rename", from, "no such file");
    });

    internal override void Delete(string path) =>
        Do("remove", path, new DiskCall.Remove(path), () => _names.Remove(path));

    internal override void SyncWritten(string path)
    {
        Sync(Locked(() => _names[path]), path);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    internal override void SyncFolder(string folder) => Do("sync", folder, new DiskCall.SyncNames(folder), static () => { });

    internal override IDisposable? TryLock(string path, out string holder)
    {
        var isFree = Locked(() => _locks.Add(path));
        holder = isFree ? "" : "process 1";
        return isFree ? new Held(() => Locked(() => _locks.Remove(path))) : null;
    }

    private void Sync(int file, string path) =>
        Do("sync", path, new DiskCall.SyncFile(file, Fails: false), () => _files[file].Sync(fails: false));

    private bool IsFolder(string path) => _names.GetValueOrDefault(path) == DiskState.Folder && _names.ContainsKey(path);

    private void Do(string what, string path, DiskCall call, Action act) => Locked(() =>
    {
        if (Fails(call))
        {
            if (call is DiskCall.SyncFile sync)
            {
                _calls.Add(sync with { Fails = true });
                _files[sync.File].Sync(fails: true);
            }

            throw new LedgerDiskException(what, path, "input/output error");
        }

        act();
        _calls.Add(call);
        return true;
    });

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
            return act();
    }

    private sealed class OpenFile(SimulatedDisk disk, int number, string path) : LedgerFile
    {
        internal override long Length => disk.Locked(() => disk._files[number].Bytes.Length);

        internal override void Append(ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            disk.Do("append", path, new DiskCall.Write(number, copy), () => disk._files[number].Write(copy));
        }

        internal override void Sync() => disk.Sync(number, path);

        public override void Dispose()
        {
        }
    }

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
