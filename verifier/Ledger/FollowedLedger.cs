using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// A ledger that another process writes, added up as far as it is signed. It is read from its summary on once, and from then
/// on where reading ended: of what was appended since, the last checkpoint's root and signature are verified over the tree that was
/// kept, which proves all receipts before it too. What comes after the last good checkpoint may be torn, or being written
/// at this moment; it is left alone, and looked at again. Where the file is not the one that was read (it is shorter,
/// another has its name, or the checkpoint where reading ended is not in its place), it is read from its summary on again.
/// <para>
/// So a byte that is changed in what was read before moves nothing here: this process goes on from what it read and verified.
/// Whoever reads the ledger whole finds it: the next process that starts, its own when that starts again, every export.
/// </para>
/// Not thread-safe.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The ledger's folder.</param>
/// <param name="begin">Gives empty readings for a ledger of this name.</param>
internal sealed class FollowedLedger(LedgerDisk disk, string folder, Func<string, LedgerReadings> begin)
{
    private readonly List<Receipt> _unverified = [];
    private ReadTo? _readTo;
    private (string? Segment, long Length) _seen;

    // Where reading ended, and all that it takes to go on there.
    private sealed record ReadTo(string Segment, VerifierKey Key, GoodPart Good);

    /// <summary>What the ledger says; null while nothing could be read.</summary>
    internal LedgerReadings? Readings { get; private set; }

    /// <summary>Reads what is new.</summary>
    /// <exception cref="IOException">It cannot be read now; the readings are as they were.</exception>
    /// <exception cref="ReceiptsDamageException">It changed while it was read; likewise.</exception>
    internal void Look()
    {
        if (disk.List(folder).LastOrDefault(LedgerSegment.IsSegment) is not { } newest)
            return;
        using var file = disk.OpenRead(Path.Combine(folder, newest));
        var length = file.Length;
        if (_readTo is { } readTo && readTo.Segment == newest && readTo.Good.Bytes <= length && IsInPlace(readTo.Good, file))
        {
            if (length > readTo.Good.Bytes)
                ReadOn(readTo, file, length);
        }
        else if (_readTo is not null || _seen != (newest, length))
        {
            ReadTail(newest);
        }

        _seen = (newest, length);
    }

    private void ReadTail(string newest)
    {
        if (LedgerScan.ReadTail(disk, folder) is not { } scan)
            return;
        var readings = begin(scan.Key?.Name ?? "");
        scan.AddTo(disk, readings);
        Readings = readings;
        _readTo = scan is { Key: { } key, Seal: { } seal, Segments: [.., var last] } && Path.GetFileName(last.Path) == newest
            && seal.EndPosition == last.GoodBytes
            ? new ReadTo(newest, key, new GoodPart(seal, scan.Tree(), last.GoodBytes))
            : null;
    }

    private void ReadOn(ReadTo end, Stream file, long length)
    {
        // Null when the last checkpoint does not hold: then the last one that does is looked for.
        var good = Find(end, file, length, isEvery: false)
            ?? Find(end, file, length, isEvery: true)!;
        foreach (var receipt in _unverified.Take((int)(good.Tree.Size - end.Good.Tree.Size)))
            Readings!.Add(receipt);
        _unverified.Clear();
        _readTo = end with { Good = good };
    }

    private GoodPart? Find(ReadTo end, Stream file, long length, bool isEvery)
    {
        _unverified.Clear();
        file.Position = end.Good.Bytes;
        using var reader = new ReceiptsReader(file, Path.Combine(folder, end.Segment), ReceiptsReading.OnDisk, length - end.Good.Bytes);
        reader.GoOn(end.Key, end.Good.Tree, end.Good.Bytes);
        return GoodPart.Find(reader, isEvery, end.Good, _unverified.Add, out _);
    }

    // A checkpoint names the root of all before it: in another history it does not stand here.
    private static bool IsInPlace(GoodPart good, Stream file)
    {
        var note = good.Seal!.Note;
        var there = new byte[note.Length];
        file.Position = good.Bytes - note.Length;
        return file.ReadAtLeast(there, there.Length, throwOnEndOfStream: false) == there.Length && there.AsSpan().SequenceEqual(note);
    }
}
