using System.Security.Cryptography;
using OfflineLicense.Issuer.Registry;

namespace OfflineLicense.Tests.Issuer.Registry;

/// <summary>
/// A registry of a test's own: a SQLite file, or, where OFFLINE_LICENSE_POSTGRES has the settings of a database that may be
/// filled, a schema of it. So the same tests hold the same of both.
/// </summary>
internal static class OwnRegistry
{
    internal const string Variable = "OFFLINE_LICENSE_POSTGRES";

    /// <summary>The database's settings; null for SQLite.</summary>
    internal static string? Database { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } settings ? settings : null;

    /// <summary>Where a registry can be made.</summary>
    /// <param name="file">Its path, if it is to be a file.</param>
    internal static string Place(string file) => Database is null ? file : $"{Database};Search Path=test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    /// <summary>A store with no registry in it.</summary>
    /// <param name="file">Its path, if it is to be a file.</param>
    internal static RegistryStore Store(string file) => RegistryStore.Of(Place(file), "/");
}
