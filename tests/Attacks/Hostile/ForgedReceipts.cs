using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// A receipts file as its ledger's key can sign it, whatever it says: each part is the honest one unless it is told otherwise.
/// </summary>
internal sealed record ForgedReceipts
{
    /// <summary>The ledger's key, under the ledger's name.</summary>
    public required SigningKey Key { get; init; }

    /// <summary>The receipts, one a line.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>What is said of the beginning: <c>start N</c>, and the lines after it.</summary>
    public string Start { get; init; } = "start 0\n";

    /// <summary>The first line.</summary>
    public string Format { get; init; } = "offline-license/receipts/v1\n";

    /// <summary>The second line; null for the key's own.</summary>
    public string? KeyLine { get; init; }

    /// <summary>How the checkpoint's text is changed before it is signed.</summary>
    public Func<string, string> Checkpoint { get; init; } = static text => text;

    /// <summary>How the signature line is changed.</summary>
    public Func<string, string> Signature { get; init; } = static line => line;

    /// <summary>The lines of a node.</summary>
    internal static ForgedReceipts Of(FleetNode node, string installation) => new()
    {
        Key = FleetVendor.KeyOf(installation).WithName(node.Ledger),
        Lines = [.. node.Receipts.Select(static receipt => Encoding.ASCII.GetString(ReceiptLine.Print(receipt)))],
    };

    /// <summary>The same with one line changed, under a root and a signature that fit.</summary>
    internal ForgedReceipts With(int seq, Func<string, string> change) => this with { Lines = [.. Lines.Select((line, index) => index == seq ? change(line) : line)] };

    /// <summary>The same with a text replaced in one line.</summary>
    internal ForgedReceipts With(int seq, string from, string to) => With(seq, line => line.Contains(from, StringComparison.Ordinal)
        ? line.Replace(from, to, StringComparison.Ordinal)
        : throw new ArgumentException($"receipt {ExactText.FormatNumber(seq)} does not say '{from}': {line}", nameof(from)));

    /// <summary>The file's text.</summary>
    internal string Text()
    {
        var tree = new MerkleTree();
        foreach (var line in Lines)
            tree.Append(Encoding.UTF8.GetBytes(line) is { Length: > Limits.ReceiptBytes } tooLong ? tooLong.AsSpan(0, Limits.ReceiptBytes) : Encoding.UTF8.GetBytes(line));
        var checkpoint = Checkpoint($"{Key.VerifierKey.Name}\n{ExactText.FormatNumber(tree.Size)}\n{ExactText.FormatBase64(tree.Root())}\n");
        return $"{Format}{KeyLine ?? $"key {Key.VerifierKey}\n"}{Start}\n{string.Concat(Lines.Select(static line => line + "\n"))}\n{checkpoint}\n{Signature(ForgedNote.LineOf(checkpoint, Key))}";
    }

    /// <summary>The file.</summary>
    internal byte[] File() => Encoding.UTF8.GetBytes(Text());
}
