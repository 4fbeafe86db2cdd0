using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

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

    /// <summary>Reads all ledgers like <see cref="ScanAll"/>, and of those with a damaged closed segment what comes after it, too.</summary>
    /// <exception cref="LedgerDiskException">A file cannot be read.</exception>
    internal static IReadOnlyList<LedgerScan> ScanRuns(LedgerDisk disk, string stateFolder) =>
        [.. List(disk, stateFolder).SelectMany(folder => LedgerScan.ReadRuns(disk, folder))];

    /// <summary>The name of the ledger in a folder, where it is one of this installation.</summary>
    internal static string NameOf(string folder, SigningKey installationKey) =>
        $"{InstallationName.Of(installationKey.VerifierKey.PublicKey)}/{Path.GetFileName(folder)}";

    /// <summary>
    /// Takes the first ledger that may be gone on with and that nobody has, or begins one: so processes side by side have a
    /// ledger each, and those that come and go use the same ones again. A ledger that is begun because another is damaged,
    /// or lost what the vendor has, follows that one; so does the first that a machine begins where it finds another
    /// machine's alone: the machine changed. No ledger is followed twice in one folder.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="stateFolder">The state folder, which exists.</param>
    /// <param name="installationKey">The installation's key; the caller keeps it.</param>
    /// <param name="continuity">Which ledgers may be gone on with.</param>
    /// <param name="at">The start receipt's time, if one is begun; UTC, whole seconds.</param>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static LedgerTaken TakeOrBegin(
        LedgerDisk disk, string stateFolder, SigningKey installationKey, LedgerContinuity continuity, DateTimeOffset at)
    {
        var (damaged, lost, elsewhere) = (new List<LedgerScan>(), new List<LedgerScan>(), new List<string>());
        var isOfOthersAlone = true;
        foreach (var folder in List(disk, stateFolder))
        {
            switch (LedgerWriter.Open(disk, folder, installationKey, continuity))
            {
                case LedgerOpening.Opened opened:
                    return new LedgerTaken { Writer = opened.Writer, Past = opened.Past, Damaged = damaged };
                case LedgerOpening.Damaged broken:
                    damaged.Add(broken.Past);
                    break;
                case LedgerOpening.Lost behind:
                    lost.Add(behind.Past);
                    break;
                case LedgerOpening.Elsewhere other:
                    elsewhere.Add(other.Folder);
                    break;
                case LedgerOpening.Held:
                    isOfOthersAlone = false;
                    break;
            }
        }

        foreach (var past in (LedgerScan[])[.. damaged, .. lost])
        {
            if (Follow(disk, stateFolder, installationKey, continuity, past, at) is { } followed)
                return followed with { Damaged = damaged };
        }

        isOfOthersAlone &= damaged.Count + lost.Count == 0;
        return (isOfOthersAlone ? LeftBehind(disk, elsewhere) : null) is { } left
            && Follow(disk, stateFolder, installationKey, continuity, left, at) is { } moved
                ? moved
                : new LedgerTaken { Writer = Begin(disk, stateFolder, installationKey, continuity, at, follows: null), Damaged = damaged };
    }

    /// <summary>
    /// Begins a ledger that follows another. The other's lock is held meanwhile, so of processes that try at once one does.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="stateFolder">The state folder, which exists.</param>
    /// <param name="installationKey">The installation's key; the caller keeps it.</param>
    /// <param name="continuity">Whose machine's the new one is.</param>
    /// <param name="past">The ledger to follow.</param>
    /// <param name="at">The start receipt's time; UTC, whole seconds.</param>
    /// <param name="isClean">Whether the other was let go of in order; null for as it says itself.</param>
    /// <returns>Null when another process has the ledger, or one in the folder follows it already.</returns>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static LedgerTaken? Follow(
        LedgerDisk disk, string stateFolder, SigningKey installationKey, LedgerContinuity continuity, LedgerScan past,
        DateTimeOffset at, bool? isClean = null)
    {
        if (disk.TryLock(Path.Combine(past.Folder, LedgerWriter.LockName), out _) is not { } held)
            return null;
        using (held)
        {
            var follows = LedgerFollows.Of(past, NameOf(past.Folder, installationKey));
            if (List(disk, stateFolder).Any(folder => FollowedBy(disk, folder) == follows.Ledger))
                return null;
            var writer = Begin(disk, stateFolder, installationKey, continuity, at, follows with { IsClean = isClean ?? follows.IsClean });
            return new LedgerTaken { Writer = writer, Follows = past, Damaged = [] };
        }
    }

    private static LedgerWriter Begin(
        LedgerDisk disk, string stateFolder, SigningKey installationKey, LedgerContinuity continuity, DateTimeOffset at, LedgerFollows? follows)
    {
        var ledgers = Path.Combine(stateFolder, Name);
        disk.CreateFolder(ledgers);
        disk.SyncFolder(stateFolder);
        return LedgerWriter.Begin(disk, ledgers, installationKey, at, follows, continuity);
    }

    // The newest ledger that another machine left. Where somebody has one of them the machines run side by side on one
    // volume: then nothing was left behind.
    private static LedgerScan? LeftBehind(LedgerDisk disk, List<string> elsewhere)
    {
        foreach (var folder in elsewhere)
        {
            using var held = disk.TryLock(Path.Combine(folder, LedgerWriter.LockName), out _);
            if (held is null)
                return null;
        }

        return elsewhere.Select(folder => LedgerScan.ReadTail(disk, folder)).OfType<LedgerScan>()
            .Where(scan => scan.Seal is not null).MaxBy(scan => scan.Seal!.Last.At);
    }

    // The ledger that another carries on, by the other's first receipt, or the summary of what was pruned.
    private static string? FollowedBy(LedgerDisk disk, string folder)
    {
        var first = Path.Combine(folder, LedgerSegment.FileName(0));
        var names = disk.List(folder);
        if (!names.Contains(Path.GetFileName(first)))
            return LedgerSummary.Read(disk, folder, names)?.Carried.Begun.Follows;
        try
        {
            using var file = disk.OpenRead(first);
            using var reader = new ReceiptsReader(file, first, ReceiptsReading.OnDisk);
            reader.NextLedger();
            return (reader.NextReceipt()?.Receipt as StartReceipt)?.Follows;
        }
        catch (ReceiptsDamageException)
        {
            return null;
        }
    }
}
