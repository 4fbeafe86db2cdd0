using System.Globalization;
using OfflineLicense.Issuer;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Issuer.Import;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// A desk on which a hostile file has arrived, in <c>post/</c>: Acme's machine with a license, a reply and a ledger in
/// <c>node/</c>, and the vendor's home with its books in <c>home/</c>. Each file gets a desk of its own, made from the same bytes.
/// </summary>
internal sealed class HostileDesk : IDisposable
{
    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> s_furniture = new(Furniture);

    private static readonly string[] s_parts = ["node", "home"];

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new("2026-12-01T08:00:00Z");

    internal HostileDesk(HostileFile file)
    {
        foreach (var (name, bytes) in s_furniture.Value)
            Put(name, bytes);
        Put("post/" + file.Name, file.Bytes);
        Name = "post/" + file.Name;
    }

    /// <summary>The file, as it is named on command lines.</summary>
    internal string Name { get; }

    /// <summary>Runs a command line in which words are set apart by spaces and <c>FILE</c> is the file.</summary>
    internal Task<CommandRun> Run(string line)
    {
        var words = line.Split(' ').Select(word => word == "FILE" ? Name : word).ToArray();
        var console = CommandRun.Console(_folder.Path, _time, "",
            (ProductOptions.LicensesVariable, "node/licenses"), (ProductOptions.StateVariable, "node/state"), (VendorHome.Variable, "home"));
        return CommandRun.Of(words[0] == "issuer" ? IssuerProgram.Create : OperatorProgram.Create, console, words[1..]);
    }

    /// <summary>A command line and all that it answers, as a person sees it.</summary>
    internal string Told(string line, CommandRun run) => string.Create(CultureInfo.InvariantCulture,
        $"$ {TerminalText.Escape(line.Replace("FILE", Name, StringComparison.Ordinal))}\n{(run.Output + run.Error).Replace(_folder.Path, "/desk", StringComparison.Ordinal)}[exit {run.ExitCode}]\n");

    /// <summary>What is installed, kept and booked: whoever refuses a file leaves it as it was.</summary>
    internal string Everything() => string.Join('\n', s_parts.SelectMany(part => Directory.EnumerateFiles(_folder[part], "*", SearchOption.AllDirectories))
        .Where(static file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith("-wal", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Select(static file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));

    public void Dispose() => _folder.Dispose();

    private void Put(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], bytes);
        if (name.EndsWith(HomeKey.Extension, StringComparison.Ordinal) && !name.StartsWith("post/", StringComparison.Ordinal) && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static Dictionary<string, byte[]> Furniture()
    {
        using var folder = new TemporaryFolder();
        MakeNode(folder);
        MakeHome(folder);
        return Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder.Path, file).Replace('\\', '/'), File.ReadAllBytes, StringComparer.Ordinal);
    }

    private static void MakeNode(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["node/licenses"]);
        Directory.CreateDirectory(folder["node/state"]);
        var acme = HostileCast.Acme;
        File.WriteAllText(folder["openvidu-pro.anchors"], Anchors());
        File.WriteAllBytes(folder[$"node/licenses/{acme.License.Id}.lic"], HostileCast.Vendor.Note(acme.License));
        File.WriteAllBytes(folder["node/licenses/openvidu-pro.reply"], HostileCast.HeldReply.Sign(HostileCast.Vendor.ReplyKey));
        KeyFile.Create(folder["node/state/installation.key"], KeyFile.WriteUnencrypted(HostileCast.Installation));
        var name = InstallationName.Of(HostileCast.Installation.VerifierKey.PublicKey);
        using var writer = LedgerWriter.Begin(
            LedgerDisk.Real, folder["node/state/ledgers"], HostileCast.Installation.WithName(name), HostileCast.Begin, drawnName: LedgerSamples.DrawnName);
        writer.Append(new LicenseReceipt { At = HostileCast.Begin, License = acme.License.Id, Holds = LicenseHolding.Of(writer.Ledger, acme.TextBytes) }, LedgerSamples.Licensed);
    }

    private static void MakeHome(TemporaryFolder folder)
    {
        var settings = new HomeSettings
        {
            Vendor = "vendor.example",
            Product = FleetVendor.Product,
            Registry = "registry.db",
            LicenseKeys = ["keys/licenses-2026.key"],
            ReplyKeys = ["keys/replies-2026.key"],
        };
        Directory.CreateDirectory(folder["home/keys"]);
        HomeKey.Write(folder["home"], settings.LicenseKeys[0], HostileCast.Vendor.LicenseKey, passphrase: null);
        HomeKey.Write(folder["home"], settings.ReplyKeys[0], HostileCast.Vendor.ReplyKey, passphrase: null);
        File.WriteAllText(folder["home/issuer.yaml"], HomeSettings.Print(settings));
        File.WriteAllText(folder["home/openvidu-pro.anchors"], Anchors());
        var store = RegistryStore.Of("registry.db", folder["home"]);
        VendorRegistry.Create(store);
        using var registry = VendorRegistry.Open(store);
        foreach (var license in new[] { HostileCast.Acme, HostileCast.Umbrella })
            registry.Write(transaction => new LicenseTable(transaction).Add(StoredLicense.Of(license, HostileCast.Vendor.Note(license.License))));
        var import = new OfflineLicense.Issuer.Import.ReceiptsImport(registry, new ManualTime("2026-11-30T08:00:00Z"));
        import.JudgeCustomers(import.Import(ImportBooks.FileOf("first.receipts", HostileCast.Node().Mail())));
    }

    private static string Anchors() => TrustAnchors.Print(new TrustAnchors { Product = FleetVendor.Product, LicenseKeys = [HostileCast.Vendor.LicenseKey.VerifierKey] });
}
