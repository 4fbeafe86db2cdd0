using System.Text.RegularExpressions;
using Xunit;

namespace OfflineLicense.Tests.Conventions;

/// <summary>
/// The faults that <c>.ci/seeded-faults</c> builds in: each stands in the list of <c>tests/README.md</c>, in the words of its
/// patch, and names a test that there is. That the test finds it is for that command to say.
/// </summary>
public sealed partial class SeededFaultTests
{
    private static readonly string Folder = Path.Combine(Sources.Root, "tests", "Faults", "Seeded");

    [Fact]
    public void The_list_of_faults_is_that_of_the_patches()
    {
        var listed = Row().Matches(Sources.Text("tests/README.md")).Select(static row => row.Value.TrimEnd('\r'));
        var patches = Directory.EnumerateFiles(Folder, "*.patch").Order(StringComparer.Ordinal).Select(static patch =>
        {
            var (fault, foundBy) = HeaderOf(patch);
            return $"| `{Path.GetFileNameWithoutExtension(patch)}` | {fault} | `{foundBy}` |";
        }).ToList();
        Assert.Equal(patches, listed);
        Assert.InRange(patches.Count, 20, 100);
    }

    [Fact]
    public void Each_fault_is_built_into_the_verifier_and_names_a_test_that_there_is()
    {
        foreach (var patch in Directory.EnumerateFiles(Folder, "*"))
        {
            var (_, foundBy) = HeaderOf(patch);
            var end = foundBy.LastIndexOf('.');
            var method = typeof(SeededFaultTests).Assembly.GetType("OfflineLicense.Tests." + foundBy[..end])?.GetMethod(foundBy[(end + 1)..]);
            Assert.True(method?.IsDefined(typeof(FactAttribute), inherit: true), $"{patch} is to be found by {foundBy}, which is no test");
            foreach (Match file in PatchedFile().Matches(File.ReadAllText(patch)))
            {
                Assert.StartsWith("verifier/", file.Groups["file"].Value, StringComparison.Ordinal);
                Assert.True(File.Exists(Path.Combine(Sources.Root, file.Groups["file"].Value)), $"{patch} changes {file.Groups["file"].Value}, which is not there");
            }
        }
    }

    private static (string Fault, string FoundBy) HeaderOf(string patch)
    {
        var lines = File.ReadAllLines(patch);
        Assert.StartsWith("Fault: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Found by: ", lines[1], StringComparison.Ordinal);
        return (lines[0]["Fault: ".Length..], lines[1]["Found by: ".Length..]);
    }

    [GeneratedRegex(@"^\| `[a-z-]+` \| .+ \| `(?:Faults|Verifier)\..+` \|\r?$", RegexOptions.Multiline, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\+\+\+ b/(?<file>\S+)", RegexOptions.Multiline, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex PatchedFile();
}
