using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Home;

/// <summary>A key that joins a home, with a role: made here, or elsewhere and adopted.</summary>
internal sealed class NewKey(VendorHome home, CommandConsole console)
{
    internal required KeyRole Role { get; init; }

    /// <summary>The whole name: <c>vendor.example/licenses/2027</c>.</summary>
    internal required string Name { get; init; }

    private string File => $"keys/{Name[(home.Vendor.Length + 1)..].Replace('/', '-')}{HomeKey.Extension}";

    /// <summary>A key's whole name.</summary>
    /// <param name="home">The home.</param>
    /// <param name="name">The name, with or without the vendor's before it.</param>
    /// <exception cref="CommandFailure">The name cannot name a file.</exception>
    internal static string FullName(VendorHome home, string name)
    {
        var rest = name.StartsWith($"{home.Vendor}/", StringComparison.Ordinal) ? name[(home.Vendor.Length + 1)..] : name;
        foreach (var part in rest.Split('/'))
        {
            if (FieldForm.NameProblem(part) is { } problem)
                throw new CommandFailure($"'{part}' in the key's name {problem}", "a good name is 'licenses/2027'", ExitCode.Usage);
        }

        return $"{home.Vendor}/{rest}";
    }

    /// <exception cref="CommandFailure">A key or key file has the name.</exception>
    internal void CheckFree()
    {
        if (home.Keys.Any(key => key.Verifier.Name == Name || key.File == File))
            throw new CommandFailure($"the key {Name} exists; a key is never overwritten", "choose another name", ExitCode.Unreadable);
    }

    /// <summary>Reads a key that was made elsewhere. In the home it gets a passphrase of the home's.</summary>
    /// <param name="file">A PKCS#8 file in PEM.</param>
    /// <exception cref="CommandFailure">The file holds no Ed25519 key, or cannot be opened.</exception>
    internal SigningKey Adopt(string file)
    {
        var pem = Encoding.UTF8.GetString(console.Read(file, Limits.DocumentBytes));
        try
        {
            return KeyFile.Read(Name, pem, KeyFile.IsEncrypted(pem) ? AskFor(file) : "");
        }
        catch (KeyFileException e)
        {
            throw new CommandFailure($"{file}: {e.Message}", null, ExitCode.Malformed);
        }
    }

    /// <summary>Reads the public half of a key that stays where it is: in a hardware module, a cloud's key service, a vault.</summary>
    /// <param name="file">A public key in PEM.</param>
    /// <exception cref="CommandFailure">The file holds no Ed25519 public key.</exception>
    internal VerifierKey ReadPublic(string file)
    {
        try
        {
            return KeyFile.ReadPublic(Name, Encoding.UTF8.GetString(console.Read(file, Limits.DocumentBytes)));
        }
        catch (KeyFileException e)
        {
            throw new CommandFailure($"{file}: {e.Message}", null, ExitCode.Malformed);
        }
    }

    /// <summary>Writes the key's files, then the trust anchors, then the settings: until they name it, it has no role.</summary>
    /// <returns>The home with the key.</returns>
    /// <exception cref="CommandFailure">The key has a role already, or a file cannot be written.</exception>
    internal VendorHome Add(SigningKey key, PassphraseSource passphrase) =>
        Add(key.VerifierKey, () => HomeKey.Write(home.Folder, File, key, passphrase.ForNew(console)));

    /// <summary>The same for a key of which the home has the public half alone.</summary>
    internal VendorHome Add(VerifierKey key) => Add(key, () => HomeKey.WritePublic(home.Folder, File, key));

    private VendorHome Add(VerifierKey key, Action writeFiles)
    {
        VendorHome.CheckRoles(
        [
            .. home.Keys,
            new HomeKey { Role = Role, Verifier = key, File = File, Path = Path.GetFullPath(File, home.Folder) },
        ]);
        var settings = HomeSettings.AddKey(Encoding.UTF8.GetString(console.Read(home.SettingsPath, Limits.DocumentBytes)), Role, File);
        var anchors = home.ReadAnchors();
        writeFiles();
        if (Role == KeyRole.License && anchors.Roots.Count == 0)
        {
            var more = anchors with { LicenseKeys = [.. anchors.LicenseKeys, key] };
            CommandFiles.Write(home.AnchorsPath, Encoding.UTF8.GetBytes(TrustAnchors.Print(more)), replace: true);
        }

        CommandFiles.Write(home.SettingsPath, Encoding.UTF8.GetBytes(settings), replace: true);
        return VendorHome.Open(console, home.Folder);
    }

    private string AskFor(string file) => console.AskSecret is { } ask
        ? ask($"passphrase of {file}: ")
        : throw new CommandFailure($"{file} is encrypted, and nobody is at a terminal to ask for its passphrase",
            $"decrypt it first: openssl pkey -in {file} -out PLAIN.pem");
}
