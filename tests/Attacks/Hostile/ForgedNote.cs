using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// Notes, signatures and keys as no honest signer makes them. It writes what it is told: the rules are what the readers
/// are to hold.
/// </summary>
internal static class ForgedNote
{
    // RFC 8032 section 5.1: the order of the group.
    private static readonly BigInteger s_order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Any text under a good signature.</summary>
    internal static byte[] Of(string text, SigningKey key) => Of(Encoding.UTF8.GetBytes(text), key);

    /// <summary>Any bytes under a good signature.</summary>
    internal static byte[] Of(byte[] text, SigningKey key) => [.. text, (byte)'\n', .. Encoding.UTF8.GetBytes(LineOf(text, key))];

    /// <summary>A text over lines that are given.</summary>
    internal static byte[] Over(string text, params string[] lines) => Encoding.UTF8.GetBytes(text + "\n" + string.Concat(lines));

    /// <summary>The signature line of a key for a text, its newline with it.</summary>
    internal static string LineOf(string text, SigningKey key) => LineOf(Encoding.UTF8.GetBytes(text), key);

    /// <summary>A signature line of any name, key id and bytes.</summary>
    internal static string Line(string name, uint id, byte[] signature)
    {
        var bytes = new byte[4 + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        signature.CopyTo(bytes, 4);
        return $"\u2014 {name} {Convert.ToBase64String(bytes)}\n";
    }

    /// <summary>The same signature with S raised by the order of the group: the same equation, and another spelling.</summary>
    internal static byte[] WithSOverTheOrder(byte[] signature)
    {
        var raised = (new BigInteger(signature.AsSpan(32), isUnsigned: true) + s_order).ToByteArray(isUnsigned: true);
        return [.. signature[..32], .. raised, .. new byte[32 - raised.Length]];
    }

    /// <summary>The line of a verifier key for any bytes; the id fits, whatever the key.</summary>
    internal static string VerifierLine(string name, byte[] publicKey, byte type = 1) =>
        $"{name}+{Convert.ToHexStringLower(IdOf(name, publicKey, type))}+{Convert.ToBase64String([type, .. publicKey])}";

    /// <summary>A signature that fits any text under the neutral element as public key, if a reader takes such a key.</summary>
    internal static byte[] BySmallOrder { get; } = [1, .. new byte[63]];

    /// <summary>The neutral element: a key of order 1, for which everybody can sign.</summary>
    internal static byte[] NeutralKey { get; } = [1, .. new byte[31]];

    /// <summary>y = p + 1, which is the neutral element in a spelling that is not canonical.</summary>
    internal static byte[] NonCanonicalKey { get; } = [0xee, .. Enumerable.Repeat((byte)0xff, 30), 0x7f];

    /// <summary>A point of order 8.</summary>
    internal static byte[] OrderEightKey { get; } = Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");

    /// <summary>The key id of a name and any key.</summary>
    internal static byte[] IdOf(string name, byte[] publicKey, byte type = 1) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. publicKey])[..4];

    private static string LineOf(byte[] text, SigningKey key) => Line(key.VerifierKey.Name, key.VerifierKey.Id, key.Sign(text));
}
