using OfflineLicense.Issuer.Home;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Books;

/// <summary>The vendor's public keys by what they sign: those that sign today and those that did. Immutable.</summary>
/// <param name="License">Of licenses.</param>
/// <param name="Reply">Of replies.</param>
internal sealed record VendorKeys(IReadOnlyList<VerifierKey> License, IReadOnlyList<VerifierKey> Reply)
{
    /// <summary>Those that a home names.</summary>
    internal static VendorKeys Of(VendorHome home) => new(home.VerifiersOf(KeyRole.License), home.VerifiersOf(KeyRole.Reply));
}
