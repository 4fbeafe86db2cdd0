using System.Buffers.Binary;
using System.Text;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Reads a ledger's folder once, and tells a torn tail from damage. An append is one write and one sync, and after a
/// failed one the writer stops; so what a crash can leave is part of one append, at the very end: any of its sectors, in
/// any order, with zeros for those that the system did not write before the file was longer already. A tail that holds a whole
/// signature line of this ledger and no such hole was written to its end: for all that one can know it was durable, so when it
/// does not verify, that is damage. With a hole, it is one append that never returned if its signature line ends the file, and
/// no other stands before it.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The ledger's folder.</param>
/// <param name="names">What is in it.</param>
/// <param name="summary">What the segments before the one that reading begins with come to; null to read all.</param>
internal sealed class LedgerScanner(LedgerDisk disk, string folder, IReadOnlyList<string> names, LedgerSummary? summary = null)
{
    private const int SignatureBytes = 64;

    // What disks write whole or not at all: the least that is in use.
    private const int SectorBytes = 512;

    private readonly List<LedgerSegment> _segments = [];
    private readonly List<Receipt> _newest = [];
    private VerifierKey? _key = summary?.Key;
    private ReceiptsSeal? _seal;
    private MerkleTree _tree = summary?.Tree() ?? new MerkleTree();
    private MerkleTree? _begin;
    private long _tornBytes;
    private bool _isPruned;

    /// <summary>Whether segments before the first that is named are left out, because of what is wrong with them.</summary>
    internal bool IsRest { get; init; }

    /// <summary>Whether <see cref="LedgerScan.Newest"/> is wanted.</summary>
    internal bool KeepsNewest { get; init; }

    /// <summary>Reads the ledger; as <see cref="LedgerScan.Read"/>.</summary>
    internal LedgerScan? Scan()
    {
        var paths = names.Where(LedgerSegment.IsSegment).Select(name => Path.Combine(folder, name)).ToList();
        if (paths.Count == 0)
            return null;
        var index = 0;
        for (var start = LedgerSegment.StartOf(paths[0]); start < summary?.Size; index++)
        {
            var next = LedgerSegment.StartOf(paths[index + 1]);
            _segments.Add(new LedgerSegment(paths[index], start, next, LedgerSegment.NotRead));
            start = next;
        }

        var missing = summary is null ? CheckBegin(paths[0]) : null;
        ReceiptsDamageException? damage = null;
        for (; index < paths.Count && damage is null; index++)
            damage = ReadSegment(paths[index], isNewest: index == paths.Count - 1);
        return new LedgerScan
        {
            Folder = folder,
            Key = _key,
            Seal = _seal,
            Frontier = _tree.Frontier.ToArray(),
            Segments = _segments,
            BeginFrontier = _begin?.Frontier.ToArray() ?? [],
            Summary = summary,
            Newest = _newest,
            Damage = missing ?? damage,
            TornBytes = _tornBytes,
        };
    }

    private ReceiptsDamageException? ReadSegment(string path, bool isNewest)
    {
        using var file = disk.OpenRead(path);
        var length = file.Length;
        var damage = Walk(file, path, length, isEvery: false, out var good);
        if (damage is not null && isNewest && good is not null && IsTorn(file, path, damage, good, length))
        {
            _tornBytes = length - good.Bytes;
            damage = null;
        }

        // The last checkpoint before the damage does not hold: find the last one that does.
        if (damage is not null && good is null)
            damage = Walk(file, path, length, isEvery: true, out good) ?? damage;
        if (good is not null)
        {
            _segments.Add(new LedgerSegment(path, LedgerSegment.StartOf(path), good.Tree.Size, good.Bytes));
            (_seal, _tree) = (good.Seal ?? _seal, good.Tree);
        }

        // What comes after the last good checkpoint was told before anybody knew.
        _newest.RemoveAll(receipt => good is null || receipt.Seq >= good.Tree.Size);

        return damage;
    }

    // Walks over a segment, and tells how far it is good, or null when that is not known yet.
    private ReceiptsDamageException? Walk(
        Stream file, string path, long length, bool isEvery, out GoodPart? good)
    {
        good = null;
        file.Position = 0;
        _newest.Clear();
        using var reader = new ReceiptsReader(file, path, ReceiptsReading.OnDisk, length);
        try
        {
            var head = reader.NextLedger()!;
            CheckHead(head, path);
            var headAlone = head.Start == 0 ? null : new GoodPart(null, head.Tree(), reader.Position);

            good = GoodPart.Find(reader, isEvery, headAlone, KeepsNewest ? _newest.Add : null, out var damage);
            if (damage is not null)
                return damage;
            if (good is null)
                throw new ReceiptsDamageException(path, 1, "the first checkpoint is missing, which is put in place with the head");
            return reader.NextLedger() is null
                ? null
                : throw new ReceiptsDamageException(path, 1, "a segment holds one ledger, not two");
        }
        catch (ReceiptsDamageException damage)
        {
            return damage;
        }
    }

    // Segments that were pruned are in a summary. Without one nobody knows what was in them; what is left is read all the same.
    private ReceiptsDamageException? CheckBegin(string oldest)
    {
        var start = LedgerSegment.StartOf(oldest);
        if (start == 0)
            return null;
        _isPruned = true;
        return IsRest || LedgerSummary.Read(disk, folder, names) is { } covering && covering.Size >= start
            ? null
            : new ReceiptsDamageException(oldest, 3, Invariant($"the segments before receipt {start} are missing, and no summary says what was in them"));
    }

    private void CheckHead(LedgerHead head, string path)
    {
        if (!Path.GetFileName(folder).Equals(InstallationName.LedgerPartOf(head.Ledger), StringComparison.Ordinal))
        {
            throw new ReceiptsDamageException(
                path, 2, $"the ledger in this folder is {head.Ledger}: the folder was renamed from {InstallationName.LedgerPartOf(head.Ledger)}, or copied",
                "a ledger's folder is not to be copied or renamed");
        }

        if (_key is not null && !_key.Equals(head.Key))
            throw new ReceiptsDamageException(path, 2, "the segment before is of another ledger");
        if (_isPruned && _begin is null)
            _tree = head.Tree();
        if (head.Start != _tree.Size || LedgerSegment.StartOf(path) != head.Start
            || !head.Hashes.Span.SequenceEqual(_tree.Frontier))
        {
            throw new ReceiptsDamageException(
                path, 3, Invariant($"the segment does not go on where the one before ends, at {_tree.Size}"));
        }

        _key = head.Key;
        _begin ??= head.Tree();
    }

    private bool IsTorn(Stream file, string path, ReceiptsDamageException damage, GoodPart good, long length)
    {
        var hasHole = HasHole(file, good.Bytes, length);
        if (!damage.IsCutOff && !hasHole)
            return false;
        file.Position = good.Bytes;
        using var tail = new ReceiptsSource(file, path, mayBeGzipped: false, length - good.Bytes);
        var signedAt = new List<long>();
        while (true)
        {
            try
            {
                if (!tail.Read())
                    return signedAt.Count == 0 || (hasHole && signedAt.Count == 1 && signedAt[0] == length - good.Bytes);
                if (IsSignatureLine(tail.Line.Span))
                    signedAt.Add(tail.Position);
            }
            catch (ReceiptsDamageException)
            {
                // A line that is too long, or the last one, cut off: no signature line.
            }
        }
    }

    // Whether sectors of the tail are zeros from their beginning, or the tail's, to their end, or the file's.
    private static bool HasHole(Stream file, long from, long length)
    {
        file.Position = from;
        var buffer = new byte[SectorBytes];
        while (from < length)
        {
            var sector = buffer.AsSpan(0, (int)(Math.Min(length, (from / SectorBytes + 1) * SectorBytes) - from));
            file.ReadExactly(sector);
            if (!sector.ContainsAnyExcept((byte)0))
                return true;
            from += sector.Length;
        }

        return false;
    }

    private bool IsSignatureLine(ReadOnlySpan<byte> line)
    {
        var begin = Encoding.UTF8.GetBytes($"— {_key!.Name} ");
        Span<byte> signature = stackalloc byte[sizeof(uint) + SignatureBytes];
        return line.StartsWith(begin) && ExactText.TryParseBase64(line[begin.Length..], signature)
            && BinaryPrimitives.ReadUInt32BigEndian(signature) == _key.Id;
    }
}
