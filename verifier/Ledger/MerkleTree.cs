using System.Numerics;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// An RFC 6962 tree that only grows, kept as its compact range: the roots of the full subtrees that its leaves fall
/// into, largest first, as many as its size has bits set. That is all it takes to append and to know the root; a tree
/// of 2^53 leaves is 1.7 KiB. Not thread-safe.
/// </summary>
internal sealed class MerkleTree
{
    // One hash for each bit that a size of at most 2^53 - 1 can have set, and one that is being merged.
    private const int MostHashes = 54;

    private readonly byte[] _hashes = new byte[MostHashes * MerkleHash.Bytes];

    /// <summary>Leaves so far.</summary>
    internal long Size { get; private set; }

    /// <summary>
    /// The full subtrees' roots, left to right, which is largest first: 32 bytes for each bit set in <see cref="Size"/>.
    /// </summary>
    internal ReadOnlySpan<byte> Frontier => _hashes.AsSpan(0, HashCount(Size) * MerkleHash.Bytes);

    /// <summary>How many full subtrees a tree of this size falls into.</summary>
    internal static int HashCount(long size) => BitOperations.PopCount((ulong)size);

    /// <summary>Takes up a tree where another left off.</summary>
    /// <param name="size">Leaves, 0 to 2^53 - 1.</param>
    /// <param name="frontier">As <see cref="Frontier"/> gave it.</param>
    /// <exception cref="ArgumentException">The number of hashes does not fit the size.</exception>
    internal static MerkleTree Resume(long size, ReadOnlySpan<byte> frontier)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Limits.Number);
        if (frontier.Length != HashCount(size) * MerkleHash.Bytes)
            throw new ArgumentException(Invariant($"a tree of size {size} has {HashCount(size)} hashes"), nameof(frontier));
        var tree = new MerkleTree { Size = size };
        frontier.CopyTo(tree._hashes);
        return tree;
    }

    /// <summary>A tree that grows apart from this one.</summary>
    internal MerkleTree Copy() => Resume(Size, Frontier);

    /// <summary>Makes this tree equal to another, with no new memory.</summary>
    internal void Become(MerkleTree other)
    {
        other.Frontier.CopyTo(_hashes);
        Size = other.Size;
    }

    /// <summary>Appends a receipt's line.</summary>
    /// <param name="line">At most 4 KiB.</param>
    /// <exception cref="InvalidOperationException">The tree has 2^53 - 1 leaves.</exception>
    internal void Append(ReadOnlySpan<byte> line)
    {
        Span<byte> leaf = stackalloc byte[MerkleHash.Bytes];
        MerkleHash.OfLeaf(line, leaf);
        AppendHash(leaf);
    }

    /// <summary>Appends a leaf by its hash.</summary>
    /// <param name="leafHash">32 bytes.</param>
    /// <exception cref="InvalidOperationException">The tree has 2^53 - 1 leaves.</exception>
    internal void AppendHash(ReadOnlySpan<byte> leafHash)
    {
        if (Size == Limits.Number)
            throw new InvalidOperationException("the ledger is full");
        var top = HashCount(Size);
        leafHash.CopyTo(Hash(top));

        // As in binary addition: every bit that carries is a pair of equal subtrees that becomes one.
        for (var carries = BitOperations.TrailingZeroCount(~Size); carries > 0; carries--, top--)
            MerkleHash.OfNode(Hash(top - 1), Hash(top), Hash(top - 1));
        Size++;
    }

    /// <summary>The root over all leaves so far: 32 bytes.</summary>
    internal byte[] Root()
    {
        if (Size == 0)
            return MerkleHash.OfNothing();
        var last = HashCount(Size) - 1;
        var root = Hash(last).ToArray();
        for (var index = last - 1; index >= 0; index--)
            MerkleHash.OfNode(Hash(index), root, root);
        return root;
    }

    private Span<byte> Hash(int index) => _hashes.AsSpan(index * MerkleHash.Bytes, MerkleHash.Bytes);
}
