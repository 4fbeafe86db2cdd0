using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Tests;

/// <summary>A vendor whose keys are the same in every run: they are made from their names.</summary>
internal sealed class FleetVendor : IDisposable
{
    internal const string Product = "openvidu-pro";

    /// <summary>The key that signs licenses.</summary>
    internal SigningKey LicenseKey { get; } = KeyOf("vendor.example/licenses/2026");

    /// <summary>The key that signs replies.</summary>
    internal SigningKey ReplyKey { get; } = KeyOf("vendor.example/replies/2026");

    internal Trust Trust => Trust.Pinned(LicenseKey.VerifierKey);

    /// <summary>A key made from a name, and used under it.</summary>
    internal static SigningKey KeyOf(string name) => SigningKey.Import(name, SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>A license for a year from 2026-11-22 on, with no quota and a receipt every hour, to be changed by <c>with</c>.</summary>
    /// <param name="number">Makes the id: greater is newer.</param>
    /// <param name="licensee">The customer.</param>
    internal static License Plan(int number, string licensee = "Acme Telemedicine") => new()
    {
        Id = "01JDA7X0R3Q8N5V2K6T9W0" + number.ToString("D4", CultureInfo.InvariantCulture),
        Product = Product,
        Licensee = licensee,
        Issued = new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero),
        From = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero),
        Until = new DateTimeOffset(2027, 11, 22, 0, 0, 0, TimeSpan.Zero),
        Quota = new LicenseQuota(),
        Receipts = new LicenseReceipts { Every = Duration.Parse("1h") },
    };

    /// <summary>Signs a license, and reads it as a customer would.</summary>
    internal SignedLicense Issue(License license) => SignedLicense.Open(Note(license), Trust).License
        ?? throw new ArgumentException(SignedLicense.Open(Note(license), Trust).Reason, nameof(license));

    /// <summary>The license's file.</summary>
    internal byte[] Note(License license) => SignedNote.Sign(LicenseFormat.Print(license), LicenseKey);

    public void Dispose()
    {
        LicenseKey.Dispose();
        ReplyKey.Dispose();
    }
}
