using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.TrustDocuments;

/// <summary>
/// The next version of the vendor's trust document: the current one, the home's keys that are not in it yet, and what a
/// person takes back. Nothing is signed here. Pure.
/// </summary>
internal sealed record NextTrust
{
    /// <summary>How long after its end a license may still be on statements, and so stays good.</summary>
    private const int DaysKnown = 400;

    /// <summary>The version that holds; null for none yet.</summary>
    internal required TrustDocument? Current { get; init; }

    /// <summary>The home's keys.</summary>
    internal required IReadOnlyList<HomeKey> Keys { get; init; }

    /// <summary>All licenses on file.</summary>
    internal required IReadOnlyList<StoredLicense> Licenses { get; init; }

    /// <summary>When it is written. UTC, whole seconds.</summary>
    internal required DateTimeOffset Now { get; init; }

    /// <summary>How many roots must sign the version after it.</summary>
    internal required int Quorum { get; init; }

    /// <summary>Keys that are taken back, of any role.</summary>
    internal IReadOnlyList<HomeKey> Revoked { get; init; } = [];

    /// <summary>Keys that verify nothing dated from a time on.</summary>
    internal IReadOnlyList<(HomeKey Key, DateTimeOffset Until)> Ends { get; init; } = [];

    /// <summary>Licenses that are taken back, by id.</summary>
    internal IReadOnlyList<string> RevokedLicenses { get; init; } = [];

    /// <exception cref="CommandFailure">There is no such license, or what comes out is no trust document.</exception>
    internal TrustDocument Make()
    {
        if (RevokedLicenses.FirstOrDefault(id => !Licenses.Any(license => license.Id == id)) is { } unknown)
            throw new CommandFailure($"no license {unknown} is on file", "'issuer list' shows the licenses");
        List<string> licenses = [.. (Current?.RevokedLicenses ?? []).Concat(RevokedLicenses).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        List<RevokedKey> revoked =
        [
            .. Current?.RevokedKeys ?? [],
            .. Revoked.Where(key => Current?.Revocation(key.Verifier.PublicKey) is null)
                .Select(key => new RevokedKey { Key = key.Verifier, StaysGood = StaysGood(key, licenses) }),
        ];
        bool Counts(VerifierKey key) => !revoked.Exists(other => other.Key.PublicKey.SequenceEqual(key.PublicKey));
        List<TrustedKey> keys = [.. (Current?.Keys ?? []).Where(key => Counts(key.Key))];
        keys.AddRange(Keys.Where(key => key.Role != KeyRole.Root && Counts(key.Verifier) && !keys.Exists(known => known.Key.Equals(key.Verifier))).Select(Signs));
        return Checked(new TrustDocument
        {
            Version = (Current?.Version ?? 0) + 1,
            Issued = Now,
            Roots = [.. Keys.Where(key => key.Role == KeyRole.Root && Counts(key.Verifier)).Select(static key => key.Verifier)],
            Quorum = Quorum,
            Keys = [.. keys.Select(Ended)],
            RevokedKeys = revoked,
            RevokedLicenses = licenses,
        });
    }

    // A key that joins covers what it signed before; else from today on.
    private TrustedKey Signs(HomeKey key)
    {
        var today = new DateTimeOffset(Now.Date, TimeSpan.Zero);
        var first = Licenses.Where(license => license.SignedBy == key.Verifier.ToString()).Select(static license => license.Issued).DefaultIfEmpty(today).Min();
        return new TrustedKey
        {
            Key = key.Verifier,
            Role = key.Role == KeyRole.License ? TrustedRole.License : TrustedRole.Reply,
            From = first < today ? new DateTimeOffset(first.Date, TimeSpan.Zero) : today,
        };
    }

    private TrustedKey Ended(TrustedKey key)
    {
        foreach (var (ended, until) in Ends)
        {
            if (ended.Verifier.Equals(key.Key))
                key = key with { Until = until };
        }

        return key;
    }

    // By what is on file, and so not what a thief signed: by its text, since he chooses the id.
    private string[] StaysGood(HomeKey key, List<string> revokedLicenses) =>
    [
        .. Licenses.Where(license => license.SignedBy == key.Verifier.ToString() && !revokedLicenses.Contains(license.Id))
            .Where(license => license.License.Until is not { } until || until.AddDays(DaysKnown) > Now)
            .Select(static license => TrustDocument.NameOf(license.Text)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static TrustDocument Checked(TrustDocument document)
    {
        try
        {
            return TrustFormat.Parse(TrustFormat.Print(document));
        }
        catch (DocumentFormatException refused)
        {
            throw new CommandFailure($"this makes no trust document: {refused.Reason}",
                "at most some 800 licenses stay good in one file; issue those of a stolen key anew in parts, or end what is over");
        }
    }
}
