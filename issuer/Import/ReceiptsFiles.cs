using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>Finds the receipts files that a clerk names: files by any name, and folders with what mail left in them.</summary>
internal static class ReceiptsFiles
{
    private static readonly string[] Endings = [".receipts", ".receipts.gz"];

    /// <summary>
    /// The files, in the order named; those of a folder, its sub-folders too, by name: all <c>*.receipts</c> and
    /// <c>*.receipts.gz</c>.
    /// </summary>
    /// <param name="console">Where relative paths start from.</param>
    /// <param name="named">What the clerk named.</param>
    /// <exception cref="CommandFailure">One does not exist, cannot be opened or is no file, or a folder has none; nothing was read.</exception>
    internal static IReadOnlyList<ReceiptsFile> Find(CommandConsole console, IEnumerable<string> named)
    {
        var files = new List<ReceiptsFile>();
        foreach (var name in named)
        {
            var path = console.PathOf(name);
            if (Directory.Exists(path))
                files.AddRange(InFolder(name, path));
            else if (File.Exists(path))
                files.Add(Opened(At(name, path)));
            else
                throw new CommandFailure($"there is no file or folder '{name}'", null, ExitCode.Unreadable);
        }

        return files;
    }

    // Whoever names a file means that one. Of a folder the rest is imported, and what cannot be read is told beside it.
    private static ReceiptsFile Opened(ReceiptsFile file)
    {
        file.Open().Dispose();
        return file;
    }

    private static List<ReceiptsFile> InFolder(string name, string path)
    {
        try
        {
            var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(IsNamedSo)
                .Order(StringComparer.Ordinal)
                .Select(file => At(Path.Combine(name, Path.GetRelativePath(path, file)), file)).ToList();
            return files.Count > 0
                ? files
                : throw new CommandFailure($"the folder '{name}' has no *.receipts and no *.receipts.gz", "name a file by itself if it has another ending", ExitCode.Unreadable);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("list", path, e);
        }
    }

    /// <summary>Whether a file's name ends as those of receipts do.</summary>
    internal static bool IsNamedSo(string file) => Array.Exists(Endings, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>A file at a path; it is opened when it is read.</summary>
    internal static ReceiptsFile At(string name, string path) => new(name, () =>
    {
        try
        {
            return LedgerDisk.Real.OpenRead(path);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("read", path, e);
        }
    });
}
