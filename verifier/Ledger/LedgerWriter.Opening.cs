using System.Security.Cryptography;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <content>How a ledger is begun, and how it is taken up again.</content>
internal sealed partial class LedgerWriter
{
    /// <summary>
    /// Begins a ledger, under a name that is drawn for it, with its start receipt. It is in its place whole, or not at all.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="ledgersFolder">The state folder's folder of ledgers.</param>
    /// <param name="installationKey">The installation's key; the caller keeps it.</param>
    /// <param name="at">The start receipt's time; UTC, whole seconds.</param>
    /// <param name="follows">The ledger that it carries on, if any.</param>
    /// <param name="continuity">Whose machine's it is; null for any.</param>
    /// <param name="drawnName">10 bytes, for tests that need the same name again; else they are drawn.</param>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static LedgerWriter Begin(
        LedgerDisk disk, string ledgersFolder, SigningKey installationKey, DateTimeOffset at,
        LedgerFollows? follows = null, LedgerContinuity? continuity = null, ReadOnlySpan<byte> drawnName = default)
    {
        var name = InstallationName.OfLedger(
            InstallationName.Of(installationKey.VerifierKey.PublicKey),
            drawnName.IsEmpty ? RandomNumberGenerator.GetBytes(InstallationName.LedgerRandomBytes) : drawnName);
        var folder = Path.Combine(ledgersFolder, InstallationName.LedgerPartOf(name));
        disk.CreateFolder(folder);
        disk.SyncFolder(ledgersFolder);
        var held = disk.TryLock(Path.Combine(folder, LockName), out var holder)
            ?? throw new LedgerDiskException("lock", folder, $"it was only just made, and {holder} has it");
        var key = installationKey.WithName(name);
        try
        {
            if (disk.List(folder).Any(LedgerSegment.IsSegment))
                throw new LedgerDiskException("begin a ledger in", folder, "there is one");
            continuity?.Mark(disk, folder, name);
            var tree = new MerkleTree();
            var group = new LedgerGroup(first: 0);
            group.Add(LedgerFollows.Start(follows, at));
            var head = LedgerHead.After(tree, key.VerifierKey);
            var segment = NewestSegment.Begin(disk, folder, head, group.Seal(tree, key));
            var tally = new LedgerTally();
            tally.Add(group.Receipts[0]);
            return new LedgerWriter(disk, folder, segment, held, key, tree, tally);
        }
        catch
        {
            key.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a ledger that was begun, if nobody has it. What a crash left of an append that never returned is cut; where
    /// anything else is wrong nothing is touched. The newest segment is copied to a new file before it is appended to,
    /// since what was read of it may never have reached the disk.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="installationKey">The installation's key; the caller keeps it.</param>
    /// <param name="continuity">Which ledgers may be gone on with; null for any.</param>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static LedgerOpening Open(LedgerDisk disk, string folder, SigningKey installationKey, LedgerContinuity? continuity = null)
    {
        continuity ??= LedgerContinuity.Any;
        if (continuity.IsElsewhere(disk, folder, LedgerFolder.NameOf(folder, installationKey)))
            return new LedgerOpening.Elsewhere(folder);

        // Another process may be about to begin it: to lock it, if only to look, would keep that one out.
        if (!disk.List(folder).Any(LedgerSegment.IsSegment))
            return new LedgerOpening.NotBegun(folder);
        if (disk.TryLock(Path.Combine(folder, LockName), out var holder) is not { } held)
            return new LedgerOpening.Held(folder, holder);
        SigningKey? key = null;
        try
        {
            var scan = LedgerScan.ReadTail(disk, folder);
            LedgerOpening? refusal = scan switch
            {
                null => new LedgerOpening.NotBegun(folder),
                { Damage: not null } => new LedgerOpening.Damaged(scan),
                { Key: { } other } when !other.PublicKey.SequenceEqual(installationKey.VerifierKey.PublicKey) =>
                    new LedgerOpening.Foreign(scan),
                _ => Compared(disk, scan, continuity),
            };
            if (refusal is not null)
            {
                held.Dispose();
                return refusal;
            }

            key = installationKey.WithName(scan!.Key!.Name);
            continuity.Mark(disk, folder, scan.Key.Name);
            var tally = LedgerTally.Of(disk, scan);
            var segment = NewestSegment.TakeUp(disk, scan.Segments[^1]);
            return new LedgerOpening.Opened(new LedgerWriter(disk, folder, segment, held, key, scan.Tree(), tally), scan);
        }
        catch
        {
            key?.Dispose();
            held.Dispose();
            throw;
        }
    }

    // Null when the ledger may be gone on with. To compare, a closed segment may have to be read, and found to be damaged.
    private static LedgerOpening? Compared(LedgerDisk disk, LedgerScan scan, LedgerContinuity continuity)
    {
        try
        {
            return continuity.Lost(disk, scan) is null ? null : new LedgerOpening.Lost(scan);
        }
        catch (ReceiptsDamageException damage)
        {
            return new LedgerOpening.Damaged(scan with { Damage = damage });
        }
    }
}
