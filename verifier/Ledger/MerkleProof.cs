namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Proofs in an RFC 6962 tree: that a leaf is in it (section 2.1.1) and that a smaller tree is its beginning (section
/// 2.1.2). The checks are those that RFC 9162 writes out (sections 2.1.3.2 and 2.1.4.2). All members are pure.
/// </summary>
internal static class MerkleProof
{
    /// <summary>Proves that the leaf at an index is in the tree of these leaves.</summary>
    /// <returns>The siblings on the way from the leaf to the root, 32 bytes each.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    internal static IReadOnlyList<byte[]> ProveInclusion(int index, ReadOnlySpan<byte[]> leafHashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leafHashes.Length);
        var proof = new List<byte[]>();
        Inclusion(index, leafHashes, proof);
        return proof;
    }

    /// <summary>Checks that a leaf is at an index of the tree with this size and root.</summary>
    internal static bool CheckInclusion(
        long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> untrustedProof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || !AllHashes(untrustedProof))
            return false;
        var hash = leafHash.ToArray();
        var (node, last) = (index, size - 1);
        foreach (var sibling in untrustedProof)
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                MerkleHash.OfNode(sibling, hash, hash);
                SkipLevelsWithoutSibling(ref node, ref last);
            }
            else
            {
                MerkleHash.OfNode(hash, sibling, hash);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Proves that the tree of the first leaves is the beginning of the tree of all of them.</summary>
    /// <returns>Nothing when the sizes are equal or the older is 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The older size is not 0 to the number of leaves.</exception>
    internal static IReadOnlyList<byte[]> ProveConsistency(int oldSize, ReadOnlySpan<byte[]> leafHashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, leafHashes.Length);
        var proof = new List<byte[]>();
        if (oldSize > 0)
            Consistency(oldSize, leafHashes, isWholeOldTree: true, proof);
        return proof;
    }

    /// <summary>Checks that the tree with the older size and root is the beginning of the other.</summary>
    internal static bool CheckConsistency(
        long oldSize, ReadOnlySpan<byte> oldRoot, long size, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> untrustedProof)
    {
        if (oldSize < 0 || oldSize > size || !AllHashes(untrustedProof))
            return false;
        if (oldSize == size)
            return untrustedProof.Count == 0 && oldRoot.SequenceEqual(root);
        if (oldSize == 0)
            return untrustedProof.Count == 0 && oldRoot.SequenceEqual(MerkleHash.OfNothing());

        // A full old tree is itself the first node, so the proof leaves it out.
        var isFull = (oldSize & (oldSize - 1)) == 0;
        if (!isFull && untrustedProof.Count == 0)
            return false;
        var oldHash = isFull ? oldRoot.ToArray() : (byte[])untrustedProof[0].Clone();
        var hash = (byte[])oldHash.Clone();
        var (node, last) = (oldSize - 1, size - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        for (var index = isFull ? 0 : 1; index < untrustedProof.Count; index++)
        {
            if (last == 0)
                return false;
            var sibling = untrustedProof[index];
            if ((node & 1) == 1 || node == last)
            {
                MerkleHash.OfNode(sibling, oldHash, oldHash);
                MerkleHash.OfNode(sibling, hash, hash);
                SkipLevelsWithoutSibling(ref node, ref last);
            }
            else
            {
                MerkleHash.OfNode(hash, sibling, hash);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && oldRoot.SequenceEqual(oldHash) && root.SequenceEqual(hash);
    }

    // Going up from a node whose sibling was on the left, to where the node's level has one again.
    private static void SkipLevelsWithoutSibling(ref long node, ref long last)
    {
        while ((node & 1) == 0 && node != 0)
            (node, last) = (node >> 1, last >> 1);
    }

    private static bool AllHashes(IReadOnlyList<byte[]> hashes) => hashes.All(hash => hash.Length == MerkleHash.Bytes);

    // PATH(m, D[n]) of RFC 6962 section 2.1.1.
    private static void Inclusion(int index, ReadOnlySpan<byte[]> leaves, List<byte[]> proof)
    {
        if (leaves.Length == 1)
            return;
        var left = LeftSize(leaves.Length);
        if (index < left)
        {
            Inclusion(index, leaves[..left], proof);
            proof.Add(Root(leaves[left..]));
        }
        else
        {
            Inclusion(index - left, leaves[left..], proof);
            proof.Add(Root(leaves[..left]));
        }
    }

    // SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2.
    private static void Consistency(int oldSize, ReadOnlySpan<byte[]> leaves, bool isWholeOldTree, List<byte[]> proof)
    {
        if (oldSize == leaves.Length)
        {
            if (!isWholeOldTree)
                proof.Add(Root(leaves));
            return;
        }

        var left = LeftSize(leaves.Length);
        if (oldSize <= left)
        {
            Consistency(oldSize, leaves[..left], isWholeOldTree, proof);
            proof.Add(Root(leaves[left..]));
        }
        else
        {
            Consistency(oldSize - left, leaves[left..], isWholeOldTree: false, proof);
            proof.Add(Root(leaves[..left]));
        }
    }

    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves)
            tree.AppendHash(leaf);
        return tree.Root();
    }

    // The largest power of two below a size of at least 2.
    private static int LeftSize(int size) => (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size) / 2);
}
