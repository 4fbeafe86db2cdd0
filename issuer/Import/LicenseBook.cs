using System.Collections.Concurrent;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

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
/// Thread-safe.
/// </summary>
internal sealed class LicenseBook
{
    private readonly ILookup<string, StoredLicense> _byId;
    private readonly ILookup<string, StoredLicense> _byReplaced;
    private readonly ConcurrentDictionary<string, License?> _found = new(StringComparer.Ordinal);

    private LicenseBook(IReadOnlyList<StoredLicense> all)
    {
        All = all;
        _byId = all.ToLookup(static license => license.Id, StringComparer.Ordinal);
        _byReplaced = all.ToLookup(static license => license.Replaces ?? "", StringComparer.Ordinal);
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
    internal License? Find(string id) => _found.GetOrAdd(id, static (id, issued) => issued[id].FirstOrDefault()?.License, _byId);

    /// <summary>A license and those whose places it took, newest first.</summary>
    internal LicenseChain ChainOf(License license)
    {
        var known = new Dictionary<string, License>(StringComparer.Ordinal);
        for (var link = license; link is not null && known.TryAdd(link.Id, link);)
            link = link.Replaces is { } replaced ? Find(replaced) : null;
        return new LicenseChain(license, known.Values);
    }

    /// <summary>The licenses that took the place of one, one after another; none where nothing did.</summary>
    internal IEnumerable<License> After(string id)
    {
        var passed = new HashSet<string>(StringComparer.Ordinal);
        for (var next = Next(id); next is not null && passed.Add(next.Id); next = Next(next.Id))
            yield return next;

        License? Next(string of) => _byReplaced[of].LastOrDefault() is { } stored ? Find(stored.Id) : null;
    }

    /// <summary>All customers, each once.</summary>
    internal IEnumerable<Customer> Customers => All.Select(static license => new Customer(license.Product, license.Licensee)).Distinct();

    /// <summary>All licenses of a customer, oldest first.</summary>
    internal IReadOnlyList<StoredLicense> Of(Customer customer) =>
        [.. All.Where(license => license.Product == customer.Product && license.Licensee == customer.Licensee)];
}
