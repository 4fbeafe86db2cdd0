using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Tests;

/// <summary>
/// A vendor with roots: what it signs in trust documents, and what a product believes that embeds its roots a, b and c, of
/// which two must sign. The license key is that of <see cref="Licenses"/>. Thread-safe.
/// </summary>
internal static class TrustVendor
{
    public static SigningKey A { get; } = Licenses.KeyOf("vendor.example/roots/a", 101);

    public static SigningKey B { get; } = Licenses.KeyOf("vendor.example/roots/b", 102);

    public static SigningKey C { get; } = Licenses.KeyOf("vendor.example/roots/c", 103);

    public static SigningKey D { get; } = Licenses.KeyOf("vendor.example/roots/d", 104);

    public static SigningKey E { get; } = Licenses.KeyOf("vendor.example/roots/e", 105);

    public static SigningKey F { get; } = Licenses.KeyOf("vendor.example/roots/f", 106);

    /// <summary>The license key of the next year.</summary>
    public static SigningKey NextLicenseKey { get; } = Licenses.KeyOf("vendor.example/licenses/next", 107);

    public static SigningKey ReplyKey { get; } = Licenses.KeyOf("vendor.example/replies/test", 108);

    /// <summary>What the product embeds.</summary>
    public static Trust Product { get; } = Trust.Rooted(2, A.VerifierKey.ToString(), B.VerifierKey.ToString(), C.VerifierKey.ToString());

    /// <summary>Version 1: the product's roots, one license key and one reply key, both from long ago on.</summary>
    public static TrustDocument First { get; } = new()
    {
        Version = 1,
        Issued = Licenses.Begin,
        Roots = [A.VerifierKey, B.VerifierKey, C.VerifierKey],
        Quorum = 2,
        Keys = [Signs(Licenses.Key), Signs(ReplyKey, TrustedRole.Reply)],
    };

    /// <summary>The first version with one license key more.</summary>
    public static TrustDocument WithNextKey { get; } = First with { Version = 2, Keys = [.. First.Keys, Signs(NextLicenseKey)] };

    /// <summary>The version after a theft: the license key is revoked, and these licenses stay good.</summary>
    public static TrustDocument WithoutStolenKey(params License[] stayGood) => First with
    {
        Version = 3,
        Keys = [Signs(NextLicenseKey), Signs(ReplyKey, TrustedRole.Reply)],
        RevokedKeys = [new RevokedKey { Key = Licenses.Key.VerifierKey, StaysGood = [.. stayGood.Select(NameOf).Order(StringComparer.Ordinal)] }],
    };

    /// <summary>The document, signed; by a and b where nobody is named.</summary>
    public static byte[] Sign(TrustDocument document, params SigningKey[] roots) =>
        SignedNote.Sign(TrustFormat.Print(document), roots.Length == 0 ? [A, B] : roots);

    /// <summary>What a node of the product believes that holds a document.</summary>
    public static Trust Holding(TrustDocument document) => Product.With(document);

    /// <summary>A license as a node opens it that holds a document.</summary>
    public static LicenseReading Open(License license, TrustDocument held, SigningKey? key = null) =>
        SignedLicense.Open(Licenses.FileOf(license, key), Holding(held));

    public static TrustedKey Signs(SigningKey key, TrustedRole role = TrustedRole.License, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        new() { Key = key.VerifierKey, Role = role, From = from ?? Licenses.Day(-365), Until = until };

    private static string NameOf(License license) => TrustDocument.NameOf(System.Text.Encoding.UTF8.GetBytes(LicenseFormat.Print(license)));
}
