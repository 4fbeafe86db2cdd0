using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Explanations;

/// <summary>One thing that a file says: what it is about, and what it says in words, safe to print on a terminal.</summary>
internal sealed record ExplanationLine(string Label, string Text);

/// <summary>
/// Any file of the product in words, so that whoever mails one can see what is in it. A file that nobody known signed
/// is explained too, and said to be not verified. Immutable.
/// </summary>
internal sealed record Explanation
{
    // What a signed file can be, told by how its text begins.
    private static readonly NoteKind[] NoteKinds =
    [
        new("license", "format: offline-license/license/", ExplainedLicense.Add) { Problem = ExplainedLicense.Problem },
        new("reply", "offline-license/reply/", ExplainedDocuments.AddReply) { KeysOf = static (_, known) => known.Reply },
        new("time reset", "offline-license/reset/", ExplainedDocuments.AddReset),
        new("trust document", "format: offline-license/trust/", ExplainedDocuments.AddTrust)
        {
            KeysOf = static (_, known) => known.Trust?.Roots ?? [],
            Problem = static (file, _, known) => known.Trust!.Open(file) is { Document: null } refused ? refused.Reason : null,
        },
        new("installation request", "offline-license/request/", ExplainedDocuments.AddRequest)
        {
            // A request brings the key that it is verified with.
            KeysOf = static (text, _) => [InstallationRequest.Parse(text).Key],
            BringsKey = true,
        },
    ];

    /// <summary>What the file is, such as <c>license</c> or <c>reply</c>; <c>unknown</c> where it is none of ours.</summary>
    internal required string Kind { get; init; }

    /// <summary>Whether a trusted key signed it; of a request and of receipts, whether the key that it brings did.</summary>
    internal bool IsVerified => NotVerifiedReason.Length == 0;

    /// <summary>Why it is not verified; empty where it is.</summary>
    internal required string NotVerifiedReason { get; init; }

    /// <summary>Every field of the file. Where all was understood, the last line says that there is nothing else.</summary>
    internal required IReadOnlyList<ExplanationLine> Lines { get; init; }

    /// <summary>Explains a file by its content, whatever its name.</summary>
    /// <param name="untrustedFile">The file's bytes.</param>
    /// <param name="fileName">Its name, for the first line only.</param>
    /// <param name="known">The keys that the caller trusts, by their roles; requests and receipts bring their own.</param>
    internal static Explanation Of(ReadOnlyMemory<byte> untrustedFile, string fileName, KnownKeys known)
    {
        var lines = new ExplanationLines();
        lines.Add("file", fileName);
        var (kind, reason) = Explain(untrustedFile, fileName, lines, known);
        return new Explanation { Kind = kind, NotVerifiedReason = TerminalText.Escape(reason), Lines = lines.All };
    }

    private static (string Kind, string NotVerifiedReason) Explain(
        ReadOnlyMemory<byte> untrustedFile, string fileName, ExplanationLines lines, KnownKeys known)
    {
        var bytes = untrustedFile.Span;
        // Named, and nothing of it looked at or printed.
        if (bytes.IndexOf("PRIVATE KEY-----"u8) >= 0)
        {
            var isEncrypted = bytes.IndexOf("ENCRYPTED PRIVATE KEY-----"u8) >= 0;
            lines.Add("what it is", $"a private key, {(isEncrypted ? "encrypted with a passphrase" : "not encrypted")}; never mail it");
            return ("private key", "a private key is signed by nobody");
        }

        // Of our files only receipts are ever compressed.
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) || bytes.StartsWith("offline-license/receipts/"u8))
            return ("receipts", ExplainedReceipts.Add(lines, untrustedFile, fileName));

        if (bytes.Length > Limits.DocumentBytes) return ExplainNote(untrustedFile, lines, known);
        var text = Encoding.UTF8.GetString(bytes);
        if (text.StartsWith("offline-license/anchors/", StringComparison.Ordinal)) return ExplainAnchors(text, lines);
        return VerifierKey.TryParse(text.TrimEnd('\r', '\n'), out var key)
            ? ExplainKey(key, lines)
            : ExplainNote(untrustedFile, lines, known);
    }

    private static (string Kind, string NotVerifiedReason) ExplainKey(VerifierKey key, ExplanationLines lines)
    {
        lines.Add("what it is", "a verifier key, with which signatures are checked; it is no secret");
        lines.Key("key", key);
        lines.NothingElse();
        return ("verifier key", "a verifier key is signed by nobody; compare it with the one that its owner publishes");
    }

    private static (string Kind, string NotVerifiedReason) ExplainAnchors(string untrustedText, ExplanationLines lines)
    {
        try
        {
            ExplainedDocuments.AddAnchors(lines, untrustedText);
            lines.NothingElse();
        }
        catch (DocumentFormatException exception)
        {
            lines.NotUnderstood(exception.Line, exception.Reason);
        }

        return ("trust anchors", "trust anchors are signed by nobody; they count only beside the program that they came with");
    }

    private static (string Kind, string NotVerifiedReason) ExplainNote(
        ReadOnlyMemory<byte> untrustedFile, ExplanationLines lines, KnownKeys known)
    {
        var kind = NoteKind.Unknown;
        try
        {
            var parts = SignedNote.SplitFile(untrustedFile, Limits.ReplyBytes);
            var text = parts.UntrustedText;
            kind = Array.Find(NoteKinds, kind => text.StartsWith(kind.Beginning, StringComparison.Ordinal)) ?? kind;
            kind.Explain(lines, text);
            lines.Signatures(parts);
            lines.NothingElse();
            var reading = SignedNote.ReadFile(untrustedFile, kind.KeysOf(text, known), Limits.ReplyBytes);
            return (kind.Name, reading.IsGood ? kind.Problem(untrustedFile, text, known) ?? "" : reading.Reason);
        }
        catch (NoteFormatException exception)
        {
            lines.NotUnderstood(exception.Line, exception.Reason, exception.Hint);
            return (kind.Name, "this is no signed file");
        }
        catch (DocumentFormatException exception)
        {
            lines.NotUnderstood(exception.Line, exception.Reason);
            var reading = SignedNote.ReadFile(untrustedFile, known.License, Limits.ReplyBytes);
            return (kind.Name, reading.IsGood ? "it is signed, but this version cannot read it"
                : kind.BringsKey ? "it is verified with the key that it brings, and that cannot be read" : reading.Reason);
        }
    }

    private sealed record NoteKind(string Name, string Beginning, Action<ExplanationLines, string> Explain)
    {
        internal static readonly NoteKind Unknown = new("unknown", "", static (_, _) =>
            throw new DocumentFormatException(1, "this is a signed note, but of no kind that this version knows"));

        // What each role signs: a key of another role is as good as an unknown one.
        internal Func<string, KnownKeys, IReadOnlyCollection<VerifierKey>> KeysOf { get; init; } = static (_, known) => known.License;

        /// <summary>Whether its text names the key that signed it, so that nobody has to trust one.</summary>
        internal bool BringsKey { get; init; }

        /// <summary>Why a node would refuse the text although its signature is good; null where it would not.</summary>
        internal Func<ReadOnlyMemory<byte>, string, KnownKeys, string?> Problem { get; init; } = static (_, _, _) => null;
    }
}

/// <summary>The keys that somebody trusts, by what they sign.</summary>
internal sealed record KnownKeys(IReadOnlyCollection<VerifierKey> License, IReadOnlyCollection<VerifierKey> Reply)
{
    public static KnownKeys None { get; } = new([], []);

    /// <summary>What a product embeds and holds; null where no trust is at hand, so that keys alone are asked.</summary>
    public Trust? Trust { get; init; }

    /// <summary>The keys of what a product embeds and holds.</summary>
    /// <param name="trust">That.</param>
    /// <param name="replyKeys">The keys whose replies count.</param>
    public static KnownKeys Of(Trust trust, IEnumerable<VerifierKey> replyKeys) =>
        new(trust.LicenseKeys, [.. replyKeys.DistinctBy(static key => (key.Name, key.Id))]) { Trust = trust };
}
