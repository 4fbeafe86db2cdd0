using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Home;

/// <summary>
/// A program that holds a key of the home and signs with it: the command of a hardware module, a cloud's key service, a
/// vault. It gets the bytes on its standard input and answers on its standard output with the signature: 64 bytes, or the
/// same in base64. The key's name stands in its environment as <c>OFFLINE_LICENSE_KEY</c>; what it says on standard error goes to the
/// terminal. It is believed nothing: every answer is verified with the public half that the home has. Thread-safe if the program is.
/// </summary>
/// <param name="key">The public half, as the home knows it.</param>
/// <param name="command">What the system's shell runs: <c>sh -c</c>, on Windows <c>cmd /c</c>.</param>
internal sealed class SignerProgram(VerifierKey key, string command) : INoteSigner
{
    internal const string KeyVariable = "OFFLINE_LICENSE_KEY";

    private const int SignatureBytes = 64;

    // More than any spelling of 64 bytes; a program that goes on talking is not read to its end.
    private const int MaxAnswerBytes = 1024;

    public VerifierKey VerifierKey => key;

    /// <exception cref="CommandFailure">The program cannot be run, failed, or answered with something else than this key's signature.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var file = WriteMessage(message);
        byte[] answer;
        try
        {
            answer = Run(file);
        }
        finally
        {
            File.Delete(file);
        }

        if (SignatureIn(answer) is not { } signature)
        {
            throw new CommandFailure($"the signer answered with {Words.Count(answer.Length, "byte")} that are no signature",
                "it reads the bytes on standard input and writes the signature's 64 bytes, or their base64, to standard output and nothing else", ExitCode.NotTrusted);
        }

        return key.Verify(message, signature)
            ? signature
            : throw new CommandFailure($"what the signer answered is no signature of {key.Name} over these bytes",
                "it signs with another key, or hashes first: Ed25519 signs the bytes as they are (RFC 8032); 'issuer key show' prints the public key that it must fit",
                ExitCode.NotTrusted);
    }

    public void Dispose()
    {
        // The program holds the key; there is nothing to wipe here.
    }

    // A file, since some programs, OpenSSL among them, ask for the input's length before they read it.
    private static string WriteMessage(ReadOnlySpan<byte> message)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.Combine(Path.GetTempPath(), $"to-sign-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        try
        {
            using var file = new FileStream(path, options);
            file.Write(message);
            return path;
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("write", path, e);
        }
    }

    private byte[] Run(string messageFile)
    {
        try
        {
            using var process = Process.Start(Shell(messageFile))!;
            // Nobody types into a program that reads the message.
            process.StandardInput.Close();
            var answer = new byte[MaxAnswerBytes];
            var length = process.StandardOutput.BaseStream.ReadAtLeast(answer, answer.Length, throwOnEndOfStream: false);
            if (length == answer.Length)
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return length < answer.Length && process.ExitCode != 0
                ? throw new CommandFailure(string.Create(CultureInfo.InvariantCulture, $"the signer '{command}' failed with exit code {process.ExitCode}"),
                    "what it said stands above; nothing was signed", ExitCode.NotTrusted)
                : answer[..length];
        }
        catch (Win32Exception e)
        {
            throw new CommandFailure($"the signer cannot be run: {e.Message}", "it is a command line of the system's shell", ExitCode.Unreadable);
        }
    }

    private ProcessStartInfo Shell(string messageFile)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", $"/d /s /c \"({command}) < \"{messageFile}\"\"")
            : new ProcessStartInfo("/bin/sh", ["-c", $"exec < \"$0\"\n{command}", messageFile]);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.UseShellExecute = false;
        // One program can so serve all keys of a home.
        start.Environment[KeyVariable] = key.Name;
        return start;
    }

    private static byte[]? SignatureIn(byte[] answer)
    {
        if (answer.Length == SignatureBytes)
            return answer;
        var text = Encoding.ASCII.GetString(answer).Trim();
        var signature = new byte[SignatureBytes];
        return Convert.TryFromBase64String(text, signature, out var length) && length == SignatureBytes ? signature : null;
    }
}
