using System.IO.Compression;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Receipts of one ledger that follow one another, their exact lines compressed, and the tree left of them: enough to
/// go on hashing from there. Immutable; the arrays are not to be changed.
/// </summary>
internal sealed record ReceiptsPiece
{
    /// <summary>Bytes of lines at which a piece is closed: some 4,000 receipts, so that any root is 4 ms away.</summary>
    internal const int CloseAtBytes = 1024 * 1024;

    /// <summary>The <c>seq</c> of its first receipt.</summary>
    public required long Start { get; init; }

    /// <summary>The first <c>seq</c> after it.</summary>
    public required long End { get; init; }

    /// <summary>The full subtrees' roots left of <see cref="Start"/>, as a file's head has them.</summary>
    public required byte[] Frontier { get; init; }

    /// <summary>The lines, each with its newline, deflated.</summary>
    public required byte[] Lines { get; init; }

    /// <summary>
    /// The signed checkpoint that the file had at its end, byte for byte. Null where the file went on: then a later
    /// piece's covers it.
    /// </summary>
    public byte[]? Checkpoint { get; init; }

    /// <summary>The tree left of the piece, to go on with.</summary>
    internal MerkleTree Tree() => MerkleTree.Resume(Start, Frontier);

    /// <summary>The lines as they were, each with its newline.</summary>
    internal byte[] Text()
    {
        using var deflated = new DeflateStream(new MemoryStream(Lines), CompressionMode.Decompress);
        using var text = new MemoryStream();
        deflated.CopyTo(text);
        return text.ToArray();
    }

    /// <summary>The lines one by one, without newlines.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> LineByLine()
    {
        for (ReadOnlyMemory<byte> rest = Text(); !rest.IsEmpty;)
        {
            var length = rest.Span.IndexOf((byte)'\n');
            yield return rest[..length];
            rest = rest[(length + 1)..];
        }
    }
}

/// <summary>Cuts the receipts of a file into pieces while they are read. Not thread-safe.</summary>
internal sealed class PieceWriter : IDisposable
{
    private readonly List<ReceiptsPiece> _pieces = [];
    private MemoryStream _deflated = new();
    private DeflateStream _lines;
    private long _start;
    private byte[] _frontier;
    private long _bytes;

    /// <param name="tree">The tree left of the first receipt.</param>
    internal PieceWriter(MerkleTree tree)
    {
        // A month of a node is 18 bytes a receipt either way; the best compression takes twice the time.
        _lines = new DeflateStream(_deflated, CompressionLevel.Fastest);
        (_start, _frontier) = (tree.Size, tree.Frontier.ToArray());
    }

    /// <param name="line">The next receipt, without newline.</param>
    /// <param name="tree">The tree, the line included.</param>
    internal void Add(ReadOnlySpan<byte> line, MerkleTree tree)
    {
        _lines.Write(line);
        _lines.Write("\n"u8);
        _bytes += line.Length + 1;
        if (_bytes >= ReceiptsPiece.CloseAtBytes)
            Cut(tree, checkpoint: null);
    }

    /// <summary>Ends with the checkpoint that signs all of it.</summary>
    /// <param name="tree">The tree that it signs.</param>
    /// <param name="checkpoint">The signed note.</param>
    /// <returns>At least one piece, unless nothing was added.</returns>
    internal IReadOnlyList<ReceiptsPiece> Close(MerkleTree tree, byte[] checkpoint)
    {
        if (_bytes > 0)
            Cut(tree, checkpoint);
        else if (_pieces.Count > 0)
            _pieces[^1] = _pieces[^1] with { Checkpoint = checkpoint };
        return _pieces;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _deflated.Dispose();
    }

    private void Cut(MerkleTree tree, byte[]? checkpoint)
    {
        _lines.Dispose();
        _pieces.Add(new ReceiptsPiece
        {
            Start = _start,
            End = tree.Size,
            Frontier = _frontier,
            Lines = _deflated.ToArray(),
            Checkpoint = checkpoint,
        });
        _deflated = new MemoryStream();
        _lines = new DeflateStream(_deflated, CompressionLevel.Fastest);
        (_start, _frontier, _bytes) = (tree.Size, tree.Frontier.ToArray(), 0);
    }
}
