using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests;

/// <summary>A customer's machine in a folder of its own: a license folder, a state folder, and a clock to set.</summary>
internal sealed class NodeSite : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public NodeSite(DateTimeOffset? now = null)
    {
        Time = new ManualTime(now ?? Licenses.Begin);
        Directory.CreateDirectory(LicenseFolder);
    }

    public ManualTime Time { get; }

    /// <summary>How often nodes look at clocks and files: rarely enough to let months pass in a moment.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromMinutes(5);

    public string LicenseFolder => _folder["licenses"];

    public string StateFolder => _folder["state"];

    public NodeOptions Options => new()
    {
        Product = Licenses.Product,
        Trust = Licenses.Trust,
        LicenseFolder = LicenseFolder,
        StateFolder = StateFolder,
        TimeProvider = Time,
        LookEvery = LookEvery,
    };

    public string this[string name] => _folder[name];

    /// <summary>Puts a license into the folder.</summary>
    public License Put(Func<License, License>? change = null, string? name = null)
    {
        var license = (change ?? (plain => plain))(Licenses.Plain);
        File.WriteAllBytes(Path.Combine(LicenseFolder, name ?? license.Id + ".lic"), Licenses.FileOf(license));
        return license;
    }

    public Node Open() => Node.Open(Options);

    /// <summary>All receipts of the state folder's ledgers, ledger by ledger.</summary>
    public IReadOnlyList<Receipt> Receipts() => [.. LedgerFolder.ScanAll(LedgerDisk.Real, StateFolder)
        .SelectMany(scan => scan.Receipts(LedgerDisk.Real))
        .Select(entry => entry.Receipt)];

    public IReadOnlyList<UsageReceipt> UsageReceipts() => [.. Receipts().OfType<UsageReceipt>()];

    public void Dispose() => _folder.Dispose();
}
