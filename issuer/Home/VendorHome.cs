using System.Text;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Issuer.Home;

/// <summary>
/// A vendor's home: the folder with keys, plans, the registry and what was issued. Immutable; opening it reads settings
/// and public keys only.
/// </summary>
internal sealed class VendorHome
{
    internal const string Variable = "OFFLINE_LICENSE_HOME";

    internal const string DatabaseVariable = "OFFLINE_LICENSE_DATABASE";

    private readonly CommandConsole _console;

    private VendorHome(string folder, HomeSettings settings, IReadOnlyList<HomeKey> keys, CommandConsole console) =>
        (Folder, Settings, Keys, _console) = (folder, settings, keys, console);

    /// <summary>The full path of the folder.</summary>
    internal string Folder { get; }

    internal HomeSettings Settings { get; }

    internal string Vendor => Settings.Vendor;

    internal string Product => Settings.Product;

    /// <summary>All keys, license keys first, each role in the order of <c>issuer.yaml</c>.</summary>
    internal IReadOnlyList<HomeKey> Keys { get; }

    internal string LicensesFolder => Path.Combine(Folder, "licenses");

    internal string RepliesFolder => Path.Combine(Folder, "replies");

    internal string TrustFolder => Path.Combine(Folder, "trust");

    internal string ResetsFolder => Path.Combine(Folder, "resets");

    /// <summary>The trust anchors that ship with the operator's program, by which every license is verified here too.</summary>
    internal string AnchorsPath => Path.Combine(Folder, AnchorsFile(Product));

    internal string SettingsPath => Path.Combine(Folder, HomeSettings.FileName);

    internal static string AnchorsFile(string product) => $"{product}.anchors";

    /// <summary>The home that a command works on: the option's folder, the variable's, or the current one.</summary>
    /// <param name="console">Where the command runs.</param>
    /// <param name="option">The folder that the command names; null for none.</param>
    /// <param name="database">The registry that the command names; null for the variable's, or that of the settings.</param>
    /// <exception cref="CommandFailure">The folder is no home, or its settings cannot be used.</exception>
    internal static VendorHome Open(CommandConsole console, string? option, string? database = null)
    {
        var folder = FolderOf(console, option);
        if (!IsHome(folder))
        {
            throw new CommandFailure($"'{folder}' is no vendor's home: it has no {HomeSettings.FileName}",
                $"enter one, name one by --home or {Variable}, or make one by 'issuer init FOLDER'", ExitCode.Unreadable);
        }

        var text = Encoding.UTF8.GetString(console.Read(Path.Combine(folder, HomeSettings.FileName), Limits.DocumentBytes));
        var settings = HomeSettings.Parse(text);
        if ((database ?? DatabaseOf(console)) is { } registry)
            settings = settings with { Registry = registry };
        List<HomeKey> keys =
        [
            .. settings.LicenseKeys.Select(file => HomeKey.Read(folder, file, KeyRole.License, console)),
            .. settings.ReplyKeys.Select(file => HomeKey.Read(folder, file, KeyRole.Reply, console)),
            .. settings.RootKeys.Select(file => HomeKey.Read(folder, file, KeyRole.Root, console)),
        ];
        CheckRoles(keys);
        return new VendorHome(folder, settings, keys, console);
    }

    /// <summary>The folder that a command works on, whether or not it is a home.</summary>
    internal static string FolderOf(CommandConsole console, string? option) =>
        console.PathOf(option ?? NullIfEmpty(console.Environment(Variable)) ?? ".");

    /// <summary>Where the environment says that the registry is; null when it does not.</summary>
    internal static string? DatabaseOf(CommandConsole console) => NullIfEmpty(console.Environment(DatabaseVariable));

    /// <summary>Whether the folder is a vendor's home.</summary>
    internal static bool IsHome(string folder) => File.Exists(Path.Combine(folder, HomeSettings.FileName));

    /// <summary>The key that signs for a role: the first, or the one of that name.</summary>
    /// <param name="role">The role.</param>
    /// <param name="name">The key's whole name, or what follows the vendor's; null for the first.</param>
    /// <exception cref="CommandFailure">No key of the role has the name.</exception>
    internal HomeKey KeyOf(KeyRole role, string? name = null) =>
        Keys.FirstOrDefault(key => key.Role == role && (name is null || IsNamed(key, name)))
        ?? throw new CommandFailure($"no {Word(role)} key is named '{name}'", "'issuer key show' lists the keys");

    /// <summary>Whether the key has this name, with or without the vendor's before it.</summary>
    internal bool IsNamed(HomeKey key, string name) => key.Verifier.Name == name || key.Verifier.Name == $"{Vendor}/{name}";

    /// <summary>A key of any role.</summary>
    /// <exception cref="CommandFailure">None has the name.</exception>
    internal HomeKey KeyNamed(string name) =>
        Keys.FirstOrDefault(key => IsNamed(key, name)) ?? throw new CommandFailure($"no key is named '{name}'", "'issuer key show' lists the keys");

    /// <summary>The public keys of a role.</summary>
    internal IReadOnlyList<VerifierKey> VerifiersOf(KeyRole role) =>
        [.. Keys.Where(key => key.Role == role).Select(static key => key.Verifier)];

    /// <summary>What a customer's program believes.</summary>
    /// <exception cref="CommandFailure">The file is missing, or no trust anchors of this product.</exception>
    internal TrustAnchors ReadAnchors()
    {
        try
        {
            var anchors = TrustAnchors.Parse(Encoding.UTF8.GetString(_console.Read(AnchorsPath, Limits.DocumentBytes)));
            return anchors.Product == Product
                ? anchors
                : throw new CommandFailure($"{AnchorsFile(Product)} is of the product '{anchors.Product}'", null, ExitCode.DoesNotFit);
        }
        catch (DocumentFormatException e)
        {
            throw new CommandFailure($"{AnchorsFile(Product)}: {e.Message}", null, ExitCode.Malformed);
        }
    }

    /// <summary>What customers believe that have every trust document of the home: the anchors, and the newest complete one.</summary>
    /// <exception cref="CommandFailure">A file cannot be read.</exception>
    internal Trust ReadTrust() => ReadTrustBelow(long.MaxValue);

    /// <summary>The same for a customer who has only those below a version.</summary>
    internal Trust ReadTrustBelow(long version)
    {
        var held = new HeldTrust(ReadAnchors().ToTrust());
        var files = Directory.Exists(TrustFolder) ? Directory.GetFiles(TrustFolder, "*.trust") : [];
        held.Take(files.Where(file => string.CompareOrdinal(Path.GetFileName(file), StateFolder.FileFor(Math.Min(version, Limits.Number))) < 0)
            .Select(file => new OfferedTrust(NameOf(file), _console.Read(file, Limits.DocumentBytes))));
        return held.Trust;
    }

    /// <exception cref="RegistryException">The registry cannot be opened.</exception>
    internal VendorRegistry OpenRegistry() => VendorRegistry.Open(RegistryStore.Of(Settings.Registry, Folder));

    /// <summary>The registry for whoever only reads: nothing of it is brought up to date.</summary>
    /// <exception cref="RegistryException">It cannot be opened, or is of another version.</exception>
    internal VendorRegistry OpenRegistryAsItIs() => VendorRegistry.OpenAsItIs(RegistryStore.Of(Settings.Registry, Folder));

    /// <summary>A file as messages name it: from the home where it lies in it.</summary>
    internal string NameOf(string path)
    {
        var relative = Path.GetRelativePath(Folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    /// <summary>A role as <c>issuer.yaml</c> spells it.</summary>
    internal static string Word(KeyRole role) => role switch
    {
        KeyRole.License => "license",
        KeyRole.Reply => "reply",
        _ => "root",
    };

    /// <summary>The role of a word; one that is none is refused by the command line before.</summary>
    internal static KeyRole RoleOf(string word) => Enum.GetValues<KeyRole>().First(role => Word(role) == word);

    /// <exception cref="CommandFailure">Two of the keys are one.</exception>
    internal static void CheckRoles(IReadOnlyList<HomeKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys.Take(i).FirstOrDefault(other => other.Verifier.PublicKey.SequenceEqual(keys[i].Verifier.PublicKey)) is { } same)
            {
                throw new CommandFailure($"{same.File} and {keys[i].File} are one key; a public key has one role and one file",
                    "make a new key with 'issuer key new'", ExitCode.Malformed);
            }
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
