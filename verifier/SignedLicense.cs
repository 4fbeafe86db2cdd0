using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier;

/// <summary>
/// A license and the proof that the vendor signed it: only <see cref="Open(ReadOnlyMemory{byte}, Trust)"/> makes one. Immutable and thread-safe.
/// </summary>
public sealed record SignedLicense
{
    private SignedLicense(DocumentReading<License> good, VerifierKey signedBy, string? revoked, string file) =>
        (License, Text, TextBytes, SignedBy, Revoked, File) = (good.Document!, good.Text, good.TextBytes, signedBy, revoked, file);

    /// <summary>What the license says.</summary>
    public License License { get; }

    /// <summary>The text that was signed, with its last newline and without the signatures.</summary>
    public string Text { get; }

    /// <summary>The trusted key that signed it; the first in the file for which it counts, where several did.</summary>
    public VerifierKey SignedBy { get; }

    /// <summary><see cref="Text"/> as the bytes that were signed; not to be changed.</summary>
    internal byte[] TextBytes { get; }

    /// <summary>Why it counts no more, though its vendor signed it; null for a license that was not taken back.</summary>
    internal string? Revoked { get; }

    /// <summary>The file's name as the caller gave it, for messages; empty where it gave none.</summary>
    internal string File { get; }

    /// <summary>
    /// Reads a license file: at most 64 KiB, what mail does to it mended, the signature first, only then the text.
    /// </summary>
    /// <param name="untrustedFile">The file's bytes.</param>
    /// <param name="trust">Whose signatures count.</param>
    /// <returns>The license, or why there is none.</returns>
    public static LicenseReading Open(ReadOnlyMemory<byte> untrustedFile, Trust trust) => Open(untrustedFile, trust, file: "");

    /// <inheritdoc cref="Open(ReadOnlyMemory{byte}, Trust)"/>
    internal static LicenseReading Open(ReadOnlyMemory<byte> untrustedFile, Trust trust, string file)
    {
        ArgumentNullException.ThrowIfNull(trust);
        var reading = DocumentReading<License>.Open(untrustedFile, trust.LicenseKeys, Limits.DocumentBytes, LicenseFormat.Parse);
        if (reading.Document is not { } license)
            return new LicenseReading { Outcome = reading.Outcome, Reason = reading.Reason, Line = reading.Line, Hint = reading.Hint };
        foreach (var reply in license.Receipts?.RepliesBy ?? [])
        {
            VerifierKey.FormProblem(reply, out _, out var publicKey);
            if (!trust.SignsMoreThanReplies(publicKey)) continue;
            return new LicenseReading
            {
                Outcome = ReadingOutcome.Malformed,
                Reason = "receipts.replies-by names a key that signs licenses or trust documents; a vendor's import machine has a key of its own",
                Hint = DocumentReading<License>.SignedSo,
            };
        }

        var (outcome, signedBy, reason) = trust.Judge(reading.Signers, license.Issued, reading.TextBytes);
        if (trust.Document?.RevokedLicenses.Contains(license.Id, StringComparer.Ordinal) == true)
            (outcome, reason) = (ReadingOutcome.Revoked, $"the license {license.Id} was revoked");
        return outcome switch
        {
            ReadingOutcome.Good => new LicenseReading { Outcome = outcome, License = new SignedLicense(reading, signedBy, revoked: null, file) },
            ReadingOutcome.Revoked => new LicenseReading { Outcome = outcome, License = new SignedLicense(reading, signedBy, reason, file), Reason = reason },
            _ => new LicenseReading { Outcome = outcome, Reason = reason },
        };
    }

    /// <summary>Equal when the same key signed the same text and both count or none, whatever the file is called.</summary>
    public bool Equals(SignedLicense? other) =>
        other is not null && Text == other.Text && SignedBy.Equals(other.SignedBy) && Revoked == other.Revoked;

    /// <inheritdoc/>
    public override int GetHashCode() => License.GetHashCode();
}
