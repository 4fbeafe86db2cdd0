using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Testing;

/// <summary>
/// A machine in memory on which a product's tests run the product's real node: the same code, real signatures, real
/// receipts, with a license key that was made for this one instance and a clock that the test sets.
/// <code>
/// using var licensed = TestLicensing.Create("openvidu-pro");
/// licensed.Install(license => license with { Quota = new LicenseQuota { Cores = 64 } });
/// using var node = licensed.OpenNode();
/// licensed.Time.Advance(TimeSpan.FromDays(100));
/// Assert.Equal(LicenseState.Grace, node.Verdict.State);
/// </code>
/// </summary>
/// <remarks>
/// Time passes only when the test says so, and what it brings about has happened when the call returns. Tests side by
/// side have an instance each. Its nodes and its clock are thread-safe; the members here are for the test's own thread.
/// </remarks>
public sealed partial class TestLicensing : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestVendor _vendor;
    private MemoryDisk _disk = new();

    private TestLicensing(string product, DateTimeOffset now)
    {
        Product = product;
        Time = new ManualTime(ExactText.WholeSeconds(now)) { NodesLookWhenItStops = true };
        Trust = Trust.Pinned((_vendor = new TestVendor(product)).LicenseKey);
    }

    /// <summary>The product's name.</summary>
    public string Product { get; }

    /// <summary>The clock. Advance it, or set <see cref="ManualTime.Wall"/> as an operator sets a wrong date.</summary>
    public ManualTime Time { get; }

    /// <summary>Whose licenses count here: the throw-away key's, and nobody else's.</summary>
    public Trust Trust { get; }

    /// <summary>The throw-away key, for a product that is given its vendor's key as a line of text (<c>ToString</c>).</summary>
    public VerifierKey LicenseKey => _vendor.LicenseKey;

    /// <summary>
    /// What a node is opened with: for a product that opens its node itself, or has it opened by a container. Taken again
    /// after <see cref="CutPower"/>.
    /// </summary>
    public NodeOptions NodeOptions => new()
    {
        Product = Product,
        Trust = Trust,
        LicenseFolder = LicenseFolder,
        StateFolder = StateFolder,
        LicenseVariable = null,
        TimeProvider = Time,
        Disk = _disk,
        LookEvery = TimeSpan.FromHours(1),
    };

    // Rooted as the system wants it, though no system ever sees it.
    private string Root => Path.GetFullPath($"/offline-license/{Product}");

    private string LicenseFolder => Path.Combine(Root, "licenses");

    private string StateFolder => Path.Combine(Root, "state");

    /// <summary>A machine on which no license was ever installed.</summary>
    /// <param name="product">The product's name as licenses spell it: <c>[a-z0-9][a-z0-9.-]{0,62}</c>.</param>
    /// <param name="now">What its clock shows, to the second; null for the first moment of 2026, so that every run is alike.</param>
    /// <exception cref="ArgumentException"><paramref name="product"/> is not spelled as a product's name.</exception>
    public static TestLicensing Create(string product, DateTimeOffset? now = null)
    {
        ArgumentNullException.ThrowIfNull(product);
        return FieldForm.NameProblem(product) is { } problem
            ? throw new ArgumentException($"'{product}' is no product name: {problem}", nameof(product))
            : new TestLicensing(product, now ?? Begin);
    }

    /// <summary>
    /// Signs a license and does not install it: the file that a vendor would mail, for a product that takes licenses in
    /// itself.
    /// </summary>
    /// <param name="change">What is to be otherwise than in <see cref="Install"/>'s plain license.</param>
    /// <exception cref="ArgumentException">No reader would take such a license.</exception>
    public byte[] Issue(Func<License, License>? change = null) => _vendor.Issue(Time.Wall, change).File;

    /// <summary>
    /// Puts a license into the license folder, where running nodes see it at once. The plain one is of unlimited use, for
    /// 90 days from today on, not bound, with a receipt an hour. Of several the newest counts; they never add up.
    /// </summary>
    /// <param name="change">What is to be otherwise.</param>
    /// <returns>The license.</returns>
    /// <exception cref="ArgumentException">No reader would take such a license.</exception>
    public License Install(Func<License, License>? change = null)
    {
        var (license, file) = _vendor.Issue(Time.Wall, change);
        Put(FileOf(license), file);
        return license;
    }

    /// <summary>
    /// Takes a license out of the license folder. A node that has it active goes on with its own copy, as in the field.
    /// </summary>
    /// <param name="license">What <see cref="Install"/> returned.</param>
    public void Remove(License license)
    {
        ArgumentNullException.ThrowIfNull(license);
        _disk.Delete(Path.Combine(LicenseFolder, FileOf(license)));
        Time.LetNodesLook();
    }

    /// <summary>Puts any file into the license folder: a broken license, another vendor's, what <see cref="Issue"/> made.</summary>
    /// <param name="fileName">The name, with no folder; a node reads <c>.lic</c> and <c>.reply</c>.</param>
    /// <param name="content">The file's bytes.</param>
    public void Put(string fileName, ReadOnlySpan<byte> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        _disk[Path.Combine(LicenseFolder, fileName)] = content.ToArray();
        Time.LetNodesLook();
    }

    /// <summary>
    /// Opens a node, as a process of the product does when it starts. Several at once are processes side by side; one
    /// after another, with the first disposed, is a restart.
    /// </summary>
    public Node OpenNode() => Node.Open(NodeOptions);

    /// <summary>
    /// The power fails: what was on the disk at this moment is what the next node finds. Nodes that are open now stay
    /// behind on the old disk, where nobody looks any more.
    /// </summary>
    public void CutPower()
    {
        Time.StopNodes();
        _disk = _disk.Copy();
    }

    /// <summary>Closes the nodes that are still open, and forgets the keys.</summary>
    public void Dispose()
    {
        foreach (var node in Time.Nodes)
            node.Dispose();
        _vendor.Dispose();
    }

    private static string FileOf(License license) => license.Id + ".lic";
}
