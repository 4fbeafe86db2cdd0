using System.Collections.Concurrent;
using System.Globalization;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Tests;

/// <summary>
/// Licenses for tests, made as a vendor makes them and opened as a node opens them: printed, signed, read back.
/// <code>Licenses.Signed(l => l with { Until = Licenses.Day(365) })</code>
/// Signing is what costs here, so equal licenses are signed once. Thread-safe.
/// </summary>
internal static class Licenses
{
    public const string Product = "openvidu-pro";
    public const string Licensee = "Acme Telemedicine";
    public const string Installation = "offline-license/mfrggzdfmztwq2lknnwg23tpoa";

    private static readonly ConcurrentDictionary<License, SignedLicense> Opened = new();

    /// <summary>The vendor's license key: a throw-away one, the same in every run.</summary>
    public static SigningKey Key { get; } = KeyOf("vendor.example/licenses/test", 1);

    /// <summary>Whom a product believes that embeds this key.</summary>
    public static Trust Trust { get; } = Trust.Pinned(Key.VerifierKey);

    /// <summary>The first moment of the plain license's term, day 0.</summary>
    public static DateTimeOffset Begin { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A license with nothing but what is required: perpetual, unlimited, from <see cref="Begin"/> on.</summary>
    public static License Plain { get; } = new()
    {
        Id = Id(1),
        Product = Product,
        Licensee = Licensee,
        Issued = Begin,
        From = Begin,
        Quota = new LicenseQuota(),
    };

    /// <summary>Midnight of a day counted from <see cref="Begin"/>; may be negative.</summary>
    public static DateTimeOffset Day(double number) => Begin + TimeSpan.FromDays(number);

    /// <summary>A ULID; greater numbers sort later.</summary>
    public static string Id(int number) => "01JDA7X0R3Q8N5V2K6T9" + number.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>A throw-away key that is the same in every run.</summary>
    public static SigningKey KeyOf(string name, byte seed)
    {
        var bytes = new byte[32];
        bytes[0] = seed;
        return SigningKey.Import(name, bytes);
    }

    /// <summary>The plain license with changes, signed and opened.</summary>
    public static SignedLicense Signed(Func<License, License>? change = null) =>
        Opened.GetOrAdd(change?.Invoke(Plain) ?? Plain, static license =>
            SignedLicense.Open(FileOf(license), Trust, license.Id + ".lic") is { License: { } signed }
                ? signed
                : throw new InvalidOperationException("no reader would open this license"));

    /// <summary>The bytes of a license file, by the vendor's key or another.</summary>
    public static byte[] FileOf(License license, SigningKey? key = null) => SignedNote.Sign(LicenseFormat.Print(license), key ?? Key);

    /// <summary>The plain license with changes, as a file of the license folder or the node's kept copy.</summary>
    public static LicenseCandidate Candidate(Func<License, License>? change = null, string? file = null, bool isKept = false)
    {
        var signed = Signed(change);
        return new LicenseCandidate { File = file ?? signed.License.Id + ".lic", Signed = signed, IsKept = isKept };
    }
}
