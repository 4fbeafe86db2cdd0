using OfflineLicense.Keys;

namespace OfflineLicense.Verifier;

/// <summary>
/// The customer's own key, which signs ledgers: made at first start, or put beforehand into the state folder by whoever
/// looks after the machines, so that all nodes share it.
/// </summary>
internal static class InstallationKey
{
    public const string FileName = "installation.key";

    /// <summary>Reads the key of a state folder, or makes one that no other process can make differently.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="KeyFileException">The file is no private key, or others may read it.</exception>
    public static SigningKey ReadOrMake(string stateFolder)
    {
        var path = Path.Combine(stateFolder, FileName);
        if (!File.Exists(path))
        {
            using var made = Make();
            try
            {
                KeyFile.Create(path, KeyFile.WriteUnencrypted(made));
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process of this host was first: its key is the one.
            }
        }

        return Read(stateFolder);
    }

    /// <summary>A key that nobody keeps: for a node whose state folder cannot be used.</summary>
    public static SigningKey Make()
    {
        using var unnamed = SigningKey.Generate("offline-license");
        return unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
    }

    /// <summary>Reads the key of a state folder.</summary>
    /// <inheritdoc cref="ReadOrMake"/>
    public static SigningKey Read(string stateFolder)
    {
        var path = Path.Combine(stateFolder, FileName);
        KeyFile.CheckCustody(path);
        using var unnamed = KeyFile.Read("offline-license", File.ReadAllText(path), default);
        return unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
    }
}
