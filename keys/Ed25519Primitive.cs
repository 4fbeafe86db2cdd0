using Org.BouncyCastle.Math.EC.Rfc8032;

namespace OfflineLicense.Keys;

/// <summary>
/// Ed25519 (RFC 8032, pure) as this product means it, around Bouncy Castle, which no other file names. The rules are
/// stricter than the library's: a public key must be canonical and of prime order, S must be below the group order,
/// and R must equal, byte for byte, what is computed without the cofactor. Thread-safe.
/// </summary>
internal static class Ed25519Primitive
{
    internal const int SeedBytes = 32;
    internal const int PublicKeyBytes = 32;
    internal const int SignatureBytes = 64;

    private const int PointBytes = 32;

    /// <summary>The public key of a 32-byte seed (RFC 8032 section 5.1.5).</summary>
    internal static byte[] DerivePublicKey(byte[] seed)
    {
        var publicKey = new byte[PublicKeyBytes];
        Ed25519.GeneratePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>
    /// Signs (RFC 8032 section 5.1.6). <paramref name="derivedPublicKey"/> must be what
    /// <see cref="DerivePublicKey"/> gave for this seed: with any other, two signatures give the private key away.
    /// It is asked for because signing without it takes three times as long.
    /// </summary>
    internal static byte[] Sign(byte[] seed, byte[] derivedPublicKey, ReadOnlySpan<byte> message)
    {
        var signature = new byte[SignatureBytes];
        var copy = message.ToArray();
        Ed25519.Sign(seed, 0, derivedPublicKey, 0, copy, 0, copy.Length, signature, 0);
        return signature;
    }

    /// <summary>
    /// Whether the bytes are a canonical encoding of a point of prime order. For any other key a stranger can forge.
    /// </summary>
    internal static bool IsValidPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeyBytes)
            return false;
        try
        {
            return Ed25519.ValidatePublicKeyFull(publicKey.ToArray(), 0);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>
    /// Verifies (RFC 8032 section 5.1.7, without the cofactor) against a key that
    /// <see cref="IsValidPublicKey"/> has passed; it is not checked again here.
    /// </summary>
    internal static bool Verify(byte[] validatedPublicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // The library accepts what is longer and throws on what is shorter.
        if (signature.Length != SignatureBytes || validatedPublicKey.Length != PublicKeyBytes)
            return false;
        try
        {
            var copy = message.ToArray();
            return HasExactR(signature[..PointBytes])
                && Ed25519.Verify(signature.ToArray(), 0, validatedPublicKey, 0, copy, 0, copy.Length);
        }
        catch (Exception)
        {
            return false;
        }
    }

#if BOUNCY_CASTLE_2
    // This library multiplies by the cofactor, which forgives an R with a part of small order. With the key of prime
    // order and such an R refused, both equations agree. The neutral element alone is of no prime order but harmless.
    private static bool HasExactR(ReadOnlySpan<byte> r) =>
        IsValidPublicKey(r) || (r[0] == 1 && r[1..].IndexOfAnyExcept((byte)0) < 0);
#else
    // This library compares R with what it computed, byte for byte.
    private static bool HasExactR(ReadOnlySpan<byte> r) => r.Length == PointBytes;
#endif
}
