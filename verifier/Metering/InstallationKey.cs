using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The customer's own key, which signs ledgers: made at first start, or put beforehand into the state folder by whoever
/// looks after the machines, so that all nodes share it.
/// </summary>
internal static class InstallationKey
{
    public const string FileName = "installation.key";

    /// <summary>What mends a file that holds no key.</summary>
    public const string GetBack =
        "put the installation's key back as it was; without a copy move this away: the product makes another key, and licenses bound to this installation are to be issued anew";

    // A key file holds no name: the installation's is made of the key itself.
    private const string Unnamed = "offline-license";

    /// <summary>Reads the key of a state folder, or makes one that no other process can make differently.</summary>
    /// <exception cref="LedgerDiskException">The folder cannot be read or written.</exception>
    /// <exception cref="KeyFileException">The file is no private key, or others may read it.</exception>
    public static SigningKey ReadOrMake(LedgerDisk disk, string stateFolder)
    {
        if (!disk.List(stateFolder).Contains(FileName))
        {
            using var made = SigningKey.Generate(Unnamed);
            // Where another process of this host was first, its key is the one.
            disk.TryCreateKeyFile(Path.Combine(stateFolder, FileName), KeyFile.WriteUnencrypted(made));
        }

        return Read(disk, stateFolder);
    }

    /// <summary>Reads the key of a state folder.</summary>
    /// <inheritdoc cref="ReadOrMake"/>
    public static SigningKey Read(LedgerDisk disk, string stateFolder)
    {
        var path = Path.Combine(stateFolder, FileName);
        var pem = disk.ReadKeyFile(path);
        try
        {
            using var unnamed = KeyFile.Read(Unnamed, pem, default);
            return unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
        }
        catch (KeyFileException unusable)
        {
            throw new KeyFileException($"{path} is no key that can be used: {unusable.Message}", unusable) { Mend = GetBack };
        }
    }
}
