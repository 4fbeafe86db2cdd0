using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// What a node keeps: the installation's key, its ledgers, and copies of the licenses that were active, of their
/// licensees' newest replies and of the trust documents that were taken, so that removing a file from the license folder takes nothing back. Not thread-safe.
/// </summary>
internal sealed class StateFolder(string path, LedgerDisk disk, MachineId? machine = null) : IDisposable
{
    private const string LockProbe = "lock.probe";
    private const string LicensesFolder = "licenses";
    private const string KeptEnding = ".lic";
    private const string RepliesFolder = "replies";
    private const string ReplyEnding = ".reply";
    private const string TrustFolder = "trust";
    private const string TrustEnding = ".trust";

    // More were never begun without a use between them.
    private const int MostFollowed = 8;

    private SigningKey? _key;

    public string Path => path;

    /// <summary>
    /// The installation's name: that of its key, once a ledger was taken; else as the key file or a ledger says it; ""
    /// where neither can be read.
    /// </summary>
    public string Installation => _key?.VerifierKey.Name ?? NameOfKeyFile() ?? NameOfLedger() ?? "";

    /// <summary>Makes the folder and the installation's key where they are not there yet, and takes the key.</summary>
    /// <returns>The key, which lives as long as this.</returns>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="KeyFileException">The key file is no private key, or others may read it.</exception>
    public SigningKey MakeKey()
    {
        MakeFolder(System.IO.Path.GetFullPath(path));
        CheckMount();
        return _key ??= InstallationKey.ReadOrMake(disk, path);
    }

    /// <summary>
    /// Takes the ledger that the caller had before, or else any that is free, or begins one. The first time it takes the
    /// installation's key too, or makes it.
    /// </summary>
    /// <param name="view">What knows how much of each ledger was exported and acknowledged.</param>
    /// <param name="before">The folder of the ledger that the caller had before; null for none.</param>
    /// <param name="at">When the process took it, for its start receipt (UTC, whole seconds).</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="KeyFileException">The key file is no private key, or others may read it.</exception>
    /// <exception cref="ReceiptsDamageException">A ledger changed while it was read.</exception>
    public OpenedLedger TakeLedger(NodeView view, string? before, DateTimeOffset at)
    {
        var key = MakeKey();
        var taken = Take(ContinuityBy(view), before, key, at);
        try
        {
            var scan = taken.Past ?? LedgerScan.ReadTail(disk, taken.Writer.Folder)!;
            return new OpenedLedger
            {
                Writer = taken.Writer,
                Readings = view.Read(scan, taken.Writer.Ledger, CarriedOver(view, scan)),
                Start = taken.Past is { } past ? new StartReceipt { At = at, Clean = past.EndsWithStop ? 1 : 0 } : null,
                Damage = taken.Damaged is [{ Damage: { } damage }, ..] ? damage.Message : null,
            };
        }
        catch
        {
            // Else this process would hold the lock of a ledger that it does not write.
            taken.Writer.Dispose();
            throw;
        }
    }

    /// <summary>Whether the vendor has, by a reply, what a ledger does not hold; false too where it cannot be read now.</summary>
    public bool HasLost(NodeView view, string ledgerFolder)
    {
        try
        {
            return LedgerScan.ReadTail(disk, ledgerFolder) is { Key: not null } scan && ContinuityBy(view).Lost(disk, scan) is not null;
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            return false;
        }
    }

    /// <summary>Applies a time reset that is due to a ledger that nobody has at this moment.</summary>
    /// <param name="view">What knows the time resets, and what the vendor has.</param>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="wall">The wall clock (UTC, whole seconds).</param>
    public void TakeReset(NodeView view, string ledger, DateTimeOffset wall)
    {
        if (_key is not null)
            view.Resets.TakeInto(ledger, _key, ContinuityBy(view), wall);
    }

    /// <summary>Removes from ledgers what the vendor has and is older; as far as the disk lets it, and the rest another time.</summary>
    /// <param name="view">What knows the replies.</param>
    /// <param name="before">Receipts from then on stay; null for all.</param>
    /// <param name="ledger">From which ledger, by its name; null for all.</param>
    public void Prune(NodeView view, DateTimeOffset? before, string? ledger = null)
    {
        if (before is not { } until)
            return;
        try
        {
            var pruning = new LedgerPruning(disk, ContinuityBy(view));
            foreach (var folder in LedgerFolder.List(disk, path))
            {
                if (ledger is null || System.IO.Path.GetFileName(folder) == InstallationName.LedgerPartOf(ledger))
                    pruning.Prune(folder, until, isRehearsal: false);
            }
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            // Room on a disk is worth no trouble; whatever is wrong with it, appending tells.
        }
    }

    /// <summary>What a ledger has from a receipt on, whoever holds it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="ReceiptsDamageException">It changed while it was read.</exception>
    public IReadOnlyList<Receipt> ReceiptsFrom(string ledgerFolder, long seq) =>
        [.. LedgerScan.ReadTail(disk, ledgerFolder)?.Receipts(disk, seq).Select(entry => entry.Receipt) ?? []];

    /// <summary>The kept copies. One that was damaged does not verify, and is as good as none.</summary>
    public IReadOnlyList<LicenseCandidate> KeptLicenses(Trust trust)
    {
        try
        {
            var folder = System.IO.Path.Combine(path, LicensesFolder);
            return [.. disk.List(folder)
                .Where(file => file.EndsWith(KeptEnding, StringComparison.Ordinal))
                .Select(file => LicenseFile.Open(disk, System.IO.Path.Combine(folder, file), trust, isKept: true))
                .Where(candidate => candidate.Signed is not null)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Keeps a copy of a license, durably, before any receipt names it; false if the disk refuses.</summary>
    public bool TryKeep(LicenseCandidate active) => TryPut(LicensesFolder, active.Signed!.License.Id + KeptEnding, active.Bytes.Span);

    /// <summary>The bytes of the kept replies, one for each licensee at most.</summary>
    public IReadOnlyList<byte[]> KeptReplies() => Kept(RepliesFolder, ReplyEnding, LicenseFolder.MostReplies, Limits.ReplyBytes);

    /// <summary>The bytes of the kept trust documents: all versions that were taken, since the roots of one sign the next.</summary>
    public IReadOnlyList<byte[]> KeptTrust() => Kept(TrustFolder, TrustEnding, LicenseFolder.MostTrustDocuments, Limits.DocumentBytes);

    /// <summary>Keeps a trust document, durably, before any receipt names it; false if the disk refuses.</summary>
    public bool TryKeepTrust(TakenTrust taken) => TryPut(TrustFolder, FileFor(taken.Document), taken.File.Span);

    /// <summary>The name of a trust document's file, by which versions sort.</summary>
    public static string FileFor(TrustDocument document) => FileFor(document.Version);

    /// <inheritdoc cref="FileFor(TrustDocument)"/>
    public static string FileFor(long version) => $"trust-{ExactText.FormatNumber(version).PadLeft(6, '0')}{TrustEnding}";

    /// <summary>Keeps the reply to a licensee, durably, before any receipt names it; false if the disk refuses.</summary>
    public bool TryKeepReply(string licensee, ReadOnlySpan<byte> reply) => TryPut(RepliesFolder, FileFor(licensee), reply);

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _key?.Dispose();

    private IReadOnlyList<byte[]> Kept(string below, string ending, int most, int maxBytes)
    {
        try
        {
            var folder = System.IO.Path.Combine(path, below);
            return [.. disk.List(folder).Where(name => name.EndsWith(ending, StringComparison.Ordinal)).TakeLast(most)
                .Select(name => KeptFile(System.IO.Path.Combine(folder, name), maxBytes)).OfType<byte[]>()];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private byte[]? KeptFile(string file, int maxBytes)
    {
        try
        {
            return BoundedFile.Read(disk, file, maxBytes);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // A licensee's name may hold what no file's name can.
    private static string FileFor(string licensee) =>
        Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(licensee)).AsSpan(0, 10)) + ReplyEnding;

    private LedgerContinuity ContinuityBy(NodeView view) => new(machine?.Value, view.Replies.Of);

    private LedgerTaken Take(LedgerContinuity continuity, string? before, SigningKey key, DateTimeOffset at)
    {
        // Another ledger would leave the one it had with no stop, and the next process with an interval to make up for.
        var again = before is null ? null : LedgerWriter.Open(disk, before, key, continuity);
        if (again is LedgerOpening.Opened opened)
            return new LedgerTaken { Writer = opened.Writer, Past = opened.Past, Damaged = [] };

        // This process goes over with all that it has in memory, so nothing is lost between the two.
        return again is LedgerOpening.Lost lost
            && LedgerFolder.Follow(disk, path, key, continuity, lost.Past, at, isClean: true) is { } followed
                ? followed
                : LedgerFolder.TakeOrBegin(disk, path, key, continuity, at);
    }

    /// <summary>
    /// What a ledger goes on from that follows another: also at a later start, as long as no use in it says so itself. One
    /// that says it follows one that follows it goes on from nothing.
    /// </summary>
    private LedgerReadings? CarriedOver(NodeView view, LedgerScan scan, int depth = 0)
    {
        if (depth == MostFollowed || scan.Begun(disk) is not { Follows.Length: > 0 } start)
            return null;
        var folder = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(scan.Folder)!, InstallationName.LedgerPartOf(start.Follows));
        return LedgerScan.ReadTail(disk, folder) is { } followed
            ? view.Read(followed, start.Follows, CarriedOver(view, followed, depth + 1), start.FollowsSize)
            : null;
    }

    // Before anything is written: what two machines write side by side without knowing of each other is lost or forked.
    private void CheckMount()
    {
        if (disk.MountOf(path) is not { IsShared: true } mount)
            return;
        if (mount.WhyNot(Environment.OSVersion.Version) is { } refusal)
            throw new LedgerDiskException("keep receipts in", path, refusal.Reason) { Mend = refusal.Mend };

        // Where there are no locks this throws, before a ledger is begun: each attempt would leave its empty folder.
        var probe = System.IO.Path.Combine(path, LockProbe);
        disk.TryLock(probe, out _)?.Dispose();
        disk.Delete(probe);
    }

    // A folder is there after a power cut only when the one that it stands in was synced, and nothing is put into it before.
    // So one that is there with nothing in it may have been made by a process that was killed, or refused, before it synced.
    private void MakeFolder(string folder)
    {
        var isThere = disk.FolderExists(folder);
        if ((isThere && IsInUse(folder)) || System.IO.Path.GetDirectoryName(folder) is not { } parent)
            return;
        MakeFolder(parent);
        disk.CreateFolder(folder);
        try
        {
            disk.SyncFolder(parent);
        }
        catch (LedgerDiskException refused) when (isThere && refused.What == LedgerDisk.OpeningToSync)
        {
            // Whoever may not even read the folder above did not make this one in it.
        }
    }

    // The file of cores is put into the state folder whether or not receipts can be.
    private bool IsInUse(string folder) => folder == System.IO.Path.GetFullPath(path)
        ? disk.List(folder).Contains(InstallationKey.FileName)
        : disk.List(folder).Count > 0;

    private string? NameOfKeyFile()
    {
        try
        {
            using var key = InstallationKey.Read(disk, path);
            return key.VerifierKey.Name;
        }
        catch (Exception e) when (e is IOException or KeyFileException)
        {
            return null;
        }
    }

    private string? NameOfLedger()
    {
        try
        {
            return LedgerFolder.List(disk, path)
                .Select(folder => LedgerScan.ReadTail(disk, folder)?.Key)
                .Where(key => key is not null)
                .Select(key => InstallationName.InstallationOf(key!.Name))
                .FirstOrDefault();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private bool TryPut(string below, string file, ReadOnlySpan<byte> content)
    {
        try
        {
            var folder = System.IO.Path.Combine(path, below);
            MakeFolder(System.IO.Path.GetFullPath(folder));
            DurableFile.Put(disk, System.IO.Path.Combine(folder, file), content);
            return true;
        }
        catch (LedgerDiskException)
        {
            return false;
        }
    }
}
