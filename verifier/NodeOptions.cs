using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier;

/// <summary>What a node is opened with.</summary>
public sealed record NodeOptions
{
    /// <summary>The product's name as licenses spell it: <c>[a-z0-9][a-z0-9.-]{0,62}</c>.</summary>
    public required string Product { get; init; }

    /// <summary>Whose signatures count. It comes from the product itself, never from a folder that the licensee fills.</summary>
    public required Trust Trust { get; init; }

    /// <summary>The folder of license and reply files. Need not exist. Default: <see cref="NodeFolders.LicenseFolder"/>.</summary>
    public string? LicenseFolder { get; init; }

    /// <summary>
    /// The environment variable that may hold a license as text, as operators of containers give one: signed like any file,
    /// beside those of the folder, as it is or armored; armored, several can follow each other. Read when the node is opened.
    /// Null for none. Default: <c>OFFLINE_LICENSE</c>, which the program <c>offline-license</c> reads, too.
    /// </summary>
    public string? LicenseVariable { get; init; } = EnvironmentLicenses.DefaultVariable;

    /// <summary>The folder of the installation key and the ledgers; made if it is not there. Default: <see cref="NodeFolders.StateFolder"/>.</summary>
    public string? StateFolder { get; init; }

    /// <summary>When this build of the product was made (UTC); null when the product does not say: then every license covers it.</summary>
    public DateTimeOffset? Built { get; init; }

    /// <summary>
    /// Receipts that a reply has acknowledged and that are older are removed from the state folder, when the node is opened,
    /// when a reply comes, and when one more file of the ledger is full; a day or more. A statement of the time before is then to be had from the mailed files. 400 days keep
    /// what a year's asks for. Null, the default: nothing is ever removed.
    /// </summary>
    public TimeSpan? RemoveReceiptsAfter { get; init; }

    /// <summary>Where time comes from. Default: the system's clocks.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What an environment variable holds; null where it is not set.</summary>
    internal Func<string, string?> ReadVariable { get; init; } = EnvironmentLicenses.OfProcess;

    /// <summary>What holds the two folders.</summary>
    internal LedgerDisk Disk { get; init; } = LedgerDisk.Real;

    /// <summary>The machine: a ledger of another one is not gone on with. Default: this one.</summary>
    internal MachineId Machine { get; init; } = MachineId.OfThisMachine;

    /// <summary>How often clocks and files are looked at: what they change is seen within this.</summary>
    internal TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);
}
