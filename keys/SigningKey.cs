using System.Security.Cryptography;

namespace OfflineLicense.Keys;

/// <summary>
/// A named Ed25519 private key. It holds the 32-byte seed in memory that the garbage collector does not move, and
/// zeroes it when disposed. Signing is thread-safe; disposing while another thread signs is not.
/// </summary>
public sealed class SigningKey : INoteSigner
{
    private readonly byte[] _seed;

    // Derived here and settable by nobody: a signature made with another public key gives the seed away.
    private readonly byte[] _derivedPublicKey;
    private bool _disposed;

    private SigningKey(string name, ReadOnlySpan<byte> seed)
    {
        _seed = GC.AllocateUninitializedArray<byte>(Ed25519Primitive.SeedBytes, pinned: true);
        seed.CopyTo(_seed);
        _derivedPublicKey = Ed25519Primitive.DerivePublicKey(_seed);
        VerifierKey = VerifierKey.Import(name, _derivedPublicKey);
    }

    /// <summary>The public half, under the same name.</summary>
    public VerifierKey VerifierKey { get; }

    /// <summary>Makes a new key from the operating system's randomness.</summary>
    /// <param name="name">The key's name: 1 to 255 bytes of UTF-8 without Unicode spaces, control characters or plus.</param>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static SigningKey Generate(string name)
    {
        KeyName.Check(name, nameof(name));
        Span<byte> seed = stackalloc byte[Ed25519Primitive.SeedBytes];
        try
        {
            RandomNumberGenerator.Fill(seed);
            return new SigningKey(name, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Takes a seed, of which the key keeps its own copy.</summary>
    /// <param name="name">The key's name: 1 to 255 bytes of UTF-8 without Unicode spaces, control characters or plus.</param>
    /// <param name="seed">The 32 bytes that RFC 8032 section 5.1.5 calls the private key.</param>
    /// <exception cref="ArgumentException">The name is not valid, or the seed has not 32 bytes.</exception>
    public static SigningKey Import(string name, ReadOnlySpan<byte> seed)
    {
        KeyName.Check(name, nameof(name));
        if (seed.Length != Ed25519Primitive.SeedBytes)
            throw new ArgumentException($"an Ed25519 seed has 32 bytes, not {seed.Length}", nameof(seed));
        return new SigningKey(name, seed);
    }

    /// <summary>The same key under another name, with its own copy of the seed: dispose both.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public SigningKey WithName(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Import(name, _seed);
    }

    /// <summary>Signs the bytes; the same bytes always give the same signature (RFC 8032 section 5.1.6).</summary>
    /// <returns>64 bytes. They are not verified here: verify once what is handed to a customer.</returns>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Ed25519Primitive.Sign(_seed, _derivedPublicKey, message);
    }

    /// <summary>A copy of the 32-byte seed, which is the whole secret; the caller zeroes it.</summary>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public byte[] ExportSeed()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _seed.AsSpan().ToArray();
    }

    /// <summary>Zeroes the seed. The <see cref="VerifierKey"/> stays usable.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_seed);
    }

    /// <summary>The public half's line; never the secret.</summary>
    public override string ToString() => VerifierKey.ToString();
}
