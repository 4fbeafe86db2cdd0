namespace OfflineLicense.Keys;

/// <content>Public halves as OpenSSL and hardware modules give them out.</content>
public static partial class KeyFile
{
    private const string PublicLabel = "PUBLIC KEY";

    // RFC 8410 section 4: a SubjectPublicKeyInfo of Ed25519 has one spelling, these bytes and the 32 of the key.
    private static ReadOnlySpan<byte> PublicPrefix => [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];

    /// <summary>Reads a public key from a file's text, such as <c>openssl pkey -pubout</c> writes it.</summary>
    /// <param name="name">The name that the key is to have.</param>
    /// <param name="pem">The file's text: a SubjectPublicKeyInfo in PEM (RFC 7468, RFC 8410).</param>
    /// <exception cref="KeyFileException">No PEM, no Ed25519 key, or one with which anybody can sign.</exception>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static VerifierKey ReadPublic(string name, string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        KeyName.Check(name, nameof(name));
        var (label, encoded) = ReadPem(pem);
        if (label != PublicLabel)
            throw new KeyFileException($"the file holds '{label}', not a public key: openssl pkey -in FILE -pubout");
        if (encoded.Length != PublicPrefix.Length + Ed25519Primitive.PublicKeyBytes || !encoded.AsSpan().StartsWith(PublicPrefix))
            throw new KeyFileException("the file's public key is none of Ed25519");
        var publicKey = encoded.AsSpan(PublicPrefix.Length);
        return Ed25519Primitive.IsValidPublicKey(publicKey)
            ? VerifierKey.Import(name, publicKey)
            : throw new KeyFileException("the file's public key is one with which anybody can sign: not a canonical point of prime order");
    }
}
