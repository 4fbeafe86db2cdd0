using System.Buffers;
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
    private const int CopyBytes = 64 * 1024;

    // A receipt has about as many bytes as a checkpoint with its signature: at so many a group, closing would save an eighth.
    private const int ReceiptsThatAreMany = 8;

    private readonly LedgerDisk _disk;
    private readonly string _path;
    private readonly long _start;
    private readonly LedgerFile _file;
    private long _groups;
    private long _length;

    private NewestSegment(LedgerDisk disk, string path, long start, long groups)
    {
        (_disk, _path, _start, _groups) = (disk, path, start, groups);
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
        DurableFile.Put(disk, path, content);
        return new NewestSegment(disk, path, head.Start, groups: 1);
    }

    /// <summary>
    /// Takes up one that was begun before. What was read of it may never have reached the disk: its good part is copied to a
    /// new file.
    /// </summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static NewestSegment TakeUp(LedgerDisk disk, LedgerSegment segment)
    {
        DurableFile.Put(disk, segment.Path, created => CopyGoodPart(disk, segment, created));

        // Nobody counted its groups: as many as there can be.
        return new NewestSegment(disk, segment.Path, segment.Start, groups: segment.Size - segment.Start);
    }

    /// <summary>Appends a group with one write and one sync. When it throws, the segment is not to be appended to any more.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses, or another process writes the file too.</exception>
    internal void Append(ReadOnlySpan<byte> group)
    {
        CheckThatNobodyElseWrites();
        _file.Append(group);
        _file.Sync();
        _length += group.Length;
        _groups++;
    }

    /// <summary>
    /// Begins the next segment with a group, and before that closes this one: its receipts come under one checkpoint, unless
    /// its groups are large and that would save little. Closed first: were it the other way round, a crash between the two
    /// would leave it twice as large as it need be, for ever.
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
        if ((_groups - 1) * ReceiptsThatAreMany > end.Size - _start)
            Close(end);
        return Begin(_disk, Path.GetDirectoryName(_path)!, LedgerHead.After(end, key), group);
    }

    public void Dispose() => _file.Dispose();

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

    private static void CopyGoodPart(LedgerDisk disk, LedgerSegment segment, LedgerFile target)
    {
        using var source = disk.OpenRead(segment.Path);
        var buffer = new byte[CopyBytes];
        while (target.Length < segment.GoodBytes)
        {
            var count = source.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.GoodBytes - target.Length)));
            if (count == 0)
                throw new LedgerDiskException("copy", segment.Path, "it got shorter while it was read");
            target.Append(buffer.AsSpan(0, count));
        }
    }

    // The same lines under the same head and the last checkpoint; of what was written, so damage is not signed over.
    private void Close(MerkleTree end)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)_length));
        try
        {
            if (!ReadsAsWritten(buffer, end))
                throw new LedgerDiskException("close", _path, "it does not hold what was written to it");
            var closed = MakeOneGroup(buffer.AsSpan(0, (int)_length));
            DurableFile.Put(_disk, _path, buffer.AsSpan(0, closed));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Its receipts lead from the hashes in its head to the root that was signed, and its last signature is good.
    private bool ReadsAsWritten(byte[] buffer, MerkleTree end)
    {
        var length = (int)_length;
        using (var source = _disk.OpenRead(_path))
        {
            if (source.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
                return false;
        }

        try
        {
            using var reader = new ReceiptsReader(new MemoryStream(buffer, 0, length), _path, ReceiptsReading.OnDisk);
            reader.NextLedger();
            while (reader.NextReceipt() is not null)
            {
            }

            return reader.NextLedger() is null && reader.Tree.Root().AsSpan().SequenceEqual(end.Root());
        }
        catch (ReceiptsDamageException)
        {
            return false;
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
