using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;

namespace OfflineLicense.Benchmarks;

/// <summary>Ledgers with random loads, lengths and times, a file each, and a vendor who takes them in.</summary>
/// <param name="folder">They are written in this one.</param>
/// <param name="ledgers">How many.</param>
/// <param name="receiptsOfALedger">How long each is, 50,000 at most: then it is one file.</param>
internal sealed class ImportLoad(string folder, int ledgers, int receiptsOfALedger)
{
    internal long Receipts => (long)ledgers * receiptsOfALedger;

    internal List<string> Files { get; } = [.. Enumerable.Range(0, ledgers).Select(number =>
        Directory.GetFiles(new SampleLedger(Directory.CreateDirectory(folder).FullName, number).Write(receiptsOfALedger)).Single())];

    /// <summary>Imports all files as the command does, into a new registry.</summary>
    /// <param name="store">Where there is none yet.</param>
    /// <param name="made">Called when the registry is there and empty.</param>
    internal void Import(RegistryStore store, Action? made = null)
    {
        VendorRegistry.Create(store);
        made?.Invoke();
        using var registry = VendorRegistry.Open(store);
        var license = SignedLicense.Open(Samples.File, Samples.Trust).License!;
        registry.Write(transaction => new LicenseTable(transaction).Add(StoredLicense.Of(license, Samples.File)));
        var import = new ReceiptsImport(registry, TimeProvider.System);
        var results = import.Import(Files.ConvertAll(static file => new ReceiptsFile(Path.GetFileName(file), () => File.OpenRead(file))), static () => { });
        if (results.Sum(static result => result.Added) != Receipts)
            throw new InvalidOperationException("a ledger was not stored");
    }
}
