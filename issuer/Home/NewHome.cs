using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Home;

/// <summary>Makes a vendor's home: in a folder beside it, which gets its name when all is there.</summary>
internal static class NewHome
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="folder">The home's folder: not there, or empty.</param>
    /// <param name="vendor">Names of keys begin with it.</param>
    /// <param name="product">What is licensed.</param>
    /// <param name="year">The year in the names of the first keys.</param>
    /// <param name="passphrase">What encrypts both keys; null for keys that are not encrypted.</param>
    /// <param name="database">Where the registry is to be; null for a file in the home.</param>
    /// <exception cref="CommandFailure">The folder holds something, or cannot be made. Nothing of it stays then.</exception>
    internal static void Create(string folder, string vendor, string product, string year, string? passphrase, string? database)
    {
        CheckFree(folder);
        var making = $"{folder}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        try
        {
            Fill(making, vendor, product, year, passphrase, database ?? "registry.db");
            if (Directory.Exists(folder)) Directory.Delete(folder); // empty, or this fails
            Directory.Move(making, folder);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e) && e is not RegistryException)
        {
            throw PlainFailure.At("make", folder, e);
        }
        finally
        {
            if (Directory.Exists(making)) Directory.Delete(making, recursive: true);
        }
    }

    /// <exception cref="CommandFailure">The folder holds something.</exception>
    internal static void CheckFree(string folder)
    {
        if (VendorHome.IsHome(folder))
            throw new CommandFailure($"'{folder}' is a vendor's home already; nothing was changed", null, ExitCode.Unreadable);
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new CommandFailure($"'{folder}' is there and not an empty folder; nothing was changed", "give another name", ExitCode.Unreadable);
    }

    private static void Fill(string folder, string vendor, string product, string year, string? passphrase, string database)
    {
        MakeFolder(folder);
        foreach (var name in (string[])["keys", "plans", "licenses", "replies"])
            MakeFolder(Path.Combine(folder, name));
        var settings = new HomeSettings
        {
            Vendor = vendor,
            Product = product,
            Registry = database,
            LicenseKeys = [$"keys/licenses-{year}{HomeKey.Extension}"],
            ReplyKeys = [$"keys/replies-{year}{HomeKey.Extension}"],
        };
        using var license = SigningKey.Generate($"{vendor}/licenses/{year}");
        using var reply = SigningKey.Generate($"{vendor}/replies/{year}");
        HomeKey.Write(folder, settings.LicenseKeys[0], license, passphrase);
        HomeKey.Write(folder, settings.ReplyKeys[0], reply, passphrase);
        Write(Path.Combine(folder, HomeSettings.FileName), HomeSettings.Print(settings));
        Write(Path.Combine(folder, VendorHome.AnchorsFile(product)),
            TrustAnchors.Print(new TrustAnchors { Product = product, LicenseKeys = [license.VerifierKey] }));
        Write(Path.Combine(folder, "plans", "sample.yaml"), SamplePlan.Text(product));
        VendorRegistry.Create(RegistryStore.Of(settings.Registry, folder));
    }

    // Licenses and receipts tell who the customers are; keys are secret.
    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly);
    }

    private static void Write(string path, string text) => CommandFiles.Write(path, Encoding.UTF8.GetBytes(text), replace: false);
}
