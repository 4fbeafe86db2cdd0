using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// The proof that a ledger was forked: two receipts files of it, each ending in a checkpoint that its key signed, that
/// cannot both be its history. Whoever has the two files can check it, with no vendor and no registry.
/// </summary>
internal static class ForkEvidence
{
    /// <summary>The two files that prove a finding: the one that was stored first, from at or before where the other begins, and the other.</summary>
    /// <exception cref="ArgumentException">The finding is no fork.</exception>
    internal static (ReceiptsSection Stored, ReceiptsSection Second) Of(RegistryTransaction transaction, Finding finding)
    {
        if (finding is not { Kind: FindingKind.Fork, Kept: { } kept })
            throw new ArgumentException("only a fork has two files for its proof", nameof(finding));
        var second = new KeptTable(transaction).Section(kept)
            ?? throw new RegistryException("the registry lacks a file that it kept; restore it from a backup");
        var ledgers = new LedgerTable(transaction);
        return (ledgers.Section(ledgers.Find(finding.Ledger)!, second.Start), second);
    }

    /// <summary>Checks the proof.</summary>
    /// <param name="untrustedOne">A receipts file of one ledger.</param>
    /// <param name="untrustedOther">Another of the same ledger.</param>
    /// <returns>
    /// True when both are signed by the ledger's key and have different receipts under one size. False proves nothing: the
    /// files may not reach into each other.
    /// </returns>
    /// <exception cref="ReceiptsDamageException">One of them contradicts itself.</exception>
    internal static bool Proves(Stream untrustedOne, Stream untrustedOther)
    {
        using var one = new ReceiptsReader(untrustedOne, "the first file");
        using var other = new ReceiptsReader(untrustedOther, "the second file");
        var (head, otherHead) = (one.NextLedger(), other.NextLedger());
        if (head is null || otherHead is null || head.Ledger != otherHead.Ledger)
            return false;

        // Hand in hand: each has its root at every size that both come to, and the seals sign those at the ends.
        var differs = false;
        var (isOpen, isOtherOpen) = (true, true);
        while (isOpen || isOtherOpen)
        {
            if (one.Tree.Size == other.Tree.Size && !one.Tree.Frontier.SequenceEqual(other.Tree.Frontier))
                differs = true;
            if (isOpen && (one.Tree.Size <= other.Tree.Size || !isOtherOpen))
                isOpen = one.NextReceipt() is not null;
            else
                isOtherOpen = other.NextReceipt() is not null;
        }

        return differs;
    }
}
