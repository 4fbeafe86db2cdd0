using System.Diagnostics.CodeAnalysis;

namespace OfflineLicense.Keys;

/// <summary>How reading a note ended.</summary>
public enum NoteOutcome
{
    /// <summary>At least one trusted key signed the text, and no signature by a trusted key is bad.</summary>
    Good,

    /// <summary>The bytes are no signed note.</summary>
    Malformed,

    /// <summary>A signed note, but by none of the trusted keys.</summary>
    UnknownKey,

    /// <summary>A signature under a trusted key's name and id is not by that key: the file was changed.</summary>
    BadSignature,
}

/// <summary>
/// What came of reading a note with trusted keys. The text is here only when it is <see cref="NoteOutcome.Good"/>.
/// Immutable; the array is not to be changed.
/// </summary>
public sealed record NoteReading
{
    /// <summary>How it ended.</summary>
    public required NoteOutcome Outcome { get; init; }

    /// <summary>Whether <see cref="Outcome"/> is <see cref="NoteOutcome.Good"/>, and so the text is here.</summary>
    [MemberNotNullWhen(true, nameof(Text), nameof(TextBytes))]
    public bool IsGood => Outcome == NoteOutcome.Good;

    /// <summary>The text with its last newline; null unless good.</summary>
    public string? Text { get; init; }

    /// <summary>The bytes of <see cref="Text"/>; null unless good.</summary>
    public byte[]? TextBytes { get; init; }

    /// <summary>The trusted keys whose signatures verified, in the note's order, each once; empty unless good.</summary>
    public IReadOnlyList<VerifierKey> Signers { get; init; } = [];

    /// <summary>Why it is not good: lower case, no full stop; empty when good.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The line that <see cref="Reason"/> is about, from 1 on; 0 for none in particular.</summary>
    public int Line { get; init; }

    /// <summary>What probably happened to the file and what mends it, or null.</summary>
    public string? Hint { get; init; }

    /// <summary>What was mended before reading; empty unless <see cref="SignedNote.ReadFile"/> was asked.</summary>
    public IReadOnlyList<NoteMending> Mended { get; init; } = [];

    internal static NoteReading Refused(NoteOutcome outcome, int line, string reason, string? hint = null) =>
        new() { Outcome = outcome, Line = line, Reason = reason, Hint = hint };
}
