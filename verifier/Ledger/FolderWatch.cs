namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The system's word, at once, that something in a folder changed. A hint and never a source: on network and container
/// mounts it may never come, the system has few watches to give (on Linux 128 a user, one for each of these), and it says
/// nothing when the folder itself is removed. So whoever has one looks for himself all the same. Thread-safe.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly string _folder;
    private readonly string _identity;
    private readonly FileSystemWatcher _watcher;
    private volatile bool _hasFailed;

    private FolderWatch(string folder, Action changed)
    {
        _folder = folder;
        _identity = IdentityOf(folder);

        // Not of last access: reading what changed would be a change.
        _watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes,
        };
        _watcher.Created += (_, _) => changed();
        _watcher.Changed += (_, _) => changed();
        _watcher.Deleted += (_, _) => changed();
        _watcher.Renamed += (_, _) => changed();
        _watcher.Error += (_, _) =>
        {
            // Also when more changed than it could remember.
            _hasFailed = true;
            changed();
        };
    }

    /// <summary>
    /// Whether it is to be believed: not after an error, and not when the folder was removed, even if there is one of that
    /// name again.
    /// </summary>
    public bool Holds => !_hasFailed && IdentityOf(_folder) == _identity;

    /// <summary>Begins to watch; null where the system gives no watch, for whatever reason. Never throws.</summary>
    /// <param name="folder">The folder; what it links to when it is a link. What is in folders below it is not watched.</param>
    /// <param name="changed">Called on a thread of the system's, several times for one change; must neither throw nor wait.</param>
    public static FolderWatch? TryBegin(string folder, Action changed)
    {
        FolderWatch? watch = null;
        try
        {
            if (!Directory.Exists(folder))
                return null;
            watch = new FolderWatch(folder, changed);
            watch._watcher.EnableRaisingEvents = true;
            return watch;
        }
#pragma warning disable CA1031 // a product runs on without a watch, whatever keeps the system from giving one
        catch (Exception)
#pragma warning restore CA1031
        {
            watch?.Dispose();
            return null;
        }
    }

    /// <summary>Gives the watch back. What was on its way may still be told.</summary>
    public void Dispose() => _watcher.Dispose();

    // A new folder often gets the number of the one that was removed just now, so its birth is told, too.
    private static string IdentityOf(string folder) => FileStatus.Of(folder) is { } status
        ? FormattableString.Invariant($"{status.Device}:{status.Number}:{status.Born}")
        : FormattableString.Invariant($"{Directory.GetCreationTimeUtc(folder).Ticks}");
}
