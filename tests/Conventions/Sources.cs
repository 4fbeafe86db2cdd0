namespace OfflineLicense.Tests.Conventions;

/// <summary>The source files of the repository, for tests that hold what reviews would have to look for again and again.</summary>
internal static class Sources
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Snapshot.Repository();

    /// <summary>The C# files of a top-level folder, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Of(params string[] folders) =>
        [.. folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));
}
