namespace OfflineLicense.Verifier.Ledger;

/// <summary>Small files that are there whole, old or new, whatever happens meanwhile.</summary>
internal static class DurableFile
{
    private const string NewSuffix = ".new";

    /// <summary>Puts a file in place; it is on the disk, under its name, when this returns.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses; what had the name before still has it.</exception>
    public static void Put(LedgerDisk disk, string path, ReadOnlySpan<byte> content)
    {
        try
        {
            using (var file = disk.Create(path + NewSuffix))
            {
                file.Append(content);
                file.Sync();
            }

            disk.Rename(path + NewSuffix, path);
        }
        catch (LedgerDiskException)
        {
            Remove(disk, path + NewSuffix);
            throw;
        }

        disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

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
}
