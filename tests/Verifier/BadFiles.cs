using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// One file for each way in which a license does not count. Each is newer than every good one and claims the plain
/// license's place, so that it would displace it if it could.
/// </summary>
internal static class BadFiles
{
    private const string OtherInstallation = "offline-license/aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static readonly License Claim = Licenses.Plain with
    {
        Id = Licenses.Id(999),
        Replaces = Licenses.Plain.Id,
        Issued = Licenses.Day(399),
    };

    /// <summary>By the code of the reason why it does not count.</summary>
    public static IReadOnlyDictionary<string, LicenseCandidate> ByCode { get; } = Make();

    /// <summary>A license as a node has it that holds a trust document in which it was taken back.</summary>
    public static LicenseCandidate Revoked(License license) => LicenseFile.Of(
        Licenses.FileOf(license), license.Id + ".lic", TrustVendor.Holding(TrustVendor.First with { RevokedLicenses = [license.Id] }));

    private static Dictionary<string, LicenseCandidate> Make()
    {
        using var folder = new TemporaryFolder();
        var text = Encoding.UTF8.GetString(Licenses.FileOf(Claim));
        LicenseCandidate Written(string name, byte[] bytes)
        {
            var file = Path.Combine(folder.Path, name);
            File.WriteAllBytes(file, bytes);
            return LicenseFile.Open(LedgerDisk.Real, file, Licenses.Trust);
        }

        byte[] Text(string changed) => Encoding.UTF8.GetBytes(changed);
        var stranger = Licenses.KeyOf("vendor.example/licenses/stranger", 2);
        var next = LicenseFormat.Print(Claim).Replace("license/v1", "license/v2", StringComparison.Ordinal);
        return new(StringComparer.Ordinal)
        {
            [ReasonCode.Malformed] = Written("malformed.lic", Text("no license at all\n")),
            [ReasonCode.BadSignature] = Written("changed.lic", Text(text.Replace("Acme", "Acne", StringComparison.Ordinal))),
            [ReasonCode.UnknownKey] = Written("unknown.lic", Licenses.FileOf(Claim, stranger)),
            [ReasonCode.NeedsNewerVersion] = Written("newer.lic", SignedNote.Sign(next, Licenses.Key)),
            [ReasonCode.Unreadable] = LicenseFile.Open(LedgerDisk.Real, Path.Combine(folder.Path, "missing.lic"), Licenses.Trust),
            [ReasonCode.StillChanging] = LicenseFile.StillChanging(Written("half.lic", Text(text[..(text.Length / 2)]))),
            [ReasonCode.WrongProduct] = Licenses.Candidate(_ => Claim with { Product = "another" }),
            [ReasonCode.WrongInstallation] = Licenses.Candidate(_ => Claim with { Installations = [OtherInstallation] }),
            [ReasonCode.NotYetValid] = Licenses.Candidate(_ => Claim with { From = Licenses.Day(5000) }),
            [ReasonCode.BuildTooNew] = Licenses.Candidate(_ => Claim with { BuildsUntil = Licenses.Day(300) }),
            [ReasonCode.NeedsTrust] = Licenses.Candidate(_ => Claim with { Needs = new LicenseNeeds { Trust = 1 } }),
            [ReasonCode.Revoked] = Revoked(Claim),
            [ReasonCode.NeedsReply] = Licenses.Candidate(_ => Claim with { Needs = new LicenseNeeds { Reply = 1 } }),
        };
    }
}
