using System.Text;
using Disk = OfflineLicense.Verifier.Ledger.LedgerDisk;
using Limits = OfflineLicense.Keys.Limits;
using VerifierKey = OfflineLicense.Keys.VerifierKey;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Whether the segments that a ledger begins with were pruned, and not lost: its own <c>summary</c>, signed by its key, is
/// about a size that they lie before.
/// </summary>
internal static class PrunedPart
{
    /// <summary>Whether the ledger's summary tells of all receipts before one.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="key">The ledger's key.</param>
    /// <param name="start">The first receipt that is here.</param>
    internal static bool IsTold(Disk disk, string folder, VerifierKey key, long start)
    {
        byte[] note;
        try
        {
            using var file = disk.OpenRead(Path.Combine(folder, "summary"));
            if (file.Length > Limits.SummaryBytes)
                return false;
            note = new byte[file.Length];
            file.ReadExactly(note);
        }
        catch (IOException)
        {
            return false;
        }

        var end = note.AsSpan().LastIndexOf("\n\n"u8) + 1;
        var text = note.AsSpan(0, end);
        var lines = Encoding.UTF8.GetString(text).Split('\n');
        return end > 0
            && IsSigned(note.AsSpan(end + 1), text, key)
            && lines.Length > 3 && lines[0] == "offline-license/summary/v1" && lines[1] == $"ledger {key.Name}"
            && lines[2].StartsWith("size ", StringComparison.Ordinal) && Spelling.Number(Encoding.UTF8.GetBytes(lines[2]["size ".Length..]), out var size)
            && size >= start;
    }

    private static bool IsSigned(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text, VerifierKey key)
    {
        const int KeyIdBytes = 4;
        const int SignatureBytes = 64;
        var begin = Encoding.UTF8.GetBytes($"\u2014 {key.Name} ");
        Span<byte> signature = stackalloc byte[KeyIdBytes + SignatureBytes];
        return line.EndsWith("\n"u8) && line.StartsWith(begin) && Spelling.Base64(line[begin.Length..^1], signature)
            && key.Verify(text, signature[KeyIdBytes..]);
    }
}
