using System.Diagnostics;
using System.Globalization;
using System.Text;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

/// <summary>What OpenSSL reads and writes is what is read and written here: an auditor needs no program of ours.</summary>
public sealed class OpenSslTests
{
    [ToolFact("openssl")]
    public void OpenSSL_reads_a_key_that_is_written_here_and_verifies_a_notes_text()
    {
        using var folder = new ScratchFolder();
        using var key = SigningKey.Import("vendor", Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => i.ToString("d3", CultureInfo.InvariantCulture) + "\n"));
        var parts = SignedNote.Split(SignedNote.Sign(text, key));
        File.WriteAllBytes(folder.File("text"), parts.UntrustedTextBytes);
        File.WriteAllBytes(folder.File("signature"), parts.Signatures[0].Signature);
        File.WriteAllText(folder.File("plain.pem"), KeyFile.WriteUnencrypted(key));
        File.WriteAllText(folder.File("encrypted.pem"), KeyFile.Write(key, "open sesame"));

        foreach (var name in (string[])["plain.pem", "encrypted.pem"])
        {
            OpenSsl(folder, "pkey", "-in", name, "-passin", "pass:open sesame", "-pubout", "-out", "public.pem");
            OpenSsl(folder, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public.pem", "-in", "text", "-sigfile", "signature");
        }

        File.AppendAllText(folder.File("text"), "line 100\n");
        Assert.ThrowsAny<InvalidOperationException>(() =>
            OpenSsl(folder, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public.pem", "-in", "text", "-sigfile", "signature"));
    }

    [ToolFact("openssl")]
    public void A_key_that_OpenSSL_made_is_read_plain_and_encrypted_and_signs_what_OpenSSL_signs()
    {
        using var folder = new ScratchFolder();
        OpenSsl(folder, "genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
        OpenSsl(folder, "pkey", "-in", "plain.pem", "-aes-256-cbc", "-passout", "pass:open sesame", "-out", "encrypted.pem");
        OpenSsl(folder, "genpkey", "-algorithm", "ed25519", "-aes-256-cbc", "-pass", "pass:open sesame", "-out", "other.pem");
        using var plain = KeyFile.Read("vendor", File.ReadAllText(folder.File("plain.pem")), default);
        using var encrypted = KeyFile.Read("vendor", File.ReadAllText(folder.File("encrypted.pem")), "open sesame");
        using var other = KeyFile.Read("vendor", File.ReadAllText(folder.File("other.pem")), "open sesame");
        Assert.Equal(plain.VerifierKey, encrypted.VerifierKey);
        Assert.NotEqual(plain.VerifierKey, other.VerifierKey);

        File.WriteAllText(folder.File("text"), "text\n");
        OpenSsl(folder, "pkeyutl", "-sign", "-rawin", "-inkey", "plain.pem", "-in", "text", "-out", "signature");
        Assert.Equal(File.ReadAllBytes(folder.File("signature")), plain.Sign("text\n"u8));
    }

    [ToolFact("openssl")]
    public void A_key_that_is_refused_for_scrypt_is_read_after_the_command_in_the_refusal()
    {
        using var folder = new ScratchFolder();
        OpenSsl(folder, "genpkey", "-algorithm", "ed25519", "-out", "plain.pem");
        OpenSsl(folder, "pkcs8", "-topk8", "-in", "plain.pem", "-scrypt", "-passout", "pass:open sesame", "-out", "OLD.pem");
        var refusal = Assert.Throws<KeyFileException>(() =>
            KeyFile.Read("vendor", File.ReadAllText(folder.File("OLD.pem")), "open sesame"));
        var command = refusal.Message[(refusal.Message.IndexOf("openssl ", StringComparison.Ordinal) + "openssl ".Length)..];
        OpenSsl(folder, [.. command.Split(' '), "-passin", "pass:open sesame", "-passout", "pass:new"]);
        using var key = KeyFile.Read("vendor", File.ReadAllText(folder.File("NEW.pem")), "new");
        using var plain = KeyFile.Read("vendor", File.ReadAllText(folder.File("plain.pem")), default);
        Assert.Equal(plain.VerifierKey, key.VerifierKey);
    }

    private static void OpenSsl(ScratchFolder folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"openssl {string.Join(' ', arguments)}: {errors}{output.Result}");
    }
}
