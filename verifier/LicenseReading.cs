namespace OfflineLicense.Verifier;

/// <summary>What reading a signed file came to.</summary>
public enum ReadingOutcome
{
    /// <summary>Signed by a trusted key and of the right form.</summary>
    Good,

    /// <summary>Not a file of this kind, or a broken one.</summary>
    Malformed,

    /// <summary>No signature is by a key that is trusted.</summary>
    UnknownKey,

    /// <summary>A signature that names a trusted key is not that key's: the file was changed after it was signed.</summary>
    BadSignature,

    /// <summary>Signed by a trusted key, but it says something that only a newer version of the product understands.</summary>
    NeedsNewerVersion,

    /// <summary>Signed by the vendor and taken back since: the license itself, or the key that signed it, is revoked.</summary>
    Revoked,
}

/// <summary>What reading a license file came to: a license, or why there is none. Immutable.</summary>
public sealed record LicenseReading
{
    /// <summary>What the reading came to.</summary>
    public required ReadingOutcome Outcome { get; init; }

    /// <summary>
    /// The license; null unless <see cref="Outcome"/> is <see cref="ReadingOutcome.Good"/>, or
    /// <see cref="ReadingOutcome.Revoked"/>, so that it can be told which one was taken back.
    /// </summary>
    public SignedLicense? License { get; init; }

    /// <summary>Why there is no license: lower case, no full stop, safe to print on a terminal; empty when there is one.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The line of the text that is at fault, from 1; 0 where no single line is.</summary>
    public int Line { get; init; }

    /// <summary>What mends it, where the file shows how it was damaged; else null.</summary>
    public string? Hint { get; init; }
}
