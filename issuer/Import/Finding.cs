namespace OfflineLicense.Issuer.Import;

/// <summary>Whom licenses, replies and statements are for.</summary>
internal readonly record struct Customer(string Product, string Licensee);

/// <summary>Something that an import found and a person has to know of. Immutable.</summary>
internal sealed record Finding
{
    /// <summary>From 1 on; 0 before it is stored.</summary>
    public long Number { get; init; }

    public required FindingKind Kind { get; init; }

    /// <summary>The ledger's name; "" where damage hides it.</summary>
    public required string Ledger { get; init; }

    /// <summary>What about it: with kind and ledger, it makes a finding the same as another.</summary>
    public required string Subject { get; init; }

    /// <summary>The customer that proven licenses make it; null where none is proven.</summary>
    public Customer? Customer { get; init; }

    /// <summary>What was seen, and where: files, lines and receipts, that anyone can look up.</summary>
    public required string Evidence { get; init; }

    /// <summary>
    /// What the evidence comes to, without names of files and counts that only grow. Where it is another one than before,
    /// more was found: a finding that was settled is open again.
    /// </summary>
    public string Basis { get; init; } = "";

    public required DateTimeOffset FoundAt { get; init; }

    /// <summary>The number under which the registry keeps the file that proves it; null for none.</summary>
    public long? Kept { get; init; }

    /// <summary>When it was mended; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>What was decided about it last; null while nothing was.</summary>
    public FindingDecision? Decision { get; init; }

    /// <summary>Where it stands.</summary>
    public FindingState State => ClosedAt is not null ? FindingState.Mended : Decision?.State ?? FindingState.Open;

    /// <summary>
    /// Whether a person still has to see to it. Of an installation that is new nothing is left to do once it is confirmed.
    /// </summary>
    public bool IsDue => State == FindingState.Open || (State == FindingState.Confirmed && Kind != FindingKind.NewInstallation);
}
