using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Import;

/// <summary>What one ledger used of a license on one day in UTC, proven.</summary>
/// <param name="License">The license's id.</param>
/// <param name="Ledger">The ledger.</param>
/// <param name="Day">The day.</param>
/// <param name="Use">Time used.</param>
/// <param name="Cores">The most cores at once; null where that was not noted.</param>
internal sealed record ProvenUse(string License, string Ledger, DateOnly Day, UseSeconds Use, long? Cores);

/// <summary>
/// The use that counts, as in the statement: its license is proven, is for that installation, and nobody said that the
/// installation is not the customer's. Each license is looked up once. Not thread-safe.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="customer">Whose use.</param>
internal sealed class CountedUse(RegistryTransaction transaction, LicenseBook book, Customer customer)
{
    private readonly UseTable _uses = new(transaction);
    private readonly Dictionary<string, IReadOnlyList<ProvenUse>> _byLicense = new(StringComparer.Ordinal);

    /// <summary>The installations that are not the customer's.</summary>
    internal HashSet<string> Declined { get; } = new FindingTable(transaction).Declined(customer);

    /// <summary>The ledgers that prove a license of the customer, but for those of installations that are not theirs.</summary>
    /// <param name="licenses">The licenses to look for; null for all of the customer's.</param>
    internal List<StoredLedger> Ledgers(IEnumerable<string>? licenses = null)
    {
        var ledgers = new LedgerTable(transaction);
        return [.. (licenses ?? book.Of(customer).Select(static license => license.Id)).Distinct(StringComparer.Ordinal)
            .SelectMany(_uses.LedgersClaiming).Distinct(StringComparer.Ordinal)
            .Where(name => !Declined.Contains(InstallationName.InstallationOf(name)) && LedgerJudge.CustomersOf(name, _uses.Claims(name), book).Contains(customer))
            .Select(name => ledgers.Find(name)!)];
    }

    /// <summary>All use of a license, by ledger and day.</summary>
    internal IReadOnlyList<ProvenUse> Of(string license)
    {
        if (!_byLicense.TryGetValue(license, out var uses))
            _byLicense[license] = uses = [.. _uses.LedgersClaiming(license).Where(ledger => IsCounted(license, ledger)).SelectMany(ledger => Proven(license, ledger))];
        return uses;
    }

    private bool IsCounted(string license, string ledger)
    {
        var installation = InstallationName.InstallationOf(ledger);
        return book.Find(license)?.IsFor(installation) != false && !Declined.Contains(installation);
    }

    private IEnumerable<ProvenUse> Proven(string license, string ledger)
    {
        // A text has up to 64 KiB, and its use a row for every day: hash it once.
        var verdicts = new Dictionary<LicenseClaim, bool>();
        foreach (var use in _uses.Uses(ledger, license))
        {
            if (!verdicts.TryGetValue(use.Claim, out var isProven))
                verdicts[use.Claim] = isProven = book.Judge(ledger, use.Claim, out _) == ClaimVerdict.Proven;
            if (isProven)
                yield return new ProvenUse(license, ledger, use.Day, use.Use, use.Cores);
        }
    }
}
