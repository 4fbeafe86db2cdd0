using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier;

/// <summary>What comes of a signature under what is trusted.</summary>
/// <param name="Outcome">Good, unknown key, or revoked.</param>
/// <param name="SignedBy">The key for which it counts; where it does not, the one that it does not count for.</param>
/// <param name="Reason">Why it does not count; empty where it does.</param>
internal readonly record struct TrustRuling(ReadingOutcome Outcome, VerifierKey SignedBy, string Reason);

// Which trust document is good, and what one says of signatures. verifier/README.md, "Trust document".
public sealed partial class Trust
{
    /// <summary>
    /// Reads a trust document: at most 64 KiB, repairs, signatures, text. It is good when a quorum of the product's roots
    /// signed it, or a quorum of the roots of the version held, each public key counted once. Whether it is newer than the
    /// version held is not asked.
    /// </summary>
    /// <param name="untrustedFile">The file's bytes.</param>
    internal DocumentReading<TrustDocument> Open(ReadOnlyMemory<byte> untrustedFile)
    {
        var reading = DocumentReading<TrustDocument>.Open(untrustedFile, Roots, Limits.DocumentBytes, TrustFormat.Parse);
        if (reading.Document is not { } document)
            return reading;

        // What a stolen root signs counts for nothing from the version on that revokes it.
        var signers = reading.Signers.Where(signer => Document?.Revocation(signer.PublicKey) is null).ToList();
        var missing = Missing(signers, _roots, _quorum);
        if (Document is not null)
            missing = Math.Min(missing, Missing(signers, Document.Roots, Document.Quorum));
        if (missing > 0)
        {
            return DocumentReading<TrustDocument>.Malformed(0, $"{Words.Count(missing, "signature")} more by roots that are trusted here must be on it") with
            {
                Outcome = ReadingOutcome.UnknownKey,
            };
        }

        return document.Keys.FirstOrDefault(key => IsOneOf(_roots, key.Key)) is { } root
            ? DocumentReading<TrustDocument>.Malformed(0, $"it lets {root.Key.Name} sign more than trust documents, which is a root of the product; a public key has one role")
            : reading;
    }

    /// <summary>Whether a license or time reset counts by its signatures.</summary>
    /// <param name="signers">The keys of <see cref="LicenseKeys"/> that signed it; at least one.</param>
    /// <param name="issued">The date that it bears.</param>
    /// <param name="signedText">The signed text's bytes.</param>
    internal TrustRuling Judge(IReadOnlyList<VerifierKey> signers, DateTimeOffset issued, ReadOnlySpan<byte> signedText)
    {
        if (Document is null)
            return new TrustRuling(ReadingOutcome.Good, signers[0], "");
        TrustRuling? ruling = null;
        foreach (var signer in signers)
        {
            var next = Judge(Document, signer, issued, signedText);
            if (next.Outcome == ReadingOutcome.Good)
                return next;
            // Of several that do not count, that one of them was stolen is the graver.
            if (ruling is null || next.Outcome == ReadingOutcome.Revoked)
                ruling = next;
        }

        return ruling!.Value;
    }

    /// <summary>
    /// The keys whose replies count for a license: those that it names, else those of the trust document; neither one that
    /// is revoked, nor one with another role. What a document says of a key's dates is <see cref="MaySignReply"/>'s to ask.
    /// </summary>
    internal IEnumerable<VerifierKey> ReplyKeysFor(License license)
    {
        var named = license.Receipts?.RepliesBy ?? [];
        var keys = named.Count == 0 && Document is not null
            ? KeysOf(Document, TrustedRole.Reply)
            // One that is no point of prime order is left out: anybody could sign for it.
            : named.Select(static line => VerifierKey.TryParse(line, out var key) ? key : null).OfType<VerifierKey>();
        return keys.Where(key => !SignsMoreThanReplies(key.PublicKey) && Document?.Revocation(key.PublicKey) is null)
            .DistinctBy(static key => (key.Name, key.Id));
    }

    /// <summary>Whether a reply of this time can be by the key: always, but where the document held has dates for it.</summary>
    internal bool MaySignReply(VerifierKey key, DateTimeOffset time) =>
        Document?.Keys.FirstOrDefault(trusted => trusted.Key.PublicKey.SequenceEqual(key.PublicKey))?.Covers(time) ?? true;

    private static TrustRuling Judge(TrustDocument document, VerifierKey signer, DateTimeOffset issued, ReadOnlySpan<byte> signedText)
    {
        if (document.Revocation(signer.PublicKey) is { } revoked)
        {
            return revoked.StaysGood.Contains(TrustDocument.NameOf(signedText), StringComparer.Ordinal)
                ? new TrustRuling(ReadingOutcome.Good, signer, "")
                : new TrustRuling(ReadingOutcome.Revoked, signer, $"the key {signer.Name} was revoked, and this text is not among those that stay good");
        }

        var key = document.Keys.First(key => key.Key.Equals(signer));
        if (key.Covers(issued))
            return new TrustRuling(ReadingOutcome.Good, signer, "");
        var dates = key.Until is { } until ? $"from {Words.Date(key.From)} until {Words.Date(until)}" : $"from {Words.Date(key.From)} on";
        return new TrustRuling(ReadingOutcome.UnknownKey, signer, $"the key {signer.Name} signs what is issued {dates}, and this was issued on {Words.Date(issued)}");
    }

    // The roots are counted, and not the lines: one that signed under two names counts once.
    private static int Missing(IReadOnlyList<VerifierKey> signers, IReadOnlyList<VerifierKey> roots, int quorum) =>
        quorum - roots.Count(root => IsOneOf(signers, root));

    private static bool IsOneOf(IReadOnlyList<VerifierKey> keys, VerifierKey key)
    {
        foreach (var other in keys)
        {
            if (other.PublicKey.SequenceEqual(key.PublicKey)) return true;
        }

        return false;
    }
}
