using System.Buffers;
using System.Security.Cryptography;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The one writer of a ledger; holds its lock. What <see cref="Append"/> was given is on the disk, signed, when it
/// returns. After a failed write or sync the writer has stopped for good, because what the system then says about the
/// file is not to be trusted: dispose of it and open the ledger anew. Thread-safe.
/// </summary>
internal sealed class LedgerWriter : IDisposable
{
    internal const string LockName = "lock";

    // Not a segment's name, so whatever a crash leaves of it is never read.
    private const string NewSuffix = ".new";

    private readonly Lock _gate = new();
    private readonly LedgerDisk _disk;
    private readonly string _segment;
    private readonly IDisposable _lock;
    private readonly SigningKey _key;
    private readonly LedgerFile _file;
    private readonly ArrayBufferWriter<byte> _group = new(4096);
    private MerkleTree _tree;
    private long _length;
    private Exception? _stoppedBy;

    private LedgerWriter(LedgerDisk disk, string segment, IDisposable held, SigningKey key, MerkleTree tree)
    {
        (_disk, _segment, _lock, _key, _tree) = (disk, segment, held, key, tree);
        _file = disk.OpenAppend(segment);
        _length = _file.Length;
    }

    /// <summary>The ledger's name.</summary>
    internal string Ledger => _key.VerifierKey.Name;

    /// <summary>The ledger's folder.</summary>
    internal string Folder => Path.GetDirectoryName(_segment)!;

    /// <summary>Whether a write or sync has failed, so that nothing more can be appended.</summary>
    internal bool IsStopped
    {
        get
        {
            lock (_gate)
                return _stoppedBy is not null;
        }
    }

    /// <summary>Receipts that are durable.</summary>
    internal long Size
    {
        get
        {
            lock (_gate)
                return _tree.Size;
        }
    }

    /// <summary>The root over them: 32 bytes.</summary>
    internal byte[] Root()
    {
        lock (_gate)
            return _tree.Root();
    }

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
            var content = new ArrayBufferWriter<byte>();
            content.Write(System.Text.Encoding.UTF8.GetBytes(LedgerHead.After(tree, key.VerifierKey).Print()));
            LedgerGroup.Print(content, tree, key, [LedgerFollows.Start(follows, at)]);
            var segment = Path.Combine(folder, LedgerSegment.FileName(0));
            PutInPlace(disk, segment, created => created.Append(content.WrittenSpan));
            return new LedgerWriter(disk, segment, held, key, tree);
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
            var scan = LedgerScan.Read(disk, folder);
            LedgerOpening? refusal = scan switch
            {
                null => new LedgerOpening.NotBegun(folder),
                { Damage: not null } => new LedgerOpening.Damaged(scan),
                { Key: { } other } when !other.PublicKey.SequenceEqual(installationKey.VerifierKey.PublicKey) =>
                    new LedgerOpening.Foreign(scan),
                _ => continuity.Lost(disk, scan) is null ? null : new LedgerOpening.Lost(scan),
            };
            if (refusal is not null)
            {
                held.Dispose();
                return refusal;
            }

            key = installationKey.WithName(scan!.Key!.Name);
            continuity.Mark(disk, folder, scan.Key.Name);
            var newest = scan.Segments[^1];
            PutInPlace(disk, newest.Path, created => CopyGoodPart(disk, newest, created));
            return new LedgerOpening.Opened(new LedgerWriter(disk, newest.Path, held, key, scan.Tree()), scan);
        }
        catch
        {
            key?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends receipts and a checkpoint that signs them, with one write and one sync, and returns when they are on the
    /// disk. Their <see cref="Receipt.Seq"/> is set here.
    /// </summary>
    /// <param name="receipts">One or more.</param>
    /// <returns>The <c>seq</c> of the first.</returns>
    /// <exception cref="ArgumentException">There are none, or one cannot be written; nothing has been.</exception>
    /// <exception cref="LedgerDiskException">Write or sync failed, now or before; the writer has stopped.</exception>
    internal long Append(params ReadOnlySpan<Receipt> receipts)
    {
        if (receipts.IsEmpty)
            throw new ArgumentException("a checkpoint signs at least one receipt more", nameof(receipts));
        lock (_gate)
        {
            if (_stoppedBy is not null)
            {
                throw new LedgerDiskException(
                    "append to", Folder, $"stopped since an earlier failure ({_stoppedBy.Message}); open the ledger anew", _stoppedBy);
            }

            var first = _tree.Size;
            var tree = _tree.Copy();
            _group.ResetWrittenCount();
            LedgerGroup.Print(_group, tree, _key, receipts);
            try
            {
                CheckThatNobodyElseWrites();
                _file.Append(_group.WrittenSpan);
                _file.Sync();
            }
            catch (Exception failed)
            {
                _stoppedBy = failed;
                throw;
            }

            _tree = tree;
            _length += _group.WrittenCount;
            return first;
        }
    }

    /// <summary>Lets go of the ledger. Writes nothing: a stop receipt is the caller's to append.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stoppedBy ??= new ObjectDisposedException(nameof(LedgerWriter));
            _file.Dispose();
            _key.Dispose();
            _lock.Dispose();
        }
    }

    // A lock may not have held: a server let it go after a silence, or the file system keeps locks to each machine. Whoever
    // else opened the ledger then has put a file of his own in its place, and what is appended to this one is lost.
    private void CheckThatNobodyElseWrites()
    {
        using var named = _disk.OpenRead(_segment);
        if (named.Length != _length)
        {
            throw new LedgerDiskException("append to", _segment, "another process writes it too, although it is locked")
            {
                Mend = "give each machine a state folder of its own, or keep it where locks (flock) reach all machines",
            };
        }
    }

    // The new file is whole and on the disk before it has the name, and the name is before anything is appended.
    private static void PutInPlace(LedgerDisk disk, string path, Action<LedgerFile> fill)
    {
        var folder = Path.GetDirectoryName(path)!;
        using (var created = disk.Create(path + NewSuffix))
        {
            fill(created);
            created.Sync();
        }

        disk.SyncFolder(folder);
        disk.Rename(path + NewSuffix, path);
        disk.SyncFolder(folder);
    }

    private static void CopyGoodPart(LedgerDisk disk, LedgerSegment segment, LedgerFile target)
    {
        using var source = disk.OpenRead(segment.Path);
        var buffer = new byte[64 * 1024];
        while (target.Length < segment.GoodBytes)
        {
            var count = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.GoodBytes - target.Length)));
            if (count == 0)
                throw new LedgerDiskException("copy", segment.Path, "it got shorter while it was read");
            target.Append(buffer.AsSpan(0, count));
        }
    }
}
