using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>The two hashes of an RFC 6962 tree (section 2.1) over SHA-256. Pure; nothing is allocated but once a thread.</summary>
internal static class MerkleHash
{
    /// <summary>Bytes of a hash.</summary>
    internal const int Bytes = SHA256.HashSizeInBytes;

    // The prefixes keep a leaf from passing for a node, and so one tree for another.
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    // To make one for each hash takes as long as hashing a receipt. It is as new after each hash, and goes with its thread.
    [ThreadStatic]
    private static IncrementalHash? t_sha256;

    /// <summary>The root of a tree with no leaves: SHA-256 of nothing.</summary>
    internal static byte[] OfNothing() => SHA256.HashData([]);

    /// <summary>SHA-256(0x00 || line).</summary>
    /// <param name="line">At most <see cref="Limits.ReceiptBytes"/> bytes.</param>
    /// <param name="destination">32 bytes.</param>
    [SkipLocalsInit]
    internal static void OfLeaf(ReadOnlySpan<byte> line, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[1 + Limits.ReceiptBytes];
        input[0] = LeafPrefix;
        line.CopyTo(input[1..]);
        Hash(input[..(1 + line.Length)], destination);
    }

    /// <summary>SHA-256(0x01 || left || right).</summary>
    /// <param name="left">32 bytes.</param>
    /// <param name="right">32 bytes.</param>
    /// <param name="destination">32 bytes; may be one of the others.</param>
    [SkipLocalsInit]
    internal static void OfNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> destination)
    {
        Span<byte> input = stackalloc byte[1 + 2 * Bytes];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Bytes)..]);
        Hash(input, destination);
    }

    private static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        var sha256 = t_sha256 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha256.AppendData(input);
        sha256.GetHashAndReset(destination);
    }
}
