namespace OfflineLicense.Verifier.Verdicts;

/// <summary>One license that a verdict may be reached by: an opened file, or why the file could not be opened.</summary>
internal sealed record LicenseCandidate
{
    /// <summary>Where it was read.</summary>
    public required string File { get; init; }

    /// <summary>The opened license; null when <see cref="Broken"/> says why there is none.</summary>
    public SignedLicense? Signed { get; init; }

    /// <summary>The file's bytes, for keeping a copy; empty when it could not be read.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Why the file is no license; null when it is one.</summary>
    public Reason? Broken { get; init; }

    /// <summary>
    /// The node's own copy of a license that was active once. Only the copy of the one that was active last can count;
    /// the others tell how licenses replaced one another.
    /// </summary>
    public bool IsKept { get; init; }
}
