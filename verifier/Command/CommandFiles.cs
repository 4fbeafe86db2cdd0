using System.Globalization;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>How commands read and write the files that a user names. Every failure names the file.</summary>
internal static class CommandFiles
{
    /// <summary>
    /// Reads a whole file, or standard input for <c>-</c>. A pipe, a socket or a device is refused before it is opened: it might
    /// never end, or never begin.
    /// </summary>
    /// <param name="console">Where paths start from, and standard input.</param>
    /// <param name="file">The file as the user names it.</param>
    /// <param name="maxBytes">The most bytes that are read.</param>
    /// <exception cref="CommandFailure">The file cannot be read, or is larger.</exception>
    public static byte[] Read(this CommandConsole console, string file, long maxBytes)
    {
        if (file.Length == 0)
            throw new CommandFailure("the name of a file is empty", null, ExitCode.Usage);
        var path = file == "-" ? file : console.PathOf(file);
        try
        {
            using var stream = file == "-" ? console.Input : IsHandedOver(path) ? File.OpenRead(path) : LedgerDisk.Real.OpenRead(path);
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1024];
            // By what is really read: a pipe has no length, and a file may grow.
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (bytes.Length + read > maxBytes)
                {
                    throw new CommandFailure(string.Create(CultureInfo.InvariantCulture,
                        $"{NameOf(file)} is larger than {maxBytes} bytes, the most that such a file may have"), null, ExitCode.Malformed);
                }

                bytes.Write(buffer, 0, read);
            }

            return bytes.ToArray();
        }
        catch (Exception exception) when (PlainFailure.IsOfFiles(exception))
        {
            throw PlainFailure.At("read", path, exception);
        }
    }

    /// <summary>A file as messages name it: with its path as the user gave it, or standard input.</summary>
    public static string NameOf(string file) => file == "-" ? "standard input" : file;

    // What a shell hands over, as in --passphrase-file <(command): its other end is open already, and it is read once.
    private static bool IsHandedOver(string path) =>
        !OperatingSystem.IsWindows() && (path == "/dev/stdin" || path.StartsWith("/dev/fd/", StringComparison.Ordinal));

    /// <summary>Puts a file in place whole or not at all: readers see the old one or the new one, also after a crash.</summary>
    /// <param name="path">The full path, in a folder that exists.</param>
    /// <param name="bytes">What is to be in it.</param>
    /// <param name="replace">Whether a file of this name gives way.</param>
    /// <exception cref="CommandFailure">It cannot be written; what was there before is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool replace)
    {
        if (!replace && File.Exists(path))
            throw new CommandFailure($"'{path}' is there already", "give another name, or move it away", ExitCode.Unreadable);
        try
        {
            DurableFile.Put(LedgerDisk.Real, path, bytes);
        }
        catch (LedgerDiskException exception)
        {
            throw new CommandFailure(
                $"cannot write '{path}': {PlainFailure.Sentence(exception.Reason)}",
                DiskMend.IsOfFullDisk(exception) ? PlainFailure.FullDisk : "make its folder writable for you, or run this as a user who may write there",
                ExitCode.Unreadable);
        }
    }
}
