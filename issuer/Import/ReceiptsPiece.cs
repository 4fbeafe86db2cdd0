using System.Buffers;
using OfflineLicense.Issuer.Packing;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Receipts of one ledger that follow one another, their exact lines packed, and the tree left of them: enough to
/// go on hashing from there. Immutable; the arrays are not to be changed.
/// </summary>
internal sealed record ReceiptsPiece
{
    private const int UsualLineBytes = 360;

    /// <summary>The <c>seq</c> of its first receipt.</summary>
    public required long Start { get; init; }

    /// <summary>The first <c>seq</c> after it.</summary>
    public required long End { get; init; }

    /// <summary>The full subtrees' roots left of <see cref="Start"/>, as a file's head has them.</summary>
    public required byte[] Frontier { get; init; }

    /// <summary>The lines, as <see cref="PackedLines"/> has them.</summary>
    public required byte[] Lines { get; init; }

    /// <summary>
    /// The signed checkpoint that the file had at its end, byte for byte. Null where the file went on: then a later
    /// piece's covers it.
    /// </summary>
    public byte[]? Checkpoint { get; init; }

    /// <summary>The tree left of the piece, to go on with.</summary>
    internal MerkleTree Tree() => MerkleTree.Resume(Start, Frontier);

    /// <summary>The lines as they were, each with its newline.</summary>
    /// <exception cref="RegistryException">They were changed in the registry.</exception>
    internal ReadOnlyMemory<byte> Text()
    {
        var text = new ArrayBufferWriter<byte>((int)Math.Min(UsualLineBytes * (End - Start), PackedLines.MostBytes));
        try
        {
            PackedLines.Unpack(Lines, text);
            return text.WrittenSpan.Count((byte)'\n') == End - Start ? text.WrittenMemory : throw new InvalidDataException("there are more or fewer lines");
        }
        catch (InvalidDataException damaged)
        {
            throw new RegistryException(Invariant($"the registry is damaged; restore it from a backup: receipts {Start} to {End - 1} of a ledger cannot be read: {damaged.Message}"), damaged);
        }
    }

    /// <summary>The lines one by one, without newlines.</summary>
    /// <inheritdoc cref="Text"/>
    internal IEnumerable<ReadOnlyMemory<byte>> LineByLine()
    {
        for (var rest = Text(); !rest.IsEmpty;)
        {
            var length = rest.Span.IndexOf((byte)'\n');
            yield return rest[..length];
            rest = rest[(length + 1)..];
        }
    }
}

/// <summary>Cuts the receipts of a file into pieces while they are read. Not thread-safe.</summary>
internal sealed class PieceWriter
{
    private readonly List<ReceiptsPiece> _pieces = [];
    private readonly LinePacker _packer;
    private long _start;
    private byte[] _frontier;

    /// <param name="tree">The tree left of the first receipt.</param>
    /// <param name="packer">What is in it, of a ledger that turned out to be damaged, is dropped.</param>
    internal PieceWriter(MerkleTree tree, LinePacker packer)
    {
        packer.Clear();
        (_start, _frontier, _packer) = (tree.Size, tree.Frontier.ToArray(), packer);
    }

    /// <param name="entry">The next receipt.</param>
    /// <param name="tree">The tree, the receipt included.</param>
    internal void Add(ReceiptEntry entry, MerkleTree tree)
    {
        _packer.Add(entry.Line.Span, entry.Receipt);
        if (_packer.LineBytes >= PackedLines.FullAtBytes)
            Cut(tree, checkpoint: null);
    }

    /// <summary>Ends with the checkpoint that signs all of it.</summary>
    /// <param name="tree">The tree that it signs.</param>
    /// <param name="checkpoint">The signed note.</param>
    /// <returns>At least one piece, unless nothing was added.</returns>
    internal IReadOnlyList<ReceiptsPiece> Close(MerkleTree tree, byte[] checkpoint)
    {
        if (_packer.LineBytes > 0)
            Cut(tree, checkpoint);
        else if (_pieces.Count > 0)
            _pieces[^1] = _pieces[^1] with { Checkpoint = checkpoint };
        return _pieces;
    }

    private void Cut(MerkleTree tree, byte[]? checkpoint)
    {
        _pieces.Add(new ReceiptsPiece
        {
            Start = _start,
            End = tree.Size,
            Frontier = _frontier,
            Lines = _packer.Close(),
            Checkpoint = checkpoint,
        });
        (_start, _frontier) = (tree.Size, tree.Frontier.ToArray());
    }
}
