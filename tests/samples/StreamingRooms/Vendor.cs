using OfflineLicense.Verifier;

namespace StreamingRooms;

/// <summary>
/// Whose licenses count. Compiled in, and never read from a setting: whoever could change it would need no license.
/// </summary>
internal static class Vendor
{
    public const string Product = "streaming-rooms";

    /// <summary>
    /// The line that <c>issuer key show</c> prints. This one is of the documentation's examples, and its secret half is known
    /// to everybody: put your own here.
    /// </summary>
    public const string LicenseKey = "vendor.example/licenses/2026+72d5b744+AVsEepD6RTyw42GvwUkV+YocqoAv5xZ1veEz+ZYgzgPS";

    public static Trust Trust { get; } = Trust.Pinned(LicenseKey);
}
