using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace OfflineLicense.Keys;

/// <summary>
/// Private keys in files: PKCS#8 in PEM (RFC 5958, 7468, 8410), which OpenSSL reads and writes; encrypted by PBES2
/// (RFC 8018) with PBKDF2-HMAC-SHA256 in 600,000 rounds and AES-256-CBC. A file has no key name; the reader gives it.
/// Thread-safe.
/// </summary>
public static partial class KeyFile
{
    /// <summary>Rounds of PBKDF2 that <see cref="Write"/> asks for.</summary>
    internal const int Rounds = 600_000;

    private const int MaxCharacters = 16 * 1024;
    private const string PlainLabel = "PRIVATE KEY";
    private const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";
    private const string Ed25519Oid = "1.3.101.112";

    /// <summary>The key as an encrypted file's text.</summary>
    /// <param name="key">The key; its name does not go into the file.</param>
    /// <param name="passphrase">Not empty. Encoded in UTF-8.</param>
    /// <exception cref="ArgumentException">The passphrase is empty.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public static string Write(SigningKey key, ReadOnlySpan<char> passphrase)
    {
        if (passphrase.IsEmpty)
            throw new ArgumentException("the passphrase is empty", nameof(passphrase));
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Rounds);
        return WithPrivateKeyInfo(key, passphrase, (info, passphrase) =>
            PemEncoding.WriteString(EncryptedLabel, info.Encrypt(passphrase, parameters)) + "\n");
    }

    /// <summary>The key as a file's text without encryption: whoever reads the file has the key.</summary>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public static string WriteUnencrypted(SigningKey key) =>
        WithPrivateKeyInfo(key, default, static (info, _) =>
        {
            var encoded = info.Encode();
            try
            {
                return PemEncoding.WriteString(PlainLabel, encoded) + "\n";
            }
            finally
            {
                CryptographicOperations.ZeroMemory(encoded);
            }
        });

    /// <summary>Whether the file's text holds an encrypted private key, so that a passphrase is to be asked for.</summary>
    public static bool IsEncrypted(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        return PemEncoding.TryFind(pem, out var fields) && pem.AsSpan()[fields.Label] is EncryptedLabel;
    }

    /// <summary>Reads a key from a file's text.</summary>
    /// <param name="name">The name that the key is to have.</param>
    /// <param name="pem">The file's text.</param>
    /// <param name="passphrase">The passphrase; not looked at when the file is not encrypted.</param>
    /// <exception cref="KeyFileException">No PEM, no Ed25519 key, a wrong passphrase, or an encryption that is not read.</exception>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static SigningKey Read(string name, string pem, ReadOnlySpan<char> passphrase)
    {
        ArgumentNullException.ThrowIfNull(pem);
        KeyName.Check(name, nameof(name));
        var (label, encoded) = ReadPem(pem);
        try
        {
            if (label is not (PlainLabel or EncryptedLabel))
                throw new KeyFileException(WrongLabel(label));
            var info = label == EncryptedLabel ? Decrypt(encoded, passphrase) : Decode(encoded);
            return FromPrivateKeyInfo(name, info);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
        }
    }

    private static T WithPrivateKeyInfo<T>(
        SigningKey key, ReadOnlySpan<char> passphrase, Func<Pkcs8PrivateKeyInfo, ReadOnlySpan<char>, T> use)
    {
        ArgumentNullException.ThrowIfNull(key);
        var seed = key.ExportSeed();
        // RFC 8410 section 7: the private key is an octet string inside the octet string.
        byte[] curvePrivateKey = [(byte)UniversalTagNumber.OctetString, (byte)seed.Length, .. seed];
        try
        {
            return use(new Pkcs8PrivateKeyInfo(new Oid(Ed25519Oid), null, curvePrivateKey, skipCopies: true), passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(curvePrivateKey);
        }
    }

    private static (string Label, byte[] Encoded) ReadPem(string pem)
    {
        if (pem.Length > MaxCharacters)
            throw new KeyFileException($"the file is larger than {MaxCharacters} characters and so no key file");
        if (!PemEncoding.TryFind(pem, out var fields))
            throw new KeyFileException("the file holds no PEM key, which begins with '-----BEGIN PRIVATE KEY-----'");
        var label = pem[fields.Label];
        return (label, Convert.FromBase64String(pem[fields.Base64Data]));
    }

    private static string WrongLabel(string label) => label switch
    {
        "PUBLIC KEY" => "the file holds a public key; what signs is the private one",
        "OPENSSH PRIVATE KEY" => "the file holds a key of SSH, not a PKCS#8 private key; make one: openssl genpkey -algorithm ed25519 -out NEW.pem",
        _ => $"the file holds '{label}', not a PKCS#8 private key; {KeyFileEncryption.ConvertCommand}",
    };

    private static Pkcs8PrivateKeyInfo Decode(byte[] encoded)
    {
        try
        {
            return Pkcs8PrivateKeyInfo.Decode(encoded, out _, skipCopy: true);
        }
        catch (CryptographicException e)
        {
            throw new KeyFileException("the file's private key is damaged: not PKCS#8", e);
        }
    }

    private static Pkcs8PrivateKeyInfo Decrypt(byte[] encoded, ReadOnlySpan<char> passphrase)
    {
        KeyFileEncryption.Check(encoded);
        if (passphrase.IsEmpty)
            throw new KeyFileException("the key file is encrypted; give its passphrase");
        try
        {
            return Pkcs8PrivateKeyInfo.DecryptAndDecode(passphrase, encoded, out _);
        }
        catch (CryptographicException e)
        {
            throw new KeyFileException("the passphrase does not open the key file", e);
        }
    }

    private static SigningKey FromPrivateKeyInfo(string name, Pkcs8PrivateKeyInfo info)
    {
        if (info.AlgorithmId.Value != Ed25519Oid)
            throw new KeyFileException($"the key is of {AlgorithmName(info.AlgorithmId)}, not of Ed25519");
        byte[] seed = [];
        try
        {
            seed = new AsnReader(info.PrivateKeyBytes, AsnEncodingRules.DER).ReadOctetString();
            return SigningKey.Import(name, seed);
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            throw new KeyFileException("the file's Ed25519 key is damaged: not an octet string of 32 bytes", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    private static string AlgorithmName(Oid algorithm) => algorithm.Value switch
    {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.10045.2.1" => "ECDSA (a NIST curve)",
        "1.3.101.110" => "X25519",
        "1.3.101.113" => "Ed448",
        var other => $"the algorithm {other}",
    };
}
