using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>What a process got when it asked for a ledger.</summary>
internal sealed record LedgerTaken
{
    /// <summary>The writer, for the caller to dispose of.</summary>
    public required LedgerWriter Writer { get; init; }

    /// <summary>
    /// What was in the ledger, whose start receipt its caller appends next; null when it was begun now, start receipt
    /// included.
    /// </summary>
    public LedgerScan? Past { get; init; }

    /// <summary>The damaged ledger that the new one follows, as far as it can be read; null when it follows none.</summary>
    public LedgerScan? Follows { get; init; }

    /// <summary>Ledgers that nobody has and that cannot be gone on with, to be reported.</summary>
    public required IReadOnlyList<LedgerScan> Damaged { get; init; }
}

/// <summary>The ledgers of a state folder: <c>ledgers/</c> and in it a folder of 16 characters for each.</summary>
internal static class LedgerFolder
{
    internal const string Name = "ledgers";

    /// <summary>The folders of all ledgers, in ordinal order.</summary>
    /// <exception cref="LedgerDiskException">The folder cannot be read.</exception>
    internal static IReadOnlyList<string> List(LedgerDisk disk, string stateFolder)
    {
        var ledgers = Path.Combine(stateFolder, Name);
        return disk.List(ledgers)
            .Where(name => Base32.IsEncodingOf(InstallationName.LedgerRandomBytes, name))
            .Select(name => Path.Combine(ledgers, name))
            .ToArray();
    }

    /// <summary>Reads all ledgers, also those that processes are writing, up to what is signed.</summary>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    internal static IReadOnlyList<LedgerScan> ScanAll(LedgerDisk disk, string stateFolder) =>
        List(disk, stateFolder).Select(folder => LedgerScan.Read(disk, folder)).OfType<LedgerScan>().ToArray();

    /// <summary>
    /// Takes the first ledger that is good and that nobody has, or begins one: so processes side by side have a ledger
    /// each, and those that come and go use the same ones again. A ledger that is begun because another is damaged follows
    /// that one, unless a ledger does already.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="stateFolder">The state folder, which exists.</param>
    /// <param name="installationKey">The installation's key; the caller keeps it.</param>
    /// <param name="at">The start receipt's time, if one is begun; UTC, whole seconds.</param>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static LedgerTaken TakeOrBegin(
        LedgerDisk disk, string stateFolder, SigningKey installationKey, DateTimeOffset at)
    {
        var damaged = new List<LedgerScan>();
        foreach (var folder in List(disk, stateFolder))
        {
            switch (LedgerWriter.Open(disk, folder, installationKey))
            {
                case LedgerOpening.Opened opened:
                    return new LedgerTaken { Writer = opened.Writer, Past = opened.Past, Damaged = damaged };
                case LedgerOpening.Damaged broken:
                    damaged.Add(broken.Past);
                    break;
            }
        }

        var installation = InstallationName.Of(installationKey.VerifierKey.PublicKey);
        var followed = damaged.Count == 0 ? [] : Followed(disk, stateFolder);
        var follows = damaged
            .Select(past => (Past: past, Follows: LedgerFollows.Of(past, $"{installation}/{Path.GetFileName(past.Folder)}")))
            .FirstOrDefault(candidate => !followed.Contains(candidate.Follows.Ledger));
        return new LedgerTaken
        {
            Writer = Begin(disk, stateFolder, installationKey, at, follows.Follows),
            Follows = follows.Past,
            Damaged = damaged,
        };
    }

    /// <summary>Begins a ledger; as <see cref="LedgerWriter.Begin"/>.</summary>
    internal static LedgerWriter Begin(
        LedgerDisk disk, string stateFolder, SigningKey installationKey, DateTimeOffset at, LedgerFollows? follows)
    {
        var ledgers = Path.Combine(stateFolder, Name);
        disk.CreateFolder(ledgers);
        disk.SyncFolder(stateFolder);
        return LedgerWriter.Begin(disk, ledgers, installationKey, at, follows);
    }

    // Names of ledgers that others carry on, by the others' first receipts.
    private static HashSet<string> Followed(LedgerDisk disk, string stateFolder) =>
        ScanAll(disk, stateFolder)
            .Where(scan => scan.Size > 0)
            .Select(scan => scan.Receipts(disk).First().Receipt)
            .OfType<StartReceipt>()
            .Select(start => start.Follows)
            .ToHashSet(StringComparer.Ordinal);
}
