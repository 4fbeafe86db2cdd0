using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer;

/// <summary>A customer's name that a clerk typed. One that nobody here has is a mistake, and no customer without licenses.</summary>
internal static class CustomerName
{
    /// <param name="name">The name as it was given.</param>
    /// <param name="licenses">All licenses here.</param>
    /// <exception cref="CommandFailure">No license was issued to anybody of that name.</exception>
    internal static void Check(string name, IReadOnlyCollection<StoredLicense> licenses)
    {
        var names = licenses.Select(static license => license.Licensee).Distinct(StringComparer.Ordinal).ToList();
        if (names.Contains(name))
            return;
        var spoken = LicenseRules.Spoken(name);
        var near = names.Find(other => LicenseRules.Spoken(other) == spoken)
            ?? names.Where(other => NearestWord.IsNear(spoken, LicenseRules.Spoken(other))).MinBy(other => NearestWord.Distance(spoken, LicenseRules.Spoken(other)));
        throw new CommandFailure(
            $"no license was issued to '{name}' here", near is null ? "'issuer list' shows all customers, spelled exactly" : $"did you mean '{near}'?");
    }
}
