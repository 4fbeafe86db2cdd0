using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class KeyFileTests
{
    // RFC 8410 section 10.3.
    private const string PublishedKey = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        -----END PRIVATE KEY-----

        """;

    private const string PublishedPublicKey = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

    [Fact]
    public void The_published_key_is_read_and_written_byte_for_byte()
    {
        using var key = KeyFile.Read("rfc8410", PublishedKey, default);
        Assert.Equal(PublishedPublicKey, Convert.ToHexStringLower(key.VerifierKey.PublicKey));
        Assert.Equal(PublishedKey.ReplaceLineEndings("\n"), KeyFile.WriteUnencrypted(key));
        Assert.False(KeyFile.IsEncrypted(PublishedKey));
    }

    [Fact]
    public void An_encrypted_key_opens_with_its_passphrase_only()
    {
        using var key = Signer();
        var pem = KeyFile.Write(key, "correct horse é");
        Assert.True(KeyFile.IsEncrypted(pem));
        using var read = KeyFile.Read("vendor", pem, "correct horse é");
        Assert.Equal(key.VerifierKey, read.VerifierKey);
        Refused("the passphrase does not open the key file", pem, "correct horse e");
        Refused("the key file is encrypted; give its passphrase", pem, "");
        Assert.NotEqual(pem, KeyFile.Write(key, "correct horse é"));
        Assert.Throws<ArgumentException>(() => KeyFile.Write(key, ""));
    }

    [Fact]
    public void A_file_that_asks_for_billions_of_rounds_is_refused_before_any_is_run()
    {
        // Two billion take half an hour.
        var minute = TimeSpan.FromMinutes(1);
        Assert.InRange(LeastCost.ProcessorTime(() =>
        {
            foreach (var rounds in (string[])["10000001", "2147483647", "4294967296", "99999999999999999999999999", "0", "-1"])
                Refused($"asks for {rounds} rounds", Encrypted("1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", rounds), "secret");
        }, minute), TimeSpan.Zero, minute);
    }

    [Fact]
    public void An_encryption_that_is_not_read_gets_the_command_that_converts_it()
    {
        Refused("encrypted with scrypt", Encrypted("1.2.840.113549.1.5.13", "1.3.6.1.4.1.11591.4.11", "1"), "secret");
        Refused("openssl pkcs8 -topk8", Encrypted("1.2.840.113549.1.5.13", "1.3.6.1.4.1.11591.4.11", "1"), "secret");
        Refused("encrypted in an old way (1.2.840.113549.1.5.3)", Encrypted("1.2.840.113549.1.5.3", "1.2.840.113549.1.5.12", "1"), "secret");
        Refused("in an unknown way (1.2.3)", Encrypted("1.2.840.113549.1.5.13", "1.2.3", "1"), "secret");
    }

    [Fact]
    public void A_key_of_another_algorithm_is_named()
    {
        using var rsa = RSA.Create(2048);
        Refused("the key is of RSA", rsa.ExportPkcs8PrivateKeyPem(), "");
        Refused("the file holds 'RSA PRIVATE KEY'", rsa.ExportRSAPrivateKeyPem(), "");
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Refused("the key is of ECDSA", ecdsa.ExportPkcs8PrivateKeyPem(), "");
        Refused("the file holds a public key", ecdsa.ExportSubjectPublicKeyInfoPem(), "");
    }

    [Theory]
    [InlineData("", "the file holds no PEM key")]
    [InlineData("not a key", "the file holds no PEM key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "damaged: not PKCS#8")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "damaged: not an encrypted PKCS#8 key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMC0CAQAwBQYDK2VwBCEEH9Tuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVg=\n-----END PRIVATE KEY-----\n", "damaged: not an octet string of 32 bytes")]
    public void A_file_that_is_no_key_is_refused_and_says_why(string pem, string reason) => Refused(reason, pem, "secret");

    [Fact]
    public void No_prefix_and_no_changed_byte_of_a_key_file_throws_anything_but_its_refusal()
    {
        for (var i = 0; i < PublishedKey.Length; i++)
        {
            TryRead(PublishedKey[..i]);
            foreach (var c in "A=\n-/")
                TryRead(PublishedKey[..i] + c + PublishedKey[(i + 1)..]);
        }

        static void TryRead(string pem)
        {
            try
            {
                KeyFile.Read("vendor", pem, "secret").Dispose();
            }
            catch (KeyFileException)
            {
                // Refused in the one way that callers know.
            }
        }
    }

    [Fact]
    public void A_new_key_file_is_its_owners_alone_and_never_overwritten()
    {
        using var folder = new ScratchFolder();
        var path = folder.File("vendor.pem");
        KeyFile.Create(path, PublishedKey);
        Assert.Equal(PublishedKey, File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        KeyFile.CheckCustody(path);

        var refusal = Assert.Throws<KeyFileException>(() => KeyFile.Create(path, "another"));
        Assert.Contains("never overwritten", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(PublishedKey, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_key_file_in_a_folder_that_is_not_there_leaves_nothing_behind()
    {
        using var folder = new ScratchFolder();
        Assert.ThrowsAny<IOException>(() => KeyFile.Create(Path.Combine(folder.Path, "missing", "vendor.pem"), PublishedKey));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_key_file_that_others_can_read_is_refused_with_the_command_that_mends_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new ScratchFolder();
        var path = folder.File("vendor.pem");
        KeyFile.Create(path, PublishedKey);
        var link = folder.File("link.pem");
        File.CreateSymbolicLink(link, path);
        foreach (var (mode, group, isGood) in ((int, bool, bool)[])
            [(0x180, false, true), (0x100, false, true), (0x120, true, true), (0x120, false, false), (0x1a4, true, false), (0x190, true, false)])
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
            foreach (var name in (string[])[path, link])
            {
                if (isGood)
                    KeyFile.CheckCustody(name, group);
                else
                    Assert.Contains($"chmod 600 {name}", Assert.Throws<KeyFileException>(() => KeyFile.CheckCustody(name, group)).Message, StringComparison.Ordinal);
            }
        }
    }

    private static SigningKey Signer() => SigningKey.Import("vendor", Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    private static void Refused(string reason, string pem, string passphrase)
    {
        var refusal = Assert.Throws<KeyFileException>(() => KeyFile.Read("vendor", pem, passphrase));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static string Encrypted(string scheme, string derivation, string rounds)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(scheme);
                using (writer.PushSequence())
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(derivation);
                        using (writer.PushSequence())
                        {
                            writer.WriteOctetString(new byte[8]);
                            writer.WriteInteger(BigInteger.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture));
                        }
                    }
                }
            }

            writer.WriteOctetString(new byte[64]);
        }

        return PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", writer.Encode());
    }

    // Another user than root, who is let off; the file's owner is given away where these tests are run by root.
    [Fact]
    public void A_key_file_of_another_user_is_refused_with_the_command_that_mends_it()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var folder = new ScratchFolder();
        using var key = SigningKey.Generate("vendor");
        var path = folder.File("a.key");
        KeyFile.Create(path, KeyFile.WriteUnencrypted(key));
        KeyFile.CheckCustody(path);
        var mine = Environment.IsPrivilegedProcess ? 12345 : uint.Parse(Run("id", "-u"), System.Globalization.CultureInfo.InvariantCulture);
        if (Environment.IsPrivilegedProcess)
            Run("chown", "12345", path);
        using var file = File.OpenHandle(path);
        KeyFile.CheckOwner(file, path, mine);
        KeyFile.CheckOwner(file, path, 0);
        var refused = Assert.Throws<KeyFileException>(() => KeyFile.CheckOwner(file, path, mine + 1));
        Assert.Contains($"belongs to another user (id {mine})", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"chown \"$(id -un)\" {path}", refused.Mend, StringComparison.Ordinal);
    }

    private static string Run(string program, params string[] args)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, args) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said.Trim();
    }
}
