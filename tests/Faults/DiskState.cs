namespace OfflineLicense.Tests.Faults;

/// <summary>
/// What is on a disk at one moment, with all that is not durable yet: sectors of files, and names that were given, changed
/// and removed since their folder was synced. Not thread-safe.
/// </summary>
/// <param name="files">The files by number.</param>
/// <param name="names">The names that are durable: of files by their number, of folders by <see cref="Folder"/>.</param>
internal sealed class DiskState(Dictionary<int, SimulatedFile> files, Dictionary<string, int> names)
{
    /// <summary>What a folder has for a number.</summary>
    public const int Folder = -1;

    private readonly List<DiskCall> _pendingNames = [];

    // The names as they are seen, which a rename goes by, and the file that each rename gave its name to.
    private readonly Dictionary<string, int> _seen = new(names, StringComparer.Ordinal);
    private readonly Dictionary<DiskCall, int> _renamed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Names and sectors of which each may or may not be on the disk.</summary>
    public int Undecided => _pendingNames.Count + files.Values.Sum(static file => file.Undecided.Count);

    /// <summary>A state of its own.</summary>
    public DiskState Copy() => new(
        files.ToDictionary(static file => file.Key, static file => file.Value.Copy()), new Dictionary<string, int>(names, StringComparer.Ordinal));

    /// <summary>Goes on by one call.</summary>
    public void Do(DiskCall call)
    {
        switch (call)
        {
            case DiskCall.MakeFolder folder:
                if (_seen.TryAdd(folder.Path, Folder))
                    _pendingNames.Add(folder);
                break;
            case DiskCall.Make make:
                files[make.File] = new SimulatedFile();
                _seen[make.Path] = make.File;
                _pendingNames.Add(make);
                break;
            case DiskCall.Write write:
                files[write.File].Write(write.Bytes);
                break;
            case DiskCall.SyncFile sync:
                files[sync.File].Sync(sync.Fails);
                break;
            case DiskCall.Rename rename:
                _seen.Remove(rename.From, out var file);
                _seen[rename.To] = file;
                _pendingNames.Add(rename);
                _renamed[rename] = file;
                break;
            case DiskCall.Remove remove:
                if (_seen.Remove(remove.Path))
                    _pendingNames.Add(remove);
                break;
            case DiskCall.SyncNames sync:
                foreach (var pending in _pendingNames.Where(pending => FolderOf(pending) == sync.Folder))
                    Apply(names, pending);
                _pendingNames.RemoveAll(pending => FolderOf(pending) == sync.Folder);
                break;
        }
    }

    /// <summary>What a power cut leaves of it.</summary>
    /// <param name="isKept">Of each thing undecided, by number, whether it reached the disk.</param>
    /// <param name="end">Where files end, as <see cref="SimulatedFile.AfterPowerCut"/> says.</param>
    public MemoryDisk AfterPowerCut(Func<int, bool> isKept, double end)
    {
        var left = new Dictionary<string, int>(names, StringComparer.Ordinal);
        for (var index = 0; index < _pendingNames.Count; index++)
        {
            if (isKept(index))
                Apply(left, _pendingNames[index]);
        }

        var first = _pendingNames.Count;
        var places = new Dictionary<(int File, int Sector), int>();
        foreach (var (number, file) in files)
        {
            foreach (var sector in file.Undecided)
                places[(number, sector)] = first++;
        }

        var disk = new MemoryDisk();
        foreach (var (path, number) in left)
        {
            if (!IsReachable(left, path))
                continue;
            if (number == Folder)
                disk.CreateFolder(path);
            else
                disk[path] = files[number].AfterPowerCut(sector => isKept(places[(number, sector)]), end);
        }

        return disk;
    }

    private void Apply(Dictionary<string, int> names, DiskCall call)
    {
        switch (call)
        {
            case DiskCall.MakeFolder folder:
                names[folder.Path] = Folder;
                break;
            case DiskCall.Make make:
                names[make.Path] = make.File;
                break;
            case DiskCall.Rename rename:
                names[rename.To] = _renamed[rename];
                if (names.GetValueOrDefault(rename.From, Folder) == _renamed[rename])
                    names.Remove(rename.From);
                break;
            case DiskCall.Remove remove:
                names.Remove(remove.Path);
                break;
        }
    }

    private static string FolderOf(DiskCall call) => Path.GetDirectoryName(call switch
    {
        DiskCall.MakeFolder folder => folder.Path,
        DiskCall.Make make => make.Path,
        DiskCall.Rename rename => rename.To,
        DiskCall.Remove remove => remove.Path,
        _ => throw new ArgumentException($"{call} changes no name", nameof(call)),
    })!;

    // What stands in a folder that a power cut took is gone with it.
    private static bool IsReachable(Dictionary<string, int> names, string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not (null or "/"); folder = Path.GetDirectoryName(folder))
        {
            if (!names.ContainsKey(folder))
                return false;
        }

        return true;
    }
}
