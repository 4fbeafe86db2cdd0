using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What a receipts file begins with: whose ledger it is and where in it the file starts.
/// <code>
/// offline-license/receipts/v1
/// key offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm+1a2b3c4d+AX…
/// start 0
/// </code>
/// After <c>start N</c> come the roots of the full subtrees left of N, one a line, largest first. Immutable.
/// </summary>
internal sealed record LedgerHead
{
    /// <summary>The first line.</summary>
    internal const string Format = "offline-license/receipts/v1";

    /// <summary>The ledger's key; its name is the ledger's.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>The <c>seq</c> of the first receipt, 0 to 2^53 - 1.</summary>
    public required long Start { get; init; }

    /// <summary>The roots of the full subtrees left of <see cref="Start"/>, 32 bytes each, largest first; not to be changed.</summary>
    public required ReadOnlyMemory<byte> Hashes { get; init; }

    /// <summary>The line of the file that it begins in, from 1; 0 when it stands in none.</summary>
    public long Line { get; init; }

    /// <summary>The ledger's name.</summary>
    public string Ledger => Key.Name;

    /// <summary>The head of what follows a tree's leaves so far.</summary>
    internal static LedgerHead After(MerkleTree tree, VerifierKey key) =>
        new() { Key = key, Start = tree.Size, Hashes = tree.Frontier.ToArray() };

    /// <summary>The tree left of <see cref="Start"/>, to go on with.</summary>
    internal MerkleTree Tree() => MerkleTree.Resume(Start, Hashes.Span);

    /// <summary>The head's text, final newline included.</summary>
    internal string Print()
    {
        var text = new System.Text.StringBuilder($"{Format}\nkey {Key}\nstart {ExactText.FormatNumber(Start)}\n");
        for (var hashes = Hashes.Span; !hashes.IsEmpty; hashes = hashes[MerkleHash.Bytes..])
            text.Append(ExactText.FormatBase64(hashes[..MerkleHash.Bytes])).Append('\n');
        return text.ToString();
    }
}
