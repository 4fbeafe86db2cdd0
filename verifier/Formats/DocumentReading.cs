using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// What reading a signed document of any kind came to. The order is the same for all of them: bound, repairs,
/// signatures, and only then what the text says, so that no parser sees what nobody trusted signed.
/// </summary>
internal sealed record DocumentReading<T> where T : class
{
    /// <summary>What mends a text that nobody changed and that is wrong all the same.</summary>
    internal const string SignedSo = "its signature is good, so it is what was signed, and sending it again mends nothing: ask your vendor for another one";

    internal required ReadingOutcome Outcome { get; init; }

    /// <summary>The document; null unless <see cref="Outcome"/> is <see cref="ReadingOutcome.Good"/>.</summary>
    internal T? Document { get; init; }

    /// <summary>The first trusted key that signed, or the one for which the document counts; null unless good.</summary>
    internal VerifierKey? SignedBy { get; init; }

    /// <summary>All trusted keys that signed, in the file's order; empty unless good.</summary>
    internal IReadOnlyList<VerifierKey> Signers { get; init; } = [];

    /// <summary>The signed text; empty unless good.</summary>
    internal string Text { get; init; } = "";

    /// <summary>The signed text's bytes; not to be changed.</summary>
    internal byte[] TextBytes { get; init; } = [];

    internal string Reason { get; init; } = "";

    internal int Line { get; init; }

    internal string? Hint { get; init; }

    /// <param name="untrustedFile">The file's bytes.</param>
    /// <param name="trusted">The keys of the role that signs this kind.</param>
    /// <param name="maxBytes">The kind's bound.</param>
    /// <param name="parse">The format's reader, which throws <see cref="DocumentFormatException"/>.</param>
    internal static DocumentReading<T> Open(
        ReadOnlyMemory<byte> untrustedFile, IReadOnlyCollection<VerifierKey> trusted, int maxBytes, Func<string, T> parse)
    {
        var note = SignedNote.ReadFile(untrustedFile, trusted, maxBytes);
        if (note is not { Outcome: NoteOutcome.Good, Text: { } text, TextBytes: { } textBytes })
        {
            return Malformed(note.Line, note.Reason, note.Hint) with
            {
                Outcome = note.Outcome switch
                {
                    NoteOutcome.UnknownKey => ReadingOutcome.UnknownKey,
                    NoteOutcome.BadSignature => ReadingOutcome.BadSignature,
                    _ => ReadingOutcome.Malformed,
                },
            };
        }

        try
        {
            return new DocumentReading<T>
            {
                Outcome = ReadingOutcome.Good,
                Document = parse(text),
                SignedBy = note.Signers[0],
                Signers = note.Signers,
                Text = text,
                TextBytes = textBytes,
            };
        }
        catch (DocumentFormatException exception) when (exception.NeedsNewerVersion)
        {
            return Malformed(exception.Line, $"signed by your vendor, but needs a newer version of the product: {exception.Reason}") with
            {
                Outcome = ReadingOutcome.NeedsNewerVersion,
            };
        }
        catch (DocumentFormatException exception)
        {
            return Malformed(exception.Line, exception.Reason, SignedSo);
        }
    }

    internal static DocumentReading<T> Malformed(int line, string reason, string? hint = null) => new()
    {
        Outcome = ReadingOutcome.Malformed,
        Line = line,
        Reason = TerminalText.Escape(reason),
        Hint = hint,
    };
}
