using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// A named Ed25519 public key, written on one line as c2sp.org/signed-note "Verifier keys" has it:
/// <code>vendor.example/licenses/2026+5bc96b5e+AXPgE0…</code>
/// name, <c>+</c>, key id in 8 lower-case hexadecimal digits, <c>+</c>, base64 of the type byte 0x01 and the 32 key
/// bytes. The key is canonical and of prime order. Immutable and thread-safe.
/// </summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>The type byte of Ed25519 (c2sp.org/signed-note "Signature types").</summary>
    internal const byte Ed25519Type = 0x01;

    private const int IdDigits = 8;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly byte[] _publicKey;

    private VerifierKey(string name, byte[] validatedPublicKey)
    {
        Name = name;
        _publicKey = validatedPublicKey;
        Id = ComputeId(name, validatedPublicKey);
    }

    /// <summary>The key's name: 1 to 255 bytes of UTF-8 without Unicode spaces, control characters or plus.</summary>
    public string Name { get; }

    /// <summary>
    /// The key id: the first four bytes, big-endian, of SHA-256 over name, newline, type byte and key. It finds a key
    /// and proves nothing.
    /// </summary>
    public uint Id { get; }

    /// <summary>The 32 bytes of the public key (RFC 8032 section 5.1.2).</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Takes a raw public key under a name.</summary>
    /// <param name="name">The key's name: 1 to 255 bytes of UTF-8 without Unicode spaces, control characters or plus.</param>
    /// <param name="publicKey">32 bytes; canonical and of prime order, which is checked.</param>
    /// <exception cref="ArgumentException">The name or the key is not valid.</exception>
    public static VerifierKey Import(string name, ReadOnlySpan<byte> publicKey)
    {
        KeyName.Check(name, nameof(name));
        if (publicKey.Length != Ed25519Primitive.PublicKeyBytes)
            throw new ArgumentException($"an Ed25519 public key has 32 bytes, not {publicKey.Length}", nameof(publicKey));
        if (!Ed25519Primitive.IsValidPublicKey(publicKey))
            throw new ArgumentException("the public key is not a canonical point of prime order", nameof(publicKey));
        return new VerifierKey(name, publicKey.ToArray());
    }

    /// <summary>Reads a verifier key from its one line. What does not print back to the same characters is refused.</summary>
    /// <param name="untrustedText">The line, without a newline.</param>
    /// <exception cref="KeyFormatException">The line is not a verifier key of Ed25519; the message says why.</exception>
    public static VerifierKey Parse(string untrustedText)
    {
        ArgumentNullException.ThrowIfNull(untrustedText);
        return Read(untrustedText, out var problem) ?? throw new KeyFormatException(problem);
    }

    /// <summary>Reads a verifier key from its one line, as <see cref="Parse"/> does.</summary>
    /// <returns>Whether the line is a verifier key of Ed25519.</returns>
    public static bool TryParse([NotNullWhen(true)] string? untrustedText, [NotNullWhen(true)] out VerifierKey? key)
    {
        key = untrustedText is null ? null : Read(untrustedText, out _);
        return key is not null;
    }

    /// <summary>The same key under another name, which gives it another <see cref="Id"/>.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public VerifierKey WithName(string name)
    {
        KeyName.Check(name, nameof(name));
        return new VerifierKey(name, _publicKey);
    }

    /// <summary>
    /// Whether this key made the signature over the message: S below the group order, R equal byte for byte to what
    /// is computed without the cofactor (RFC 8032 section 5.1.7).
    /// </summary>
    /// <param name="message">The signed bytes; of a note, its text with the last newline.</param>
    /// <param name="signature">64 bytes; of any other length it is no signature.</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519Primitive.Verify(_publicKey, message, signature);

    /// <summary>Whether name and key bytes are the same.</summary>
    public bool Equals(VerifierKey? other) =>
        other is not null && Name == other.Name && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)Id);

    /// <summary>The one line that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([Ed25519Type, .. _publicKey])}");

    /// <summary>
    /// What is wrong with the spelling of a verifier key, or null. Whether the key is a point of prime order is not
    /// asked: that costs as much as a signature, and a text may name keys that are never used.
    /// </summary>
    internal static string? FormProblem(string untrustedText, out string name, out byte[] publicKey)
    {
        publicKey = [];
        // A name holds no plus, but base64 does: split at the first two.
        var parts = untrustedText.Split('+', 3);
        name = parts[0];
        if (parts.Length != 3)
            return "a verifier key is name+id+base64 on one line";
        if (KeyName.Problem(name) is { } nameProblem)
            return nameProblem;
        if (parts[1].Length != IdDigits || parts[1].AsSpan().IndexOfAnyExcept(s_hexDigits) >= 0)
            return "the key id is not 8 lower-case hexadecimal digits";
        if (!ExactText.TryParseBase64(parts[2], out var typed))
            return "the key is not canonical base64; copy the whole line, also the = at its end";
        if (typed.Length != 1 + Ed25519Primitive.PublicKeyBytes || typed[0] != Ed25519Type)
            return "the key is not of Ed25519 (type byte 0x01 and 32 bytes)";
        publicKey = typed[1..];
        return ComputeId(name, publicKey) == uint.Parse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            ? null
            : "the key id does not belong to this name and key; copy the line again from where it was published";
    }

    private static VerifierKey? Read(string text, out string problem)
    {
        problem = FormProblem(text, out var name, out var publicKey) ?? "";
        if (problem.Length > 0)
            return null;
        if (Ed25519Primitive.IsValidPublicKey(publicKey))
            return new VerifierKey(name, publicKey);
        problem = "the public key is not a canonical point of prime order; anyone could sign for it";
        return null;
    }

    private static uint ComputeId(string name, ReadOnlySpan<byte> publicKey)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData([(byte)'\n', Ed25519Type]);
        hash.AppendData(publicKey);
        return BinaryPrimitives.ReadUInt32BigEndian(hash.GetHashAndReset());
    }
}
