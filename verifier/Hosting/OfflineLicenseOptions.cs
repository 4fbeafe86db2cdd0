using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Hosting;

/// <summary>
/// What <c>AddOfflineLicense</c> opens its node with. Set in code while services are registered, and read once: nothing
/// that is set after the host has started counts.
/// </summary>
public sealed class OfflineLicenseOptions
{
    /// <summary>The product's name as its licenses spell it: <c>[a-z0-9][a-z0-9.-]{0,62}</c>. Required.</summary>
    public string Product { get; set; } = "";

    /// <summary>
    /// Whose licenses count. Required, and by code alone: a configuration is a file of the licensee's, who could name keys
    /// of his own there.
    /// </summary>
    public Trust? Trust { get; set; }

    /// <summary>
    /// The folder of license and reply files, a full path; it need not exist. Default: <see cref="NodeFolders.LicenseFolder"/>.
    /// </summary>
    public string? LicenseFolder { get; set; }

    /// <summary>
    /// The environment variable that may hold a license as text, as operators of containers give one; null for none. See
    /// <see cref="NodeOptions.LicenseVariable"/>. Default: <c>OFFLINE_LICENSE</c>.
    /// </summary>
    public string? LicenseVariable { get; set; } = EnvironmentLicenses.DefaultVariable;

    /// <summary>
    /// The folder of the installation key and the ledgers, a full path; made if it is not there. It must outlive the process
    /// and, in a container, the container. Default: <see cref="NodeFolders.StateFolder"/>.
    /// </summary>
    public string? StateFolder { get; set; }

    /// <summary>When this build of the product was made (UTC); null when the product does not say: then every license covers it.</summary>
    public DateTimeOffset? Built { get; set; }

    /// <summary>Keys of the operator's configuration that are no settings of his; told in the log.</summary>
    internal IReadOnlyList<string> IgnoredSettings { get; set; } = [];

    /// <summary>What an environment variable holds; null where it is not set.</summary>
    internal Func<string, string?> ReadVariable { get; set; } = EnvironmentLicenses.OfProcess;

    /// <summary>How often clocks and files are looked at; tests let months pass in a moment.</summary>
    internal TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The folder of license and reply files, by default or as set.</summary>
    internal string LicenseFolderInForce => LicenseFolder ?? NodeFolders.LicenseFolder(Product);

    /// <summary>The folder of the installation key and the ledgers, by default or as set.</summary>
    internal string StateFolderInForce => StateFolder ?? NodeFolders.StateFolder(Product);
}
