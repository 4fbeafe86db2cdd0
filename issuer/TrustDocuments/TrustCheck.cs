using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.TrustDocuments;

/// <summary>A license on file that a node would count no more.</summary>
/// <param name="License">The license.</param>
/// <param name="Why">Why not.</param>
internal sealed record LicenseThatStops(StoredLicense License, string Why);

/// <summary>What a trust document changes once nodes have it, before anybody has: a dry run. Pure.</summary>
internal static class TrustCheck
{
    /// <summary>The licenses on file, with their term not over, that count now and would count no more.</summary>
    /// <param name="licenses">All licenses on file.</param>
    /// <param name="before">What nodes believe now.</param>
    /// <param name="document">What they would.</param>
    /// <param name="now">The day of asking.</param>
    internal static IReadOnlyList<LicenseThatStops> Stopping(
        IEnumerable<StoredLicense> licenses, Trust before, TrustDocument document, DateTimeOffset now)
    {
        var after = before.With(document);
        return
        [
            .. from license in licenses
               where !(license.License.Until <= now) && (!before.IsRooted || before.Document is null || Reads(license, before) is null)
               let why = Reads(license, after)
               where why is not null
               select new LicenseThatStops(license, why),
        ];
    }

    /// <summary>What the vendor itself could do no more, or only at a risk, in plain sentences.</summary>
    /// <param name="document">The document.</param>
    /// <param name="signing">The keys that the home signs licenses and replies with.</param>
    /// <param name="now">The day of asking.</param>
    internal static IEnumerable<string> Risks(TrustDocument document, IEnumerable<VerifierKey> signing, DateTimeOffset now)
    {
        foreach (var signer in signing.Where(signer => document.Keys.FirstOrDefault(key => key.Key.Equals(signer))?.Covers(now) != true))
            yield return $"nothing that {signer.Name} signs today would count: put another key first in its role in issuer.yaml";
        if (document.Roots.Count == document.Quorum)
            yield return "every root must sign the next version: one that is lost is lost for good, and only a release of the product helps";
    }

    private static string? Reads(StoredLicense license, Trust trust) =>
        SignedLicense.Open(license.Note, trust) is { Outcome: not ReadingOutcome.Good } refused ? refused.Reason : null;
}
