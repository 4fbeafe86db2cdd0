namespace OfflineLicense.Keys;

/// <summary>
/// Who signs notes: a <see cref="SigningKey"/> in memory, or a hardware module, a cloud's key service or another program
/// that holds the key and gives out signatures alone. Whether signing is thread-safe is the implementation's to say.
/// </summary>
public interface INoteSigner : IDisposable
{
    /// <summary>The public half, with the key's name.</summary>
    public VerifierKey VerifierKey { get; }

    /// <summary>Signs the bytes themselves: Ed25519 of RFC 8032 section 5.1.6, with no hash before it.</summary>
    /// <returns>64 bytes.</returns>
    public byte[] Sign(ReadOnlySpan<byte> message);
}
