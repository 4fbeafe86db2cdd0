namespace OfflineLicense.Verifier.Check;

/// <summary>How far a ledger is good: up to a checkpoint. Immutable.</summary>
internal sealed record SealedPart
{
    /// <summary>Receipts from the ledger's beginning; the last good <c>seq</c> is one less.</summary>
    public required long Size { get; init; }

    /// <summary>The root over them, 32 bytes; not to be changed.</summary>
    public required byte[] Root { get; init; }

    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>The line in it where the checkpoint begins, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>Bytes of the file up to the checkpoint's end.</summary>
    public required long Bytes { get; init; }

    /// <summary>The line of its signature.</summary>
    public long SignatureLine => Line + 4;
}
