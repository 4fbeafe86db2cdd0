using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// A run of one ledger's receipts that was read to its end and verified, and that can be read again: from a state folder, or
/// from an earlier export. Immutable.
/// </summary>
internal sealed record LedgerPart
{
    /// <summary>The ledger's key, whose name is the ledger's.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>The <c>seq</c> of the first receipt.</summary>
    public required long Start { get; init; }

    /// <summary>The tree's frontier there (<see cref="MerkleTree.Frontier"/>).</summary>
    public required ReadOnlyMemory<byte> Frontier { get; init; }

    /// <summary>The checkpoint after the last receipt, verified.</summary>
    public required ReceiptsSeal Seal { get; init; }

    /// <summary>The file or ledger folder, as messages name it.</summary>
    public required string Place { get; init; }

    /// <summary>The state folder that it lies in, where its export is recorded; null for an earlier export.</summary>
    public string? StateFolder { get; init; }

    /// <summary>The file that its writer appends to; null for an earlier export, which nobody does.</summary>
    public string? Growing { get; init; }

    /// <summary>
    /// The exact lines of the receipts, without newlines, from <see cref="Start"/> on, as they are now: to be held against
    /// <see cref="Seal"/> by whoever reads them. A line is valid until the next one is asked for.
    /// </summary>
    public required Func<IEnumerable<ReadOnlyMemory<byte>>> Lines { get; init; }

    /// <summary>One past the <c>seq</c> of the last receipt.</summary>
    public long End => Seal.Size;

    /// <summary>The ledger's name.</summary>
    public string Ledger => Key.Name;

    /// <summary>What a state folder holds of a ledger; null where nothing of it is signed.</summary>
    internal static LedgerPart? Of(LedgerDisk disk, LedgerScan scan, string stateFolder) => scan.Seal is null ? null : new LedgerPart
    {
        Key = scan.Key!,
        Start = scan.Start,
        Frontier = scan.BeginFrontier,
        Seal = scan.Seal,
        Place = scan.Folder,
        StateFolder = stateFolder,
        Growing = scan.Segments[^1].Path,
        Lines = () => ReceiptLines.Of(disk, scan.Segments),
    };

    /// <summary>The tree at a size, by the lines as they are now; only their root says whether they are still the same.</summary>
    /// <param name="size"><see cref="Start"/> to <see cref="End"/>.</param>
    /// <exception cref="ReceiptsDamageException">The files have changed since, or cannot be read any more.</exception>
    internal MerkleTree TreeAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, End);
        var tree = MerkleTree.Resume(Start, Frontier.Span);
        if (size == Start)
            return tree;
        foreach (var line in Lines())
        {
            tree.Append(line.Span);
            if (tree.Size == size)
                return tree;
        }

        throw Changed();
    }

    /// <summary>What was verified is not what is read now.</summary>
    internal ReceiptsDamageException Changed() => new(
        Place, 1, Invariant($"it changed while it was read: receipts {Start} to {End - 1} are no longer those that were verified"), "run this again");
}
