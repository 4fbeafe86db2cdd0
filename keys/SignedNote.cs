using System.Buffers.Binary;
using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// Signed notes, c2sp.org/signed-note with signature type 0x01 (Ed25519): what every signed file of this product is.
/// The page "Signed note" of <c>keys/README.md</c> has the whole format. All members are pure and thread-safe.
/// <code>
/// If you think cryptography is the answer to your problem,
/// then you don't know what your problem is.
///
/// — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
/// </code>
/// A note is UTF-8 without control characters but newline: a text that ends in a newline; a blank line, the last one
/// of the note; 1 to 16 signature lines of a dash (U+2014), a space, the key's name, a space, and base64 of the
/// key's id (4 bytes, big-endian) and the signature over the text. No two are of one name and id.
/// </summary>
public static class SignedNote
{
    // A text with half of a surrogate pair has no bytes to sign.
    private static readonly UTF8Encoding s_strictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Signs a text.</summary>
    /// <param name="text">Ends in a newline; no other control character; no line over <see cref="Limits.LineBytes"/>.</param>
    /// <param name="signers">1 to 16 keys, each once.</param>
    /// <returns>The note's bytes.</returns>
    /// <exception cref="ArgumentException">The text or the signers break a rule of the format.</exception>
    public static byte[] Sign(string text, params INoteSigner[] signers)
    {
        ArgumentNullException.ThrowIfNull(signers);
        var textBytes = CheckText(text);
        return Assemble(text, Array.ConvertAll(signers, signer => SignatureOf(signer, textBytes)));
    }

    /// <summary>
    /// Puts signatures that were made elsewhere, such as in a hardware module, under a text. They are not verified.
    /// </summary>
    /// <param name="text">As for <see cref="Sign"/>.</param>
    /// <param name="signatures">1 to 16, no two of one name and key id.</param>
    /// <returns>The note's bytes.</returns>
    /// <exception cref="ArgumentException">The text or the signatures break a rule of the format.</exception>
    public static byte[] Assemble(string text, params NoteSignature[] signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        CheckText(text);
        var note = new StringBuilder(text).Append('\n');
        foreach (var signature in signatures)
            AppendLine(note, signature);
        return Checked(note.ToString(), nameof(signatures));
    }

    /// <summary>Adds a signature to a note, whose other signatures are not verified: read what you sign before.</summary>
    /// <param name="note">A well-formed note with at most 15 signatures.</param>
    /// <param name="signer">A key that has not signed it.</param>
    /// <returns>The note's bytes, with one line more at the end.</returns>
    /// <exception cref="NoteFormatException">The bytes are no note.</exception>
    /// <exception cref="ArgumentException">The key has signed it already, or there are 16 signatures.</exception>
    public static byte[] AddSignature(byte[] note, INoteSigner signer)
    {
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(signer);
        var line = new StringBuilder();
        AppendLine(line, SignatureOf(signer, Split(note).UntrustedTextBytes));
        return Checked(Encoding.UTF8.GetString(note) + line, nameof(signer));
    }

    /// <summary>
    /// Reads a note with the keys that the caller trusts. Nothing is mended; <see cref="ReadFile"/> does that.
    /// Signatures by other keys are ignored, whatever their type.
    /// </summary>
    /// <param name="untrustedNote">The note's bytes. The caller bounds their number.</param>
    /// <param name="trusted">The keys whose signature makes the text good.</param>
    /// <returns>The text when at least one of the keys signed it and none of their signatures is bad; else why not.</returns>
    /// <exception cref="ArgumentException">Two different trusted keys have one name and id.</exception>
    public static NoteReading Read(ReadOnlySpan<byte> untrustedNote, IReadOnlyCollection<VerifierKey> trusted)
    {
        CheckTrusted(trusted);
        NoteParts parts;
        try
        {
            parts = NoteParser.Parse(untrustedNote);
        }
        catch (NoteFormatException malformed)
        {
            return NoteReading.Refused(NoteOutcome.Malformed, malformed.Line, malformed.Reason, malformed.Hint);
        }

        return Verify(parts, trusted);
    }

    /// <summary>
    /// Reads a note from a file that came by mail or ticket: bounds it, mends what transport does to files
    /// (<see cref="NoteRepair"/>), and reads it as <see cref="Read"/> does.
    /// </summary>
    /// <param name="untrustedFile">The file's bytes.</param>
    /// <param name="trusted">The keys whose signature makes the text good.</param>
    /// <param name="maxBytes">The most bytes that the note may have, as in <see cref="Limits"/>.</param>
    /// <exception cref="ArgumentException">Two different trusted keys have one name and id.</exception>
    public static NoteReading ReadFile(
        ReadOnlyMemory<byte> untrustedFile, IReadOnlyCollection<VerifierKey> trusted, int maxBytes)
    {
        CheckTrusted(trusted);
        try
        {
            var repaired = NoteRepair.Bounded(untrustedFile, maxBytes);
            return Read(repaired.Note.Span, trusted) with { Mended = repaired.Mended };
        }
        catch (NoteFormatException malformed)
        {
            return NoteReading.Refused(NoteOutcome.Malformed, malformed.Line, malformed.Reason, malformed.Hint);
        }
    }

    /// <summary>Takes a note apart without verifying anything. Nothing is mended.</summary>
    /// <param name="untrustedNote">The note's bytes. The caller bounds their number.</param>
    /// <exception cref="NoteFormatException">The bytes are no note.</exception>
    public static NoteParts Split(ReadOnlySpan<byte> untrustedNote) => NoteParser.Parse(untrustedNote);

    /// <summary>Takes a note in a file apart without verifying anything, bounded and mended as by <see cref="ReadFile"/>.</summary>
    /// <param name="untrustedFile">The file's bytes.</param>
    /// <param name="maxBytes">The most bytes that the note may have, as in <see cref="Limits"/>.</param>
    /// <exception cref="NoteFormatException">The bytes are no note, also when mended, or too many.</exception>
    public static NoteParts SplitFile(ReadOnlyMemory<byte> untrustedFile, int maxBytes)
    {
        var repaired = NoteRepair.Bounded(untrustedFile, maxBytes);
        return Split(repaired.Note.Span) with { Mended = repaired.Mended };
    }

    private static NoteReading Verify(NoteParts parts, IReadOnlyCollection<VerifierKey> trusted)
    {
        var signers = new List<VerifierKey>();
        foreach (var signature in parts.Signatures)
        {
            // A key that nobody trusts says nothing, neither for nor against the note.
            if (trusted.FirstOrDefault(signature.IsBy) is not { } key)
                continue;
            if (!key.Verify(parts.UntrustedTextBytes, signature.Signature))
            {
                return NoteReading.Refused(NoteOutcome.BadSignature, signature.Line,
                    $"the signature by {key.Name} does not fit the text; it was changed after signing",
                    NoteParser.HintFor(parts.UntrustedTextBytes));
            }

            signers.Add(key);
        }

        return signers.Count == 0
            ? NoteReading.Refused(NoteOutcome.UnknownKey, parts.Signatures[0].Line, UnknownKeyReason(parts, trusted))
            : new NoteReading
            {
                Outcome = NoteOutcome.Good,
                Text = parts.UntrustedText,
                TextBytes = parts.UntrustedTextBytes,
                Signers = signers,
            };
    }

    private static string UnknownKeyReason(NoteParts parts, IReadOnlyCollection<VerifierKey> trusted)
    {
        var first = parts.Signatures[0];
        return parts.Signatures.FirstOrDefault(signature => trusted.Any(key => key.Name == signature.Name)) is { } namesake
            ? $"signed by another key named {namesake.Name} (id {namesake.KeyId:x8}) than the one trusted here"
            : $"not signed by a key trusted here, but by {first.Name} (id {first.KeyId:x8})";
    }

    private static void CheckTrusted(IReadOnlyCollection<VerifierKey> trusted)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        // Which of two keys a signature line means must not be a question. Ids have 32 bits: a collision is made, not met.
        var seen = new Dictionary<(string, uint), VerifierKey>(trusted.Count);
        foreach (var key in trusted)
        {
            if (!seen.TryAdd((key.Name, key.Id), key) && !seen[(key.Name, key.Id)].Equals(key))
                throw new ArgumentException($"two different trusted keys are named {key.Name} with one id", nameof(trusted));
        }
    }

    private static NoteSignature SignatureOf(INoteSigner signer, byte[] text) => new()
    {
        Name = signer.VerifierKey.Name,
        KeyId = signer.VerifierKey.Id,
        Signature = signer.Sign(text),
    };

    private static void AppendLine(StringBuilder note, NoteSignature signature)
    {
        Span<byte> id = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(id, signature.KeyId);
        note.Append("— ").Append(signature.Name).Append(' ')
            .Append(Convert.ToBase64String([.. id, .. signature.Signature])).Append('\n');
    }

    private static byte[] CheckText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.EndsWith('\n'))
            throw new ArgumentException("the text of a note ends with a newline", nameof(text));
        try
        {
            var bytes = s_strictUtf8.GetBytes(text);
            NoteParser.CheckLines(bytes);
            return bytes;
        }
        catch (Exception e) when (e is NoteFormatException or EncoderFallbackException)
        {
            throw new ArgumentException($"no text of a note: {e.Message}", nameof(text), e);
        }
    }

    // What is written is read back first: no note leaves this class that it would refuse.
    private static byte[] Checked(string note, string parameterName)
    {
        var bytes = s_strictUtf8.GetBytes(note);
        try
        {
            NoteParser.Parse(bytes);
            return bytes;
        }
        catch (NoteFormatException malformed)
        {
            throw new ArgumentException($"would make no note: {malformed.Reason}", parameterName, malformed);
        }
    }
}
