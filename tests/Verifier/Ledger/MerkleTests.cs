using System.Security.Cryptography;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class MerkleTests
{
    private const int Sizes = 100;

    private static readonly byte[][] s_leaves = Enumerable.Range(0, Sizes).Select(index => LeafHash([(byte)index])).ToArray();
    private static readonly byte[][] s_roots = Enumerable.Range(0, Sizes + 1).Select(size => PlainRoot(s_leaves.AsSpan(0, size))).ToArray();

    [Fact]
    public void A_tree_that_grows_has_the_roots_that_the_definition_gives()
    {
        var tree = new MerkleTree();
        for (var size = 0; size <= Sizes; size++)
        {
            Assert.Equal(size, tree.Size);
            Assert.Equal(s_roots[size], tree.Root());
            if (size < Sizes)
                tree.Append([(byte)size]);
        }
    }

    // The test vectors of the Certificate Transparency sources for RFC 6962: eight leaves and their root.
    [Fact]
    public void The_published_tree_has_the_published_root()
    {
        var tree = new MerkleTree();
        foreach (var leaf in new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" })
            tree.Append(Convert.FromHexString(leaf));
        Assert.Equal("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", Convert.ToHexStringLower(tree.Root()));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(new MerkleTree().Root()));
    }

    [Fact]
    public void A_tree_goes_on_from_its_frontier()
    {
        for (var size = 0; size <= Sizes; size++)
        {
            var before = TreeOf(size);
            var tree = MerkleTree.Resume(size, before.Frontier);
            for (var index = size; index < Sizes; index++)
                tree.AppendHash(s_leaves[index]);
            Assert.Equal(s_roots[Sizes], tree.Root());
            Assert.Equal(s_roots[size], before.Root());
        }
    }

    [Fact]
    public void A_frontier_of_the_wrong_length_is_no_tree()
    {
        Assert.Throws<ArgumentException>(() => MerkleTree.Resume(3, new byte[32]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Resume(0, new byte[32]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Resume(-1, []));
    }

    [Fact]
    public void A_full_tree_says_so()
    {
        var tree = MerkleTree.Resume(OfflineLicense.Keys.Limits.Number, new byte[53 * 32]);
        Assert.Throws<InvalidOperationException>(() => tree.Append("one more"u8));
        Assert.Equal(32, tree.Root().Length);
    }

    [Fact]
    public void Every_leaf_proves_that_it_is_in_every_tree_and_no_proof_bends()
    {
        for (var size = 1; size <= Sizes; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleProof.ProveInclusion(index, s_leaves.AsSpan(0, size));
                Assert.True(MerkleProof.CheckInclusion(index, size, s_leaves[index], proof, s_roots[size]));
                Assert.False(MerkleProof.CheckInclusion(index, size, s_leaves[(index + 1) % Sizes], proof, s_roots[size]));
                Assert.False(MerkleProof.CheckInclusion((index + 1) % size, size, s_leaves[index], proof, s_roots[size]) && size > 1);
                Assert.False(MerkleProof.CheckInclusion(index, size, s_leaves[index], [.. proof, s_leaves[0]], s_roots[size]));
                foreach (var bent in Bent(proof, everyBit: size <= 9))
                    Assert.False(MerkleProof.CheckInclusion(index, size, s_leaves[index], bent, s_roots[size]));
            }
        }
    }

    [Fact]
    public void Every_older_tree_proves_that_it_is_the_beginning_and_no_proof_bends()
    {
        for (var size = 0; size <= Sizes; size++)
        {
            for (var old = 0; old <= size; old++)
            {
                var proof = MerkleProof.ProveConsistency(old, s_leaves.AsSpan(0, size));
                Assert.True(MerkleProof.CheckConsistency(old, s_roots[old], size, s_roots[size], proof));
                Assert.False(MerkleProof.CheckConsistency(old, s_roots[(old + 1) % Sizes], size, s_roots[size], proof));
                Assert.False(MerkleProof.CheckConsistency(old, s_roots[old], size, s_roots[size], [.. proof, s_leaves[0]]));
                foreach (var bent in Bent(proof, everyBit: size <= 9))
                    Assert.False(MerkleProof.CheckConsistency(old, s_roots[old], size, s_roots[size], bent));
            }
        }
    }

    [Fact]
    public void Indices_and_sizes_that_cannot_be_prove_nothing()
    {
        Assert.False(MerkleProof.CheckInclusion(-1, 1, s_leaves[0], [], s_roots[1]));
        Assert.False(MerkleProof.CheckInclusion(1, 1, s_leaves[0], [], s_roots[1]));
        Assert.False(MerkleProof.CheckInclusion(0, 2, s_leaves[0], [[1, 2, 3]], s_roots[2]));
        Assert.False(MerkleProof.CheckConsistency(2, s_roots[2], 1, s_roots[1], []));
        Assert.False(MerkleProof.CheckConsistency(-1, s_roots[0], 1, s_roots[1], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProof.ProveInclusion(1, s_leaves.AsSpan(0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleProof.ProveConsistency(2, s_leaves.AsSpan(0, 1)));
    }

    // Each hash with one bit flipped, another one in each; or with every bit in turn.
    private static IEnumerable<IReadOnlyList<byte[]>> Bent(IReadOnlyList<byte[]> proof, bool everyBit)
    {
        for (var at = 0; at < proof.Count; at++)
        {
            for (var bit = everyBit ? 0 : (at * 37 + proof.Count) % 256; bit < 256; bit += everyBit ? 1 : 256)
            {
                var bent = proof.Select(hash => (byte[])hash.Clone()).ToArray();
                bent[at][bit / 8] ^= (byte)(1 << (bit % 8));
                yield return bent;
            }
        }
    }

    private static MerkleTree TreeOf(int size)
    {
        var tree = new MerkleTree();
        foreach (var leaf in s_leaves.AsSpan(0, size))
            tree.AppendHash(leaf);
        return tree;
    }

    private static byte[] LeafHash(byte[] leaf) => SHA256.HashData([0, .. leaf]);

    // MTH of RFC 6962 section 2.1, word for word.
    private static byte[] PlainRoot(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0)
            return SHA256.HashData([]);
        if (leaves.Length == 1)
            return leaves[0];
        var left = 1;
        while (left * 2 < leaves.Length)
            left *= 2;
        return SHA256.HashData([1, .. PlainRoot(leaves[..left]), .. PlainRoot(leaves[left..])]);
    }
}
