using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Explanations;

/// <summary>Collects what is said about a file. Whatever came in the file is escaped here, and nowhere else.</summary>
internal sealed class ExplanationLines
{
    private readonly List<ExplanationLine> _lines = [];

    internal IReadOnlyList<ExplanationLine> All => _lines;

    /// <param name="label">What it is about; empty for a sentence that stands alone.</param>
    /// <param name="text">What is said.</param>
    internal void Add(string label, string text) => _lines.Add(new ExplanationLine(TerminalText.Escape(label), TerminalText.Escape(text)));

    /// <summary>For a value that the file leaves out: what holds then.</summary>
    internal void Absent(string label, string holds) => Add(label, $"{holds} (the file does not say)");

    internal void Key(string label, VerifierKey key) =>
        Add(label, $"{key.Name}, key id {key.Id:x8}, Ed25519 public key {Convert.ToHexStringLower(key.PublicKey)}");

    internal void Signatures(NoteParts parts)
    {
        foreach (var mending in parts.Mended)
        {
            Add("as it came", mending switch
            {
                NoteMending.ByteOrderMark => "a byte-order mark stood before it",
                NoteMending.Armor => "it was armored for mail",
                NoteMending.CarriageReturns => "its lines ended in CRLF",
                _ => "its last newline was missing",
            });
        }

        foreach (var signature in parts.Signatures)
            Add("signature", $"one of {Words.Count(signature.Signature.Length, "byte")} that names the key {signature.Name}, key id {signature.KeyId:x8}");
    }

    /// <summary>The file is of a known kind, or of none, and cannot be read to its end.</summary>
    internal void NotUnderstood(long line, string reason, string? hint = null)
    {
        Add("not understood", line == 0 ? reason : $"line {Words.Number(line)}: {reason}");
        if (hint is not null) Add("hint", hint);
    }

    internal void NothingElse() => Add("", "this file contains nothing else");
}
