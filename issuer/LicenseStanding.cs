using OfflineLicense.Issuer.Registry;

namespace OfflineLicense.Issuer;

/// <summary>Where a license stands in the vendor's books.</summary>
internal enum LicenseStanding
{
    /// <summary>Its term lies ahead, and nothing replaces it.</summary>
    Ahead,

    /// <summary>Its term runs, and nothing replaces it.</summary>
    Running,

    /// <summary>Its term is over, and nothing replaced it.</summary>
    Ended,

    /// <summary>Another license takes its place.</summary>
    Replaced,
}

/// <summary>Tells where licenses stand.</summary>
internal static class LicenseStandings
{
    /// <param name="license">The license.</param>
    /// <param name="all">At least all licenses that may replace it.</param>
    /// <param name="now">The time.</param>
    internal static LicenseStanding Of(StoredLicense license, IEnumerable<StoredLicense> all, DateTimeOffset now) =>
        all.Any(other => other.Replaces == license.Id) ? LicenseStanding.Replaced
        : license.License.Until <= now ? LicenseStanding.Ended
        : license.License.From > now ? LicenseStanding.Ahead
        : LicenseStanding.Running;

    /// <summary>Whether it grants something now or later.</summary>
    internal static bool IsLive(this LicenseStanding standing) => standing is LicenseStanding.Ahead or LicenseStanding.Running;
}
