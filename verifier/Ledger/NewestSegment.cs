using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The segment that a ledger's writer appends to, and how it comes into its place, is closed, and gives way to the next.
/// Every file gets its name whole, and only once it is on the disk, so whatever call is the last one before the power goes,
/// the newest segment is whole up to its last checkpoint. Not thread-safe.
/// </summary>
internal sealed class NewestSegment : IDisposable
{
    // Not a segment's name, so whatever a crash leaves of it is never read.
    private const string NewSuffix = ".new";
    private const int CopyBytes = 64 * 1024;

    private readonly LedgerDisk _disk;
    private readonly string _path;
    private readonly LedgerFile _file;

    // Of all that was written to it.
    private readonly IncrementalHash _hash;
    private long _length;

    private NewestSegment(LedgerDisk disk, string path, IncrementalHash hash)
    {
        (_disk, _path, _hash) = (disk, path, hash);
        _file = disk.OpenAppend(path);
        _length = _file.Length;
    }

    /// <summary>Whether it is large enough to be closed: what comes next begins the next one.</summary>
    internal bool IsFull => _length >= _disk.SegmentBytes;

    /// <summary>Begins a segment with its first group. It is in its place with both, or not at all.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="head">Where in the ledger it starts.</param>
    /// <param name="group">The group's text.</param>
    /// <exception cref="LedgerDiskException">The disk refuses; it may be in its place all the same.</exception>
    internal static NewestSegment Begin(LedgerDisk disk, string folder, LedgerHead head, ReadOnlySpan<byte> group)
    {
        var path = Path.Combine(folder, LedgerSegment.FileName(head.Start));
        byte[] content = [.. Encoding.UTF8.GetBytes(head.Print()), .. group];
        PutInPlace(disk, path, created => created.Append(content));
        var hash = NewHash();
        hash.AppendData(content);
        return new NewestSegment(disk, path, hash);
    }

    /// <summary>
    /// Takes up one that was begun before. What was read of it may never have reached the disk: its good part is copied to a
    /// new file.
    /// </summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static NewestSegment TakeUp(LedgerDisk disk, LedgerSegment segment)
    {
        var hash = NewHash();
        PutInPlace(disk, segment.Path, created => CopyGoodPart(disk, segment, created, hash));
        return new NewestSegment(disk, segment.Path, hash);
    }

    /// <summary>Appends a group with one write and one sync. When it throws, the segment is not to be appended to any more.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses, or another process writes the file too.</exception>
    internal void Append(ReadOnlySpan<byte> group)
    {
        CheckThatNobodyElseWrites();
        _file.Append(group);
        _file.Sync();
        _hash.AppendData(group);
        _length += group.Length;
    }

    /// <summary>
    /// Closes the segment and begins the next with a group. Closed first: were it the other way round, a crash between the
    /// two would leave a closed one with more than one group.
    /// </summary>
    /// <param name="end">The tree over all receipts of the ledger up to here.</param>
    /// <param name="key">The ledger's key.</param>
    /// <param name="group">The next one's first group.</param>
    /// <returns>The next one. This one is to be disposed of.</returns>
    /// <exception cref="LedgerDiskException">The disk refuses, or what this one holds is no longer what was written to it.</exception>
    internal NewestSegment Roll(MerkleTree end, VerifierKey key, ReadOnlySpan<byte> group)
    {
        CheckThatNobodyElseWrites();

        // Windows replaces no file that is open.
        _file.Dispose();
        PutInPlace(_disk, _path, CopyAsOneGroup);
        return Begin(_disk, Path.GetDirectoryName(_path)!, LedgerHead.After(end, key), group);
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private static IncrementalHash NewHash() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // A lock may not have held: a server let it go after a silence, or the file system keeps locks to each machine. Whoever
    // else opened the ledger then has put a file of his own in its place, and what is appended to this one is lost.
    private void CheckThatNobodyElseWrites()
    {
        if (_disk.LengthOf(_path) != _length)
        {
            throw new LedgerDiskException("append to", _path, "another process writes it too, although it is locked")
            {
                Mend = "give each machine a state folder of its own, or keep it where locks (flock) reach all machines",
            };
        }
    }

    // The new file is whole and on the disk before it has the name, and the name is before anything is appended.
    private static void PutInPlace(LedgerDisk disk, string path, Action<LedgerFile> fill)
    {
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            using (var created = disk.Create(path + NewSuffix))
            {
                fill(created);
                created.Sync();
            }

            disk.SyncFolder(folder);
            disk.Rename(path + NewSuffix, path);
        }
        catch (LedgerDiskException)
        {
            // On a full disk what is left of it takes the room that the next attempt needs.
            DurableFile.Remove(disk, path + NewSuffix);
            throw;
        }

        disk.SyncFolder(folder);
    }

    private static void CopyGoodPart(LedgerDisk disk, LedgerSegment segment, LedgerFile target, IncrementalHash hash)
    {
        using var source = disk.OpenRead(segment.Path);
        var buffer = new byte[CopyBytes];
        while (target.Length < segment.GoodBytes)
        {
            var count = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.GoodBytes - target.Length)));
            if (count == 0)
                throw new LedgerDiskException("copy", segment.Path, "it got shorter while it was read");
            target.Append(buffer.AsSpan(0, count));
            hash.AppendData(buffer.AsSpan(0, count));
        }
    }

    // The same lines under the same head and the last checkpoint; of what was written, byte for byte, so damage is not signed over.
    private void CopyAsOneGroup(LedgerFile closed)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)_length));
        try
        {
            var written = buffer.AsSpan(0, (int)_length);
            using (var source = _disk.OpenRead(_path))
            {
                if (source.ReadAtLeast(written, written.Length, throwOnEndOfStream: false) < written.Length
                    || !SHA256.HashData(written).AsSpan().SequenceEqual(_hash.GetCurrentHash()))
                {
                    throw new LedgerDiskException("close", _path, "it does not hold what was written to it");
                }
            }

            closed.Append(written[..MakeOneGroup(written)]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // In place, since what is left out makes room for what comes after it.
    private static int MakeOneGroup(Span<byte> file)
    {
        var read = EndOfBlock(file, 0);
        for (var kept = read; ;)
        {
            var checkpoint = EndOfBlock(file, read);
            var receipts = file[read..(checkpoint - 1)];
            receipts.CopyTo(file[kept..]);
            kept += receipts.Length;
            read = EndOfBlock(file, EndOfBlock(file, checkpoint));
            if (read < file.Length)
                continue;
            var seal = file[(checkpoint - 1)..];
            seal.CopyTo(file[kept..]);
            return kept + seal.Length;
        }
    }

    // Blank lines end a head, and in each group the receipts, the checkpoint and the signature line. Behind that blank line.
    private static int EndOfBlock(ReadOnlySpan<byte> file, int begin) =>
        file[begin..].IndexOf("\n\n"u8) is var end and >= 0 ? begin + end + 2 : file.Length;
}
