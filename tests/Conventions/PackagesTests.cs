using System.Globalization;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace OfflineLicense.Tests.Conventions;

/// <summary>
/// What <c>dotnet pack OfflineLicense.sln -o FOLDER</c> makes, where OFFLINE_LICENSE_PACKAGES names the folder, as
/// <c>.ci/run</c> does. Skipped otherwise: packing builds everything anew.
/// </summary>
public sealed class PackagesTests
{
    [PackagesFact]
    public void The_packages_hold_and_need_what_was_approved()
    {
        var text = new StringBuilder();
        foreach (var file in Packages("*.nupkg"))
        {
            using var package = ZipFile.OpenRead(file);
            var nuspec = Nuspec(package);
            text.Append(CultureInfo.InvariantCulture, $"{Value(nuspec, "id")}: {Value(nuspec, "description")}\n");
            foreach (var dependency in nuspec.Descendants().Where(element => element.Name.LocalName == "dependency"))
                text.Append(CultureInfo.InvariantCulture, $"    needs {dependency.Attribute("id")!.Value} {Parts(dependency)}\n");
            var isTool = package.Entries.Any(entry => entry.Name == "DotnetToolSettings.xml");
            foreach (var name in package.Entries.Select(entry => entry.FullName).Where(IsContent).Order(StringComparer.Ordinal))
            {
                if (!isTool || name.Contains("icense", StringComparison.Ordinal) || name.Contains("ssuer", StringComparison.Ordinal) || !name.StartsWith("tools/", StringComparison.Ordinal))
                    text.Append(CultureInfo.InvariantCulture, $"    {name}\n");
            }
        }

        Snapshot.Match(text.ToString(), "Packages");
    }

    [PackagesFact]
    public void Every_package_has_a_readme_one_version_and_no_address_that_nobody_gave()
    {
        var versions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Packages("*.nupkg"))
        {
            using var package = ZipFile.OpenRead(file);
            var nuspec = Nuspec(package);
            Assert.NotNull(package.GetEntry(Value(nuspec, "readme")!));
            Assert.EndsWith($".{Value(nuspec, "version")}.nupkg", file, StringComparison.Ordinal);
            versions.Add(Value(nuspec, "version")!);
            Assert.DoesNotContain("://", string.Concat(nuspec.Descendants().Where(element => !element.HasElements).Select(element => element.Value)), StringComparison.Ordinal);
            Assert.Null(nuspec.Descendants().FirstOrDefault(element => element.Name.LocalName == "repository")?.Attribute("url"));
        }

        Assert.Single(versions);
    }

    [PackagesFact]
    public void No_symbol_names_the_machine_that_built_it()
    {
        var documents = 0;
        foreach (var file in Packages("*.snupkg"))
        {
            using var package = ZipFile.OpenRead(file);
            foreach (var entry in package.Entries.Where(entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal)))
            {
                using var bytes = new MemoryStream();
                using (var stream = entry.Open())
                    stream.CopyTo(bytes);
                using var symbols = MetadataReaderProvider.FromPortablePdbImage([.. bytes.ToArray()]);
                var reader = symbols.GetMetadataReader();
                var names = reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name)).ToList();
                Assert.All(names, name => Assert.StartsWith("/_/", name, StringComparison.Ordinal));
                documents += names.Count;
            }
        }

        Assert.True(documents > 100, "the symbols are there");
    }

    private static string[] Packages(string pattern)
    {
        var files = Directory.GetFiles(PackagesFactAttribute.Folder!, pattern).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(files);
        return files;
    }

    private static XDocument Nuspec(ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream);
    }

    private static string? Value(XDocument nuspec, string name) =>
        nuspec.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    // Which parts of a dependency reach whoever takes the package: never what it is compiled against.
    private static string Parts(XElement dependency) =>
        dependency.Attribute("include") is { } included ? $"for {included.Value}" : $"but for {dependency.Attribute("exclude")!.Value}";

    // The rest is the envelope of the format.
    private static bool IsContent(string name) =>
        !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
        && name != "[Content_Types].xml";

    /// <summary>A test of packages that were made before.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PackagesFactAttribute : FactAttribute
    {
        public PackagesFactAttribute()
        {
            if (Folder is null)
                Skip = "dotnet pack OfflineLicense.sln -o FOLDER, and name it in OFFLINE_LICENSE_PACKAGES";
        }

        public static string? Folder { get; } = Environment.GetEnvironmentVariable("OFFLINE_LICENSE_PACKAGES");
    }
}
