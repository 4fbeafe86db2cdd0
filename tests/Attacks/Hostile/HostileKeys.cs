using System.Formats.Asn1;
using OfflineLicense.Keys;
using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>Trust anchors and private keys: what is believed, and what is secret.</summary>
internal static class HostileKeys
{
    private const string Head = "offline-license/anchors/v1\nproduct openvidu-pro\n";

    private const string Ed25519 = "1.3.101.112";

    private static readonly string s_key = $"license {Vendor.LicenseKey.VerifierKey}\n";

    internal static HostileChapter Anchors { get; } = new("anchors",
        "Trust anchors. Whoever may change them may change the program too; but a key for which everybody can sign is never believed, and nothing is mended.",
        "offline-license status --anchors FILE")
    {
        { "empty.anchors", "nothing at all", "" },
        { "no-key.anchors", "nobody is believed", Head },
        { "neutral.anchors", "a key of order 1", Head + $"license {ForgedNote.VerifierLine("vendor.example/licenses/2026", ForgedNote.NeutralKey)}\n" },
        { "order-8.anchors", "a key of order 8", Head + $"license {ForgedNote.VerifierLine("vendor.example/licenses/2026", ForgedNote.OrderEightKey)}\n" },
        { "not-canonical.anchors", "a key that is no canonical point", Head + $"license {ForgedNote.VerifierLine("vendor.example/licenses/2026", ForgedNote.NonCanonicalKey)}\n" },
        { "zeros.anchors", "a key of 32 zeros, which is a point of order 4", Head + $"license {ForgedNote.VerifierLine("vendor.example/licenses/2026", new byte[32])}\n" },
        { "key-of-31.anchors", "a key of 31 bytes", Head + $"license {ForgedNote.VerifierLine("vendor.example/licenses/2026", Vendor.LicenseKey.VerifierKey.PublicKey[..31].ToArray())}\n" },
        { "other-type.anchors", "a key of a type that is not Ed25519", Head + $"license {ForgedNote.VerifierLine("vendor.example/licenses/2026", Vendor.LicenseKey.VerifierKey.PublicKey.ToArray(), type: 2)}\n" },
        { "other-id.anchors", "a key whose id is of another", Head + s_key.Replace($"+{Vendor.LicenseKey.VerifierKey.Id:x8}+", "+00000000+", StringComparison.Ordinal) },
        { "other-name.anchors", "a key whose name was changed and whose id was not", Head + s_key.Replace("vendor.example", "vendor.evil", StringComparison.Ordinal) },
        { "key-twice.anchors", "one key two times", Head + s_key + s_key },
        { "reply-key.anchors", "a word that is no role", Head + s_key + $"reply {Vendor.ReplyKey.VerifierKey}\n" },
        { "blank-line.anchors", "a blank line", Head + "\n" + s_key },
        { "comment.anchors", "a comment", Head + "# our key\n" + s_key },
        { "crlf.anchors", "CRLF, which is not mended here", (Head + s_key).Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "bom.anchors", "a byte-order mark, which is not mended here", "\ufeff" + Head + s_key },
        { "no-last-newline.anchors", "the last newline is missing", (Head + s_key).TrimEnd('\n') },
        { "product-in-capitals.anchors", "a product's name in capitals", (Head + s_key).Replace("openvidu-pro", "OpenVidu-Pro", StringComparison.Ordinal) },
        { "product-is-a-path.anchors", "a product's name that leads elsewhere", (Head + s_key).Replace("openvidu-pro", "../../etc", StringComparison.Ordinal) },
        { "version-2.anchors", "a later version", (Head + s_key).Replace("anchors/v1", "anchors/v2", StringComparison.Ordinal) },
        { "a-license.anchors", "a license in their place", Next },
        { "too-large.anchors", "more than 64 KiB", Head + string.Concat(Enumerable.Repeat(s_key, 1000)) },
    };

    internal static HostileChapter PrivateKeys { get; } = new("private-keys",
        "Key files that a vendor is to adopt. Only Ed25519 in PKCS#8 is, and nothing of a file is printed.",
        "issuer key new licenses/2027 --role license --no-passphrase --from FILE")
    {
        { "empty.pem", "nothing at all", "" },
        { "letter.pem", "a letter", "Dear colleague,\nthe key is under the mat.\n" },
        { "public.pem", "a public key", Pem("PUBLIC KEY", PublicKey()) },
        { "openssh.pem", "a key of SSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n" },
        { "rsa-of-old.pem", "an RSA key in its old form", Pem("RSA PRIVATE KEY", PrivateKey("1.2.840.113549.1.1.1", new byte[32])) },
        { "rsa.pem", "an RSA key in PKCS#8", Pem("PRIVATE KEY", PrivateKey("1.2.840.113549.1.1.1", new byte[32])) },
        { "x25519.pem", "a key for agreeing and not for signing", Pem("PRIVATE KEY", PrivateKey("1.3.101.110", new byte[32])) },
        { "unknown-algorithm.pem", "an algorithm that nobody knows", Pem("PRIVATE KEY", PrivateKey("1.2.3.4", new byte[32])) },
        { "seed-of-31.pem", "a seed of 31 bytes", Pem("PRIVATE KEY", PrivateKey(Ed25519, new byte[31])) },
        { "seed-of-33.pem", "a seed of 33 bytes", Pem("PRIVATE KEY", PrivateKey(Ed25519, new byte[33])) },
        { "cut.pem", "cut off", Pem("PRIVATE KEY", PrivateKey(Ed25519, new byte[32]))[..40] },
        { "cut-inside.pem", "cut off within", Pem("PRIVATE KEY", PrivateKey(Ed25519, new byte[32])[..^5]) },
        { "nothing-inside.pem", "armor around nothing", Pem("PRIVATE KEY", []) },
        { "endless-length.pem", "a length of four billion bytes", Pem("PRIVATE KEY", [0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02]) },
        { "deep.pem", "two thousand sequences within each other", Pem("PRIVATE KEY", [.. Enumerable.Repeat<byte[]>([0x30, 0x80], 2000).SelectMany(static bytes => bytes)]) },
        { "two-billion-rounds.pem", "a passphrase that takes two billion rounds", Pem("ENCRYPTED PRIVATE KEY", Encrypted(int.MaxValue)) },
        { "no-rounds.pem", "a passphrase that takes no round", Pem("ENCRYPTED PRIVATE KEY", Encrypted(0)) },
        { "the-license-key.pem", "the key that signs licenses already", KeyFile.WriteUnencrypted(Vendor.LicenseKey) },
        { "the-reply-key.pem", "the key that signs replies: no key stands in two roles", KeyFile.WriteUnencrypted(Vendor.ReplyKey) },
        { "too-large.pem", "64 KiB of letters", "-----BEGIN PRIVATE KEY-----\n" + new string('A', 65_536) + "\n-----END PRIVATE KEY-----\n" },
    };

    private static string Pem(string label, byte[] bytes) => new string(System.Security.Cryptography.PemEncoding.Write(label, bytes)) + "\n";

    // RFC 5958, with the inner octet string of RFC 8410.
    private static byte[] PrivateKey(string algorithm, byte[] seed)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(algorithm);
            writer.WriteOctetString([4, (byte)seed.Length, .. seed]);
        }

        return writer.Encode();
    }

    private static byte[] PublicKey()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(Ed25519);
            writer.WriteBitString(Vendor.LicenseKey.VerifierKey.PublicKey);
        }

        return writer.Encode();
    }

    // RFC 8018: PBES2 by PBKDF2 with HMAC-SHA256, and AES-256-CBC.
    private static byte[] Encrypted(int rounds)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.5.13");
                using (writer.PushSequence())
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier("1.2.840.113549.1.5.12");
                        using (writer.PushSequence())
                        {
                            writer.WriteOctetString(new byte[16]);
                            writer.WriteInteger(rounds);
                            using (writer.PushSequence())
                            {
                                writer.WriteObjectIdentifier("1.2.840.113549.2.9");
                                writer.WriteNull();
                            }
                        }
                    }

                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier("2.16.840.1.101.3.4.1.42");
                        writer.WriteOctetString(new byte[16]);
                    }
                }
            }

            writer.WriteOctetString(new byte[64]);
        }

        return writer.Encode();
    }
}
