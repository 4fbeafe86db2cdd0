using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The customer's own key, which signs ledgers: made at first start, or put beforehand into the state folder by whoever
/// looks after the machines, so that all nodes share it.
/// </summary>
internal static class InstallationKey
{
    public const string FileName = "installation.key";

    // A key file holds no name: the installation's is made of the key itself.
    private const string Unnamed = "offline-license";

    /// <summary>Reads the key of a state folder, or makes one that no other process can make differently.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="KeyFileException">The file is no private key, or others may read it.</exception>
    public static SigningKey ReadOrMake(string stateFolder)
    {
        var path = Path.Combine(stateFolder, FileName);
        if (!File.Exists(path))
        {
            using var made = SigningKey.Generate(Unnamed);
            try
            {
                KeyFile.Create(path, KeyFile.WriteUnencrypted(made));
            }
            catch (Exception e) when (e is IOException or KeyFileException && File.Exists(path))
            {
                // Another process of this host was first: its key is the one.
            }
        }

        return Read(stateFolder);
    }

    /// <summary>Reads the key of a state folder.</summary>
    /// <inheritdoc cref="ReadOrMake"/>
    public static SigningKey Read(string stateFolder)
    {
        var path = Path.Combine(stateFolder, FileName);
        // Orchestrators hand secrets to a pod's group.
        KeyFile.CheckCustody(path, groupMayRead: true);
        using var unnamed = KeyFile.Read(Unnamed, File.ReadAllText(path), default);
        return unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
    }
}
