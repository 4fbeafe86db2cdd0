using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer;

/// <summary>
/// What a new license may not do to those on file. Licenses never add up on a node, so a second live one for a customer
/// is a slip unless it takes the first one's place or a person says that it is for other nodes. And one license has one
/// successor: use before a fork in the chain would be on two statements.
/// </summary>
/// <param name="licenses">The licenses, in the transaction that records the new one.</param>
/// <param name="now">The time of signing.</param>
/// <param name="isBatch">Whether rows of a file ask, for which there are no flags.</param>
internal sealed class LicenseRules(LicenseTable licenses, DateTimeOffset now, bool isBatch = false)
{
    // Read once: a batch asks for every row.
    private ILookup<string, string>? _licensees;

    /// <summary>Why the license may not be signed; null when it may.</summary>
    /// <param name="license">The new license.</param>
    /// <param name="isSeparate">Whether the customer is to have it beside another live one.</param>
    /// <param name="isRenamed">Whether the license that it replaces may have another licensee.</param>
    internal CommandFailure? Problem(License license, bool isSeparate, bool isRenamed)
    {
        if (license.Replaces is not { } replaced)
            return isSeparate ? null : SecondLive(license, null);
        var old = licenses.WithId(replaced).FirstOrDefault();
        if (old is null)
            return new CommandFailure($"the license {replaced}, which is to be replaced, was never issued here", "'issuer list' shows all licenses");
        if (old.Product != license.Product)
            return new CommandFailure($"the license {replaced}, which is to be replaced, is for the product {old.Product}");
        if (old.Licensee != license.Licensee && !isRenamed)
        {
            return new CommandFailure($"the license {replaced}, which is to be replaced, is of '{old.Licensee}', not of '{license.Licensee}'",
                "if the customer has a new name, give --renamed");
        }

        if (licenses.Replacing(replaced).LastOrDefault() is { } other)
            return new CommandFailure($"the license {replaced} is replaced by {other.Id} already", $"replace that one: --replaces {other.Id}");
        // One live license for another is as many as before; one that ended gives nothing away.
        return isSeparate || StandingOf(old).IsLive() ? null : SecondLive(license, old);
    }

    /// <summary>The name without what a clerk's hand changes unseen: its case, and how much white space stands in it.</summary>
    internal static string Spoken(string licensee) =>
        string.Join(' ', licensee.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();

    private CommandFailure? SecondLive(License license, StoredLicense? replaced)
    {
        if (Live(license.Product, license.Licensee) is { } live)
        {
            return new CommandFailure($"{license.Licensee} has a live license for {license.Product} already: {live.Id}",
                isBatch
                    ? "leave the row out; or name in the column 'replaces' what it takes the place of; one for other nodes is issued by itself, with --separate"
                    : $"replace it by --replaces {live.Id}, or give --separate for other nodes: licenses never add up on one");
        }

        _licensees ??= licenses.Licensees(license.Product).ToLookup(Spoken, StringComparer.Ordinal);
        foreach (var name in _licensees[Spoken(license.Licensee)].Where(name => name != license.Licensee && name != replaced?.Licensee))
        {
            if (Live(license.Product, name) is { } spelledOtherwise)
            {
                return new CommandFailure(
                    $"'{name}', whose name differs from '{license.Licensee}' in case or white space only, has a live license for {license.Product}: {spelledOtherwise.Id}",
                    isBatch
                        ? "spell the name as it is on file; the license of another customer is issued by itself, with --separate"
                        : "spell the name as it is on file, or give --separate if this is another customer");
            }
        }

        return null;
    }

    private StoredLicense? Live(string product, string licensee) =>
        licenses.OfCustomer(product, licensee).FindLast(license => StandingOf(license).IsLive());

    private LicenseStanding StandingOf(StoredLicense license) =>
        LicenseStandings.Of(license, licenses.Replacing, now);
}
