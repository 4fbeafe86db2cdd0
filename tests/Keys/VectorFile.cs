using System.Runtime.CompilerServices;

namespace OfflineLicense.Tests.Keys;

/// <summary>The published vectors in <c>tests/Vectors</c>: lines of words, with comments.</summary>
internal static class VectorFile
{
    internal static string RepositoryFolder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    internal static IEnumerable<string[]> Lines(string name) =>
        File.ReadLines(Path.Combine(RepositoryFolder, "tests", "Vectors", name))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '));

    internal static byte[] Bytes(string hex) => hex == "-" ? [] : Convert.FromHexString(hex);

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
