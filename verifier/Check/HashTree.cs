using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Limits = OfflineLicense.Keys.Limits;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// The tree of RFC 6962 section 2.1 over SHA-256 as far as a checker needs it: the roots of the full subtrees, one for each
/// bit of the number of leaves. Not thread-safe.
/// </summary>
internal sealed class HashTree
{
    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    // By height: the full subtree of 2^height leaves is there where that bit of the size is set.
    private readonly byte[] _subtrees = new byte[64 * Spelling.HashBytes];
    private readonly byte[] _leafInput = new byte[1 + Limits.LineBytes];
    private readonly byte[] _nodeInput = new byte[1 + (2 * Spelling.HashBytes)];

    /// <summary>Leaves.</summary>
    internal long Size { get; private set; }

    /// <summary>Begins with the leaves left of a file's first receipt.</summary>
    /// <param name="size">How many.</param>
    /// <param name="subtrees">The roots of their full subtrees, largest first.</param>
    internal void Begin(long size, ReadOnlySpan<byte> subtrees)
    {
        Size = size;
        for (var rest = size; rest > 0; subtrees = subtrees[Spelling.HashBytes..])
        {
            var height = BitOperations.Log2((ulong)rest);
            subtrees[..Spelling.HashBytes].CopyTo(Subtree(height));
            rest -= 1L << height;
        }
    }

    /// <summary>Whether these are the roots of its full subtrees, largest first.</summary>
    internal bool Has(ReadOnlySpan<byte> subtrees)
    {
        for (var rest = Size; rest > 0; subtrees = subtrees[Spelling.HashBytes..])
        {
            var height = BitOperations.Log2((ulong)rest);
            if (subtrees.Length < Spelling.HashBytes || !subtrees[..Spelling.HashBytes].SequenceEqual(Subtree(height)))
                return false;
            rest -= 1L << height;
        }

        return subtrees.IsEmpty;
    }

    /// <summary>Adds a leaf: a receipt's line.</summary>
    [SkipLocalsInit]
    internal void Add(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[Spelling.HashBytes];
        _leafInput[0] = LeafPrefix;
        line.CopyTo(_leafInput.AsSpan(1));
        SHA256.HashData(_leafInput.AsSpan(0, 1 + line.Length), hash);
        var height = 0;
        for (; (Size >> height & 1) != 0; height++)
            HashNode(Subtree(height), hash, hash);
        hash.CopyTo(Subtree(height));
        Size++;
    }

    /// <summary>The root over all leaves, of which there is at least one.</summary>
    /// <param name="root">32 bytes.</param>
    internal void Root(Span<byte> root)
    {
        var height = BitOperations.TrailingZeroCount(Size);
        Subtree(height).CopyTo(root);
        for (height++; Size >> height != 0; height++)
        {
            if ((Size >> height & 1) != 0)
                HashNode(Subtree(height), root, root);
        }
    }

    private void HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        _nodeInput[0] = NodePrefix;
        left.CopyTo(_nodeInput.AsSpan(1));
        right.CopyTo(_nodeInput.AsSpan(1 + Spelling.HashBytes));
        SHA256.HashData(_nodeInput, hash);
    }

    private Span<byte> Subtree(int height) => _subtrees.AsSpan(height * Spelling.HashBytes, Spelling.HashBytes);
}
