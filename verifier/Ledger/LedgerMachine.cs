using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The file beside a ledger's segments that says on which machine it is written: SHA-256, in base64 and a newline, of
/// <c>offline-license/machine/v1</c>, the ledger's name and the machine's id, each but the last with a newline. By the
/// name it differs from ledger to ledger, and nobody can look the machine up by it; it is in no export.
/// </summary>
internal static class LedgerMachine
{
    internal const string FileName = "machine";

    private const string Domain = "offline-license/machine/v1\n";

    /// <summary>Whether a ledger is another machine's. One that nobody marked is anybody's.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="ledger">Its name.</param>
    /// <param name="machine">The id of the machine that asks; null where it has none: then no ledger is another's.</param>
    /// <exception cref="LedgerDiskException">The file is there and cannot be read.</exception>
    internal static bool IsOther(LedgerDisk disk, string folder, string ledger, string? machine) =>
        machine is not null && Read(disk, folder) is { } mark && mark != MarkOf(ledger, machine);

    /// <summary>Marks a ledger as this machine's, durably, unless it is marked already.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static void Mark(LedgerDisk disk, string folder, string ledger, string? machine)
    {
        if (machine is not null && Read(disk, folder) is null)
            DurableFile.Put(disk, Path.Combine(folder, FileName), Encoding.ASCII.GetBytes(MarkOf(ledger, machine)));
    }

    // What is no mark, as a file cut short by hand, is none: the next process puts one in its place.
    private static string? Read(LedgerDisk disk, string folder)
    {
        if (!disk.List(folder).Contains(FileName))
            return null;
        var content = new byte[64];
        using var file = disk.OpenRead(Path.Combine(folder, FileName));
        var text = Encoding.ASCII.GetString(content, 0, file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
        return text.EndsWith('\n') && ExactText.TryParseBase64(text.TrimEnd('\n'), stackalloc byte[SHA256.HashSizeInBytes]) ? text : null;
    }

    private static string MarkOf(string ledger, string machine) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{Domain}{ledger}\n{machine}"))) + "\n";
}
