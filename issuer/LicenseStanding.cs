using OfflineLicense.Issuer.Registry;

namespace OfflineLicense.Issuer;

/// <summary>Where a license stands in the vendor's books.</summary>
internal enum LicenseStanding
{
    /// <summary>Its term lies ahead, and nothing took its place.</summary>
    Ahead,

    /// <summary>Its term runs, and nothing took its place; a renewal may lie ahead.</summary>
    Running,

    /// <summary>Its term is over, and nothing took its place.</summary>
    Ended,

    /// <summary>Another license took its place: an amendment at once, a renewal when its term begins.</summary>
    Replaced,
}

/// <summary>Tells where licenses stand.</summary>
internal static class LicenseStandings
{
    /// <param name="license">The license.</param>
    /// <param name="replacing">The licenses that name one by its id as the one they replace.</param>
    /// <param name="now">The time.</param>
    internal static LicenseStanding Of(StoredLicense license, Func<string, IEnumerable<StoredLicense>> replacing, DateTimeOffset now)
    {
        // A node counts the old one until the term of one after it begins, and so do the books.
        var begin = license.License.From > now ? license.License.From : now;
        return After(license, replacing).Any(next => next.License.From <= begin) ? LicenseStanding.Replaced
            : license.License.Until <= now ? LicenseStanding.Ended
            : license.License.From > now ? LicenseStanding.Ahead
            : LicenseStanding.Running;
    }

    /// <summary>The licenses that took its place, one after another.</summary>
    internal static IEnumerable<StoredLicense> After(StoredLicense license, Func<string, IEnumerable<StoredLicense>> replacing)
    {
        for (var next = replacing(license.Id).LastOrDefault(); next is not null; next = replacing(next.Id).LastOrDefault())
            yield return next;
    }

    /// <summary>Whether it grants something now or later.</summary>
    internal static bool IsLive(this LicenseStanding standing) => standing is LicenseStanding.Ahead or LicenseStanding.Running;
}
