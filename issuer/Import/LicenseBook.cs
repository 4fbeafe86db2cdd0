using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>What a license claim comes to.</summary>
internal enum ClaimVerdict
{
    /// <summary>The ledger's writer had the text that was issued.</summary>
    Proven,

    /// <summary>No license of that id was issued, or the receipts hold no proof of it.</summary>
    Unknown,

    /// <summary>Another text than the issued one.</summary>
    Altered,
}

/// <summary>
/// The licenses that were issued, as the registry had them at one moment: what a ledger's claims are held against.
/// Not thread-safe.
/// </summary>
internal sealed class LicenseBook
{
    private readonly ILookup<string, StoredLicense> _byId;
    private readonly Dictionary<string, License?> _found = new(StringComparer.Ordinal);

    private LicenseBook(IReadOnlyList<StoredLicense> all)
    {
        All = all;
        _byId = all.ToLookup(static license => license.Id, StringComparer.Ordinal);
    }

    /// <summary>All of them, oldest first.</summary>
    internal IReadOnlyList<StoredLicense> All { get; }

    internal static LicenseBook Load(RegistryTransaction transaction) => new(new LicenseTable(transaction).All());

    /// <summary>Judges a claim.</summary>
    /// <param name="ledger">The ledger that makes it.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="license">The issued license when it is proven; else null.</param>
    internal ClaimVerdict Judge(string ledger, LicenseClaim claim, out StoredLicense? license)
    {
        license = _byId[claim.License].FirstOrDefault(issued => LicenseHolding.Of(ledger, issued.Text) == claim.Holds);
        return license is not null ? ClaimVerdict.Proven
            : claim.Holds.Length == 0 || !_byId.Contains(claim.License) ? ClaimVerdict.Unknown
            : ClaimVerdict.Altered;
    }

    /// <summary>What an issued license says; null for others.</summary>
    internal License? Find(string id)
    {
        if (!_found.TryGetValue(id, out var license))
            _found[id] = license = _byId[id].FirstOrDefault()?.License;
        return license;
    }

    /// <summary>All licenses of a customer, oldest first.</summary>
    internal IReadOnlyList<StoredLicense> Of(Customer customer) =>
        [.. All.Where(license => license.Product == customer.Product && license.Licensee == customer.Licensee)];
}
