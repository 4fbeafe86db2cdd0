using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>A customer's machine in memory, whose nodes look when time stops: a clock to set and a disk that can be broken.</summary>
internal sealed class MemorySite
{
    private const string Folder = "/machine/licenses";
    private const string State = "/machine/state";

    public ManualTime Time { get; } = new(Licenses.Begin) { NodesLookWhenItStops = true };

    public MemoryDisk Disk { get; private set; } = new();

    public NodeOptions Options => new()
    {
        Product = Licenses.Product,
        Trust = Licenses.Trust,
        LicenseFolder = Folder,
        StateFolder = State,
        TimeProvider = Time,
        Disk = Disk,
        LookEvery = TimeSpan.FromHours(1),
    };

    /// <summary>The copies of licenses that nodes kept, by id.</summary>
    public IEnumerable<string> Kept => Disk.Files.Where(static file => file.StartsWith(State + "/licenses/", StringComparison.Ordinal))
        .Select(static file => Path.GetFileNameWithoutExtension(file));

    /// <summary>Puts a license with hourly receipts into the folder.</summary>
    public License Put(Func<License, License>? change = null)
    {
        var plain = Licenses.Plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1h") } };
        var license = change?.Invoke(plain) ?? plain;
        Disk[$"{Folder}/{license.Id}.lic"] = Licenses.FileOf(license);
        Time.LetNodesLook();
        return license;
    }

    /// <summary>Takes a license out of the folder again.</summary>
    public void Remove(License license)
    {
        Disk.Delete($"{Folder}/{license.Id}.lic");
        Time.LetNodesLook();
    }

    public Node Open() => Node.Open(Options);

    /// <summary>The machine loses its power: what runs is gone, and the disk is as it is and whole again.</summary>
    public void Kill()
    {
        Time.StopNodes();
        Disk = Disk.Copy();
    }
}
