using System.Diagnostics.CodeAnalysis;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>Opens license files for a verdict: each is a license, or the reason why it is none. Pure but for the disk.</summary>
internal static class LicenseFile
{
    /// <summary>Opens a file of a disk. Never throws for what the file or the disk is like.</summary>
    public static LicenseCandidate Open(LedgerDisk disk, string file, Trust trust, bool isKept = false)
    {
        try
        {
            return Of(BoundedFile.Read(disk, file, Limits.DocumentBytes), file, trust) with { IsKept = isKept };
        }
        catch (IOException failed)
        {
            return Unreadable(file, failed) with { IsKept = isKept };
        }
    }

    /// <summary>Opens what was read.</summary>
    /// <param name="untrusted">The bytes; a copy is kept of them as they are.</param>
    /// <param name="file">Where they were read, for the reasons.</param>
    /// <param name="trust">Whose licenses count.</param>
    public static LicenseCandidate Of(ReadOnlyMemory<byte> untrusted, string file, Trust trust)
    {
        var reading = SignedLicense.Open(untrusted, trust, file);
        return reading.License is { } license
            ? new LicenseCandidate { File = file, Signed = license, Bytes = untrusted }
            : new LicenseCandidate { File = file, Broken = Broken(file, reading) };
    }

    /// <summary>A file that could not be read.</summary>
    public static LicenseCandidate Unreadable(string file, IOException failed) => new()
    {
        File = file,
        Broken = new Reason
        {
            Code = ReasonCode.Unreadable,
            Sentence = $"it cannot be read: {WordsOf(failed)}",
            Mend = "make it a file that the user whom the product runs as can read, or remove it",
            File = file,
        },
    };

    /// <summary>Why a file cannot be read, for the middle of a sentence; null for one that can.</summary>
    [return: NotNullIfNotNull(nameof(failed))]
    public static string? WordsOf(IOException? failed) => ((failed as LedgerDiskException)?.Reason ?? failed?.Message)?.TrimEnd('.');

    /// <summary>
    /// A file that arrived or changed an instant ago, and is not whole: said so, and not that it was forged, while whoever
    /// copies it may not be done. What a whole signed file says is said at once.
    /// </summary>
    public static LicenseCandidate StillChanging(LicenseCandidate candidate) =>
        candidate.Broken is { Code: ReasonCode.Malformed or ReasonCode.BadSignature or ReasonCode.Unreadable }
            ? candidate with
            {
                Broken = new Reason
                {
                    Code = ReasonCode.StillChanging,
                    Sentence = "it changed a moment ago and is not a whole license yet",
                    Mend = "nothing, while it is being copied: it is looked at again within seconds",
                    File = candidate.File,
                },
            }
            : candidate;

    private static Reason Broken(string file, LicenseReading reading)
    {
        var line = reading.Line > 0 ? $"line {Words.Number(reading.Line)}: " : "";
        var (code, sentence, mend) = reading.Outcome switch
        {
            ReadingOutcome.UnknownKey => (
                ReasonCode.UnknownKey, $"it is not signed by a key that this product knows: {reading.Reason}",
                "check that the file is for this product and from its vendor"),
            ReadingOutcome.BadSignature => (
                ReasonCode.BadSignature, $"it was changed after it was signed: {reading.Reason}",
                "get the file again, as an attachment, or armored"),
            ReadingOutcome.NeedsNewerVersion => (
                ReasonCode.NeedsNewerVersion,
                $"it is signed by your vendor, but needs a newer version of the product: {line}{reading.Reason}",
                "update the product, or ask your vendor for a license for this version"),
            _ => (
                ReasonCode.Malformed, $"it is not a whole license: {line}{reading.Reason}",
                "get the file again, as an attachment, or armored"),
        };
        return new Reason { Code = code, Sentence = sentence, Mend = reading.Hint ?? mend, File = file };
    }
}
