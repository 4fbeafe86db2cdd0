namespace OfflineLicense.Verifier.Ledger;

/// <summary>Small files that are there whole, old or new, whatever happens meanwhile.</summary>
internal static class DurableFile
{
    private const string NewSuffix = ".new";

    /// <summary>Puts a file in place; it is on the disk, under its name, when this returns.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses; what had the name before still has it.</exception>
    public static void Put(LedgerDisk disk, string path, ReadOnlySpan<byte> content)
    {
        Prepare(disk, path, content);
        Place(disk, path);
    }

    /// <summary>Puts a file in place that is written in parts.</summary>
    /// <inheritdoc cref="Put(LedgerDisk, string, ReadOnlySpan{byte})"/>
    public static void Put(LedgerDisk disk, string path, Action<LedgerFile> write)
    {
        Prepare(disk, path, write, static (file, write) => write(file));
        Place(disk, path);
    }

    /// <summary>The first half of <see cref="Put(LedgerDisk, string, ReadOnlySpan{byte})"/>, which is the one that fails if any does: all is on the disk, but for its name.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses; nothing is left of it.</exception>
    public static void Prepare(LedgerDisk disk, string path, ReadOnlySpan<byte> content) =>
        Prepare(disk, path, content, static (file, content) => file.Append(content));

    /// <summary>The second half: what was prepared gets its name.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses; what had the name before still has it, unless only the folder's sync failed.</exception>
    public static void Place(LedgerDisk disk, string path)
    {
        Rename(disk, path);
        disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// As <see cref="Place"/>, but until the folder is synced a power cut may leave what had the name before: for what is as good
    /// as that one.
    /// </summary>
    /// <exception cref="LedgerDiskException">The disk refuses; what had the name before still has it.</exception>
    public static void Rename(LedgerDisk disk, string path)
    {
        try
        {
            disk.Rename(path + NewSuffix, path);
        }
        catch (LedgerDiskException)
        {
            Abandon(disk, path);
            throw;
        }
    }

    /// <summary>Takes back what was prepared and is not to be put in place.</summary>
    public static void Abandon(LedgerDisk disk, string path) => Remove(disk, path + NewSuffix);

    /// <summary>Removes what is left of a file that could not be written; a disk that refuses that too is left as it is.</summary>
    public static void Remove(LedgerDisk disk, string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (LedgerDiskException)
        {
            // The first failure is the one to tell of.
        }
    }

    private static void Prepare<T>(LedgerDisk disk, string path, T content, Action<LedgerFile, T> write)
        where T : allows ref struct
    {
        try
        {
            using var file = disk.Create(path + NewSuffix);
            write(file, content);
            file.Sync();
        }
        catch (LedgerDiskException)
        {
            Abandon(disk, path);
            throw;
        }
    }
}
