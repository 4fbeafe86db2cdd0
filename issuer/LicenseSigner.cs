using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer;

/// <summary>
/// Signs a license's text and reads the file as a customer's node will: what that code refuses is never handed out.
/// Thread-safe.
/// </summary>
/// <param name="key">The license key.</param>
/// <param name="trust">What customers believe.</param>
internal sealed class LicenseSigner(INoteSigner key, Trust trust)
{    /// <summary>The key that signs.</summary>
    internal VerifierKey SignedBy => key.VerifierKey;

    /// <summary>Signs, and keeps nothing.</summary>
    /// <param name="text">A license's canonical text.</param>
    /// <exception cref="CommandFailure">Customers could not verify it.</exception>
    internal StoredLicense Sign(string text)
    {
        var note = DocumentSigning.Sign(text, LicenseFormat.Parse, Limits.DocumentBytes, key);
        var reading = SignedLicense.Open(note, trust);
        return reading is { Outcome: ReadingOutcome.Good, License: { } signed }
            ? StoredLicense.Of(signed, note)
            : throw new CommandFailure(
                $"customers could not use this license, so it was not signed: {reading.Reason}",
                reading.Outcome is ReadingOutcome.UnknownKey or ReadingOutcome.Revoked
                    ? trust.IsRooted ? "sign with a key that the trust document lists, by --key NAME or as the first in issuer.yaml; 'issuer trust new' puts new keys into the next one"
                        : "'issuer key show' prints the key's line; ship it in the product's anchors first, as 'license LINE'"
                    : null,
                ExitCode.NotTrusted);
    }
}
