using System.Text;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>
/// The examples in <c>tests/Vectors/receipts</c>, which the README quotes. After a change of the format that is meant,
/// <c>OFFLINE_LICENSE_ACCEPT=1 dotnet test --filter FullyQualifiedName~ReceiptsVectorTests</c> writes them anew.
/// </summary>
public sealed class ReceiptsVectorTests
{
    [Theory]
    [InlineData("example.receipts")]
    [InlineData("continued.receipts")]
    public void A_vector_is_what_the_fixed_key_signs(string name)
    {
        var path = Path.Combine(Root(), "tests", "Vectors", "receipts", name);
        var made = Make(name);
        if (Environment.GetEnvironmentVariable("OFFLINE_LICENSE_ACCEPT") == "1")
            File.WriteAllBytes(path, made);
        Assert.Equal(Encoding.UTF8.GetString(made), File.ReadAllText(path));
        Assert.Single(LedgerSamples.ReadAll(made));
    }

    [Theory]
    [InlineData("example.receipts")]
    [InlineData("continued.receipts")]
    public void The_README_shows_each_example_byte_for_byte(string name) => Assert.Contains(
        $"```\n{Encoding.UTF8.GetString(Make(name))}```\n",
        File.ReadAllText(Path.Combine(Root(), "verifier", "Ledger", "README.md")), StringComparison.Ordinal);

    // The ledger of the README: four receipts, and what it exports when the vendor has three of them.
    private static byte[] Make(string name)
    {
        var disk = new MemoryDisk();
        var scan = LedgerSamples.Scan(disk, LedgerSamples.WriteLedger(disk, appends: 2));
        var acknowledged = new Dictionary<string, long> { [scan.Key!.Name] = name == "continued.receipts" ? 3 : 0 };
        LedgerExport.Write(disk, "/out/" + name, LedgerSamples.Plans(disk, [scan], acknowledged));
        return disk["/out/" + name];
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OfflineLicense.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository's root is not above the tests");
        return folder;
    }
}
