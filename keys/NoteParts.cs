namespace OfflineLicense.Keys;

/// <summary>
/// A note taken apart and **not verified**: for showing, copying and adding signatures, never for deciding. Immutable;
/// the arrays are not to be changed.
/// </summary>
public sealed record NoteParts
{
    /// <summary>The text, up to and with the newline before the last blank line. Anyone may have written it.</summary>
    public required string UntrustedText { get; init; }

    /// <summary>The bytes of <see cref="UntrustedText"/>, which the signatures are over.</summary>
    public required byte[] UntrustedTextBytes { get; init; }

    /// <summary>The signature lines, 1 to 16, in order.</summary>
    public required IReadOnlyList<NoteSignature> Signatures { get; init; }

    /// <summary>What was mended before reading; empty unless <see cref="SignedNote.SplitFile"/> was asked.</summary>
    public IReadOnlyList<NoteMending> Mended { get; init; } = [];
}

/// <summary>One signature line of a note: <c>— NAME BASE64</c>. Immutable; the array is not to be changed.</summary>
public sealed record NoteSignature
{
    /// <summary>The name of the key that is said to have signed.</summary>
    public required string Name { get; init; }

    /// <summary>That key's id: the first four bytes, big-endian, of what the base64 holds.</summary>
    public required uint KeyId { get; init; }

    /// <summary>The rest: 64 bytes for Ed25519; other types of signature have other lengths, at least one byte.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>The line in the note, from 1 on; 0 when it stands in none yet.</summary>
    public int Line { get; init; }

    internal bool IsBy(VerifierKey key) => KeyId == key.Id && Name == key.Name;
}
