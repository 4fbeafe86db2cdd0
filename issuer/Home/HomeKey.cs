using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Home;

/// <summary>What a vendor's key signs. No public key stands in two roles.</summary>
internal enum KeyRole
{
    /// <summary>Licenses and time resets.</summary>
    License,

    /// <summary>Replies to receipts, on a machine that reads strangers' files.</summary>
    Reply,

    /// <summary>Trust documents; best on a machine of its own, with no network.</summary>
    Root,
}

/// <summary>
/// A key of the home: the secret half in <c>NAME.key</c>, the public half, as its one line, in <c>NAME.pub</c> beside
/// it. The secret is read only to sign; all else works where the file is away.
/// </summary>
internal sealed record HomeKey
{
    internal const string Extension = ".key";

    private const string PublicExtension = ".pub";

    internal required KeyRole Role { get; init; }

    /// <summary>The public half, with the key's name.</summary>
    internal required VerifierKey Verifier { get; init; }

    /// <summary>The secret's file as <c>issuer.yaml</c> names it: <c>keys/licenses-2026.key</c>.</summary>
    internal required string File { get; init; }

    /// <summary>The same, with its full path.</summary>
    internal required string Path { get; init; }

    /// <summary>Reads the public half.</summary>
    /// <exception cref="CommandFailure">It is missing, or no verifier key.</exception>
    internal static HomeKey Read(string home, string file, KeyRole role, CommandConsole console)
    {
        var path = System.IO.Path.GetFullPath(file, home);
        var publicFile = PublicFile(file);
        var line = System.Text.Encoding.UTF8.GetString(console.Read(PublicFile(path), Limits.LineBytes)).TrimEnd('\r', '\n');
        try
        {
            return new HomeKey { Role = role, Verifier = VerifierKey.Parse(line), File = file, Path = path };
        }
        catch (KeyFormatException e)
        {
            throw new CommandFailure($"{publicFile}: {e.Message}", null, ExitCode.Malformed);
        }
    }

    /// <summary>Writes both halves of a new key. A secret is never overwritten.</summary>
    /// <param name="home">The home's folder.</param>
    /// <param name="file">The secret's file, named from there.</param>
    /// <param name="key">The key.</param>
    /// <param name="passphrase">What encrypts the file; null for a file that is not encrypted.</param>
    /// <exception cref="CommandFailure">The file exists, or cannot be written.</exception>
    internal static void Write(string home, string file, SigningKey key, string? passphrase)
    {
        var path = System.IO.Path.GetFullPath(file, home);
        if (System.IO.File.Exists(path)) throw Exists(file);
        // The public half first: one without its secret does no harm, and the next try replaces it.
        WritePublic(home, file, key.VerifierKey);
        try
        {
            KeyFile.Create(path, passphrase is null ? KeyFile.WriteUnencrypted(key) : KeyFile.Write(key, passphrase));
        }
        catch (KeyFileException)
        {
            throw Exists(file);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("write", path, e);
        }
    }

    /// <summary>Writes the public half of a key whose secret lies in no file here.</summary>
    /// <param name="home">The home's folder.</param>
    /// <param name="file">The file, named from there, that its secret would have.</param>
    /// <param name="key">The public half.</param>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    internal static void WritePublic(string home, string file, VerifierKey key) => CommandFiles.Write(
        PublicFile(System.IO.Path.GetFullPath(file, home)), System.Text.Encoding.UTF8.GetBytes($"{key}\n"), replace: true);

    /// <summary>Encrypts the secret's file anew. It is there whole at every moment, under the old passphrase or the new.</summary>
    /// <param name="key">The secret, opened from this file.</param>
    /// <param name="passphrase">What encrypts the file from now on; null for a file that is not encrypted.</param>
    /// <exception cref="CommandFailure">The file cannot be written.</exception>
    internal void Rewrite(SigningKey key, string? passphrase)
    {
        try
        {
            KeyFile.Replace(Path, passphrase is null ? KeyFile.WriteUnencrypted(key) : KeyFile.Write(key, passphrase));
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("write", Path, e);
        }
    }

    /// <summary>Reads the secret half, to sign; the caller disposes it.</summary>
    /// <param name="console">Where the passphrase is asked for.</param>
    /// <param name="passphrase">Where the passphrase comes from.</param>
    /// <exception cref="CommandFailure">The file is missing, open to others, of another key, or the passphrase wrong.</exception>
    internal SigningKey Open(CommandConsole console, PassphraseSource passphrase)
    {
        if (!System.IO.File.Exists(Path))
        {
            throw new CommandFailure($"the secret key {File} is not here",
                "bring it from where it is kept, run this command on the machine that has it, or name the program that signs with it: --signer COMMAND", ExitCode.Unreadable);
        }

        SigningKey? key = null;
        try
        {
            // Read first: what is no file is refused by that.
            var pem = System.Text.Encoding.UTF8.GetString(console.Read(Path, Limits.DocumentBytes));
            KeyFile.CheckCustody(Path);
            key = KeyFile.Read(Verifier.Name, pem, KeyFile.IsEncrypted(pem) ? passphrase.ToOpen(console, File) : "");
            if (key.VerifierKey.Equals(Verifier)) return key;
        }
        catch (KeyFileException e)
        {
            throw new CommandFailure($"{File}: {e.Message}");
        }

        key.Dispose();
        throw new CommandFailure($"{PublicFile(File)} is not the public half of {File}",
            $"bring the two files of {Verifier.Name} together again; licenses were verified with the public half");
    }

    private static string PublicFile(string file) => System.IO.Path.ChangeExtension(file, PublicExtension);

    private static CommandFailure Exists(string file) => new($"the key file {file} exists; a key is never overwritten",
        $"choose another name; if it plays no role yet, add '- {file}' to its role in {HomeSettings.FileName}", ExitCode.Unreadable);
}
