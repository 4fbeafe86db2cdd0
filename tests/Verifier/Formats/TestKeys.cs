using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Formats;

/// <summary>
/// Keys whose seed is SHA-256 of <c>offline-license/test/</c> and the key's name, so that every vector can be made again.
/// </summary>
internal static class TestKeys
{
    internal static readonly SigningKey License = Of("vendor.example/licenses/2026");
    internal static readonly SigningKey OtherLicense = Of("vendor.example/licenses/2027");
    internal static readonly SigningKey Reply = Of("vendor.example/replies/2026");
    internal static readonly SigningKey RootA = Of("vendor.example/roots/a");
    internal static readonly SigningKey RootB = Of("vendor.example/roots/b");
    internal static readonly SigningKey Installation = Of("installation");

    internal static readonly Trust Trust = Trust.Pinned(License.VerifierKey);

    internal static string InstallationName { get; } = OfflineLicense.Keys.InstallationName.Of(Installation.VerifierKey.PublicKey);

    internal static string LedgerName { get; } = OfflineLicense.Keys.InstallationName.OfLedger(InstallationName, Seed("a ledger").AsSpan(0, 10));

    internal static SigningKey Of(string name) => SigningKey.Import(name, Seed(name));

    private static byte[] Seed(string name) => SHA256.HashData(Encoding.UTF8.GetBytes($"offline-license/test/{name}"));
}
