using System.Security.Cryptography;
using System.Text;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The <c>holds</c> of a <c>license</c> receipt: base64 of
/// SHA-256("offline-license/holds/v1\n" + ledger name + "\n" + the license's signed text). It proves that the ledger's
/// writer had that text, and says nothing in any other ledger.
/// </summary>
internal static class LicenseHolding
{
    /// <summary>The proof for one ledger and one text.</summary>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="signedText">The license's text as it was signed, final newline included, signatures not.</param>
    public static string Of(string ledger, ReadOnlySpan<byte> signedText)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"offline-license/holds/v1\n{ledger}\n"));
        hash.AppendData(signedText);
        return Convert.ToBase64String(hash.GetHashAndReset());
    }
}
