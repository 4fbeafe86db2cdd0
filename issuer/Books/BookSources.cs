using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Books;

/// <summary>The files of which a registry is made anew, found in folders by their endings. Immutable.</summary>
internal sealed record BookSources
{
    /// <summary>License files, by path.</summary>
    public required IReadOnlyList<string> Licenses { get; init; }

    /// <summary>Reply files, by path.</summary>
    public required IReadOnlyList<string> Replies { get; init; }

    /// <summary>Receipts files, by path, and when each came: what its file system says.</summary>
    public required IReadOnlyList<(Import.ReceiptsFile File, DateTimeOffset CameAt)> Receipts { get; init; }

    /// <summary>Files with decisions.</summary>
    public required IReadOnlyList<string> Decisions { get; init; }

    /// <summary>How many files were none of these.</summary>
    public required int Others { get; init; }

    /// <summary>Looks through folders and all that is in them.</summary>
    /// <param name="console">Where relative paths start from.</param>
    /// <param name="folders">The folders, in the order in which their receipts are taken in.</param>
    /// <exception cref="CommandFailure">One is no folder, or cannot be listed.</exception>
    internal static BookSources Find(CommandConsole console, IEnumerable<string> folders)
    {
        var files = folders.SelectMany(folder => FilesOf(folder, console.PathOf(folder))).DistinctBy(static file => file.Path, StringComparer.Ordinal).ToList();
        var kinds = files.ToLookup(static file => KindOf(file.Path), StringComparer.Ordinal);
        return new BookSources
        {
            Licenses = [.. kinds[".lic"].Select(static file => file.Path)],
            Replies = [.. kinds[".reply"].Select(static file => file.Path)],
            Receipts = [.. kinds[".receipts"].Select(static file => (ReceiptsFiles.At(file.Name, file.Path), (DateTimeOffset)File.GetLastWriteTimeUtc(file.Path)))],
            Decisions = [.. kinds[DecisionsFile.Name].Select(static file => file.Path)],
            Others = kinds[""].Count(),
        };
    }

    private static string KindOf(string path) =>
        Path.GetFileName(path) == DecisionsFile.Name ? DecisionsFile.Name
        : ReceiptsFiles.IsNamedSo(path) ? ".receipts"
        : Path.GetExtension(path).ToUpperInvariant() switch { ".LIC" => ".lic", ".REPLY" => ".reply", _ => "" };

    private static List<(string Name, string Path)> FilesOf(string name, string folder)
    {
        if (!Directory.Exists(folder))
            throw new CommandFailure($"there is no folder '{name}'", null, ExitCode.Unreadable);
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(path => (Path.Combine(name, Path.GetRelativePath(folder, path)), path))];
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("list", folder, e);
        }
    }
}
