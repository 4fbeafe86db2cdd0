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
    /// <param name="all">At least all licenses that may replace it.</param>
    /// <param name="now">The time.</param>
    internal static LicenseStanding Of(StoredLicense license, IEnumerable<StoredLicense> all, DateTimeOffset now)
    {
        // A node counts the old one until the new one's term begins, and so do the books.
        var begin = license.License.From > now ? license.License.From : now;
        return all.Any(other => other.Replaces == license.Id && other.License.From <= begin) ? LicenseStanding.Replaced
            : license.License.Until <= now ? LicenseStanding.Ended
            : license.License.From > now ? LicenseStanding.Ahead
            : LicenseStanding.Running;
    }

    /// <summary>Whether it grants something now or later.</summary>
    internal static bool IsLive(this LicenseStanding standing) => standing is LicenseStanding.Ahead or LicenseStanding.Running;
}
