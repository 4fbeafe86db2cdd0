using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Tests;

/// <summary>A customer's machine in a folder of its own: a license folder, a state folder, and a clock to set.</summary>
internal sealed class NodeSite : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _copies;
    private int _exports;

    public NodeSite(DateTimeOffset? now = null)
    {
        Time = new ManualTime(now ?? Licenses.Begin);
        StateFolder = _folder["state"];
        Directory.CreateDirectory(LicenseFolder);
    }

    public ManualTime Time { get; }

    /// <summary>How often nodes look at clocks and files: rarely enough to let months pass in a moment.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromMinutes(5);

    public string LicenseFolder => _folder["licenses"];

    public string StateFolder { get; private set; }

    /// <summary>When the product on this machine was built; null when it does not say.</summary>
    public DateTimeOffset? Built { get; set; }

    /// <summary>The machine that nodes run on; null for one that has no id, as in most containers.</summary>
    public string? MachineId { get; set; } = new('a', 32);

    /// <summary>What the product embeds.</summary>
    public Trust Trust { get; set; } = Licenses.Trust;

    public NodeOptions Options => new()
    {
        Product = Licenses.Product,
        Trust = Trust,
        LicenseFolder = LicenseFolder,
        StateFolder = StateFolder,
        Built = Built,
        Machine = new MachineId(MachineId),
        TimeProvider = Time,
        LookEvery = LookEvery,
        ReadVariable = Environment.GetValueOrDefault,
    };

    /// <summary>The environment of the product's processes.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string this[string name] => _folder[name];

    /// <summary>Puts a license into the folder.</summary>
    public License Put(Func<License, License>? change = null, string? name = null)
    {
        var license = (change ?? (plain => plain))(Licenses.Plain);
        File.WriteAllBytes(Path.Combine(LicenseFolder, name ?? license.Id + ".lic"), Licenses.FileOf(license));
        return license;
    }

    /// <summary>Puts a trust document into the folder, signed by roots a and b or by others.</summary>
    public void PutTrust(TrustDocument document, params OfflineLicense.Keys.SigningKey[] roots) =>
        File.WriteAllBytes(Path.Combine(LicenseFolder, OfflineLicense.Verifier.Metering.StateFolder.FileFor(document)), TrustVendor.Sign(document, roots));

    /// <summary>Takes a license out of the folder again.</summary>
    public void Remove(License license) => File.Delete(Path.Combine(LicenseFolder, license.Id + ".lic"));

    public Node Open() => Node.Open(Options);

    /// <summary>Opens a node on a disk that a test has in its hands.</summary>
    public Node Open(LedgerDisk disk) => Node.Open(Options with { Disk = disk });

    /// <summary>
    /// The power fails: from here on the machine has what was in its state folder at this moment. A node that was open
    /// goes on in the old folder, where nobody looks any more.
    /// </summary>
    public void CutPower()
    {
        StateFolder = Snapshot();
    }

    /// <summary>Copies the state folder as it is now, as a snapshot of the machine does; the copy's path.</summary>
    public string Snapshot() => CopyOf(StateFolder);

    /// <summary>The machine is as it was at a snapshot. A node that was open goes on in the old folder, as after a power cut.</summary>
    public void Restore(string snapshot) => StateFolder = CopyOf(snapshot);

    private string CopyOf(string folder)
    {
        var copy = _folder[FormattableString.Invariant($"state-{++_copies}")];
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // Past the lock that the node has on one of them.
            if (Path.GetFileName(file) == LedgerWriter.LockName)
                continue;
            File.Copy(file, target);
        }

        return copy;
    }

    /// <summary>Exports all that is there and writes that down, as the operator does.</summary>
    /// <param name="reply">What the vendor has; null for nothing.</param>
    /// <returns>The file that is mailed.</returns>
    public byte[] Export(Reply? reply = null)
    {
        var name = _folder[FormattableString.Invariant($"export-{++_exports}.receipts")];
        var summary = LedgerExport.Write(LedgerDisk.Real, name, LedgerPlan.Of(
            Ledgers().Select(scan => LedgerPart.Of(LedgerDisk.Real, scan, StateFolder)!),
            name => reply?.Find(name) is { } line ? new AcknowledgedReceipts(line.Size, Convert.FromBase64String(line.Root)) : null));
        ExportsLog.Append(LedgerDisk.Real, StateFolder, Time.Wall, summary!);
        return File.ReadAllBytes(name);
    }

    /// <summary>The ledgers of the state folder, as far as they are durable.</summary>
    public IReadOnlyList<LedgerScan> Ledgers() => LedgerFolder.ScanAll(LedgerDisk.Real, StateFolder);

    /// <summary>All receipts of the state folder's ledgers, ledger by ledger.</summary>
    public IReadOnlyList<Receipt> Receipts() => [.. Ledgers()
        .SelectMany(scan => scan.Receipts(LedgerDisk.Real))
        .Select(entry => entry.Receipt)];

    public IReadOnlyList<UsageReceipt> UsageReceipts() => [.. Receipts().OfType<UsageReceipt>()];

    public void Dispose() => _folder.Dispose();
}
