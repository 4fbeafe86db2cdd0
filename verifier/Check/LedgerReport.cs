namespace OfflineLicense.Verifier.Check;

/// <summary>What a ledger, or what a file holds of one, was found to be. The later, the worse.</summary>
internal enum CheckOutcome
{
    /// <summary>All that was written is there, signed, and adds up.</summary>
    Good,

    /// <summary>Good, and behind it a tail of which nothing was ever acknowledged: an append that a crash cut short, or one that is being written.</summary>
    Torn,

    /// <summary>Whole and signed, but it does not add up: findings.</summary>
    Inconsistent,

    /// <summary>No receipts file at all.</summary>
    NotReceipts,

    /// <summary>A file cannot be read.</summary>
    Unreadable,

    /// <summary>What was written is not what is there.</summary>
    Damaged,

    /// <summary>Another copy that was checked with it has another history of the same ledger.</summary>
    Forked,
}

/// <summary>What a check found of one ledger. Immutable.</summary>
internal sealed record LedgerReport
{
    /// <summary>The ledger's name; null where its head cannot be read.</summary>
    public string? Ledger { get; init; }

    /// <summary>Its folder, or the file that was checked.</summary>
    public required string Place { get; init; }

    /// <summary>Whether it is a folder on a node, not a file that was exported.</summary>
    public bool IsFolder { get; init; }

    /// <summary>The <c>seq</c> of the first receipt that is here: above 0 in an export that goes on, and where the first segments were pruned.</summary>
    public long Start { get; init; }

    /// <summary>The line of a file in which the ledger's head begins, from 1; a file may hold several.</summary>
    public long HeadLine { get; init; } = 1;

    /// <summary>Whether the receipts before <see cref="Start"/> were pruned from a ledger's folder, as its own summary says.</summary>
    public bool IsPruned { get; init; }

    /// <summary>How far it is good; null where no receipt of it is.</summary>
    public SealedPart? Good { get; init; }

    /// <summary>Files that are good, or good in part.</summary>
    public int Files { get; init; }

    /// <summary>When its first good receipt was written, in seconds since 1970; null where there is none.</summary>
    public long? From { get; init; }

    /// <summary>When its last good receipt was written, likewise.</summary>
    public long? Until { get; init; }

    /// <summary>What is damaged, or cannot be read; null for nothing.</summary>
    public DamageFound? Damage { get; init; }

    /// <summary>Whether <see cref="Damage"/> is a file that cannot be read.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>The tail that was never acknowledged; null for none.</summary>
    public TornTail? Torn { get; init; }

    /// <summary>The copy that contradicts this one, of those that were checked together; null for none.</summary>
    public LedgerFork? Fork { get; init; }

    /// <summary>What does not add up, one for each kind.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Ids of licenses whose text was at hand and whose proof is good.</summary>
    public IReadOnlyList<string> Proven { get; init; } = [];

    /// <summary>Ids of licenses whose text was not at hand, so that nothing can be said of their proof; a thousand at most.</summary>
    public IReadOnlyList<string> NotProven { get; init; } = [];

    /// <summary>Receipts of kinds that need a newer version of this program.</summary>
    public long NewerKinds { get; init; }

    /// <summary>Receipts that are here and good.</summary>
    public long Receipts => Good is null ? 0 : Good.Size - Start;

    /// <summary>What all of this comes to.</summary>
    public CheckOutcome Outcome =>
        Fork is not null ? CheckOutcome.Forked
        : IsUnreadable ? CheckOutcome.Unreadable
        : Damage is not null ? Damage.IsOtherFormat && !IsFolder ? CheckOutcome.NotReceipts : CheckOutcome.Damaged
        : Findings.Count > 0 ? CheckOutcome.Inconsistent
        : Torn is not null ? CheckOutcome.Torn
        : CheckOutcome.Good;
}

/// <summary>The tail of a ledger that was never acknowledged. Immutable.</summary>
/// <param name="File">The newest segment.</param>
/// <param name="Line">The line that it begins in.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="HasHole">Whether sectors of it were never written.</param>
internal sealed record TornTail(string File, long Line, long Bytes, bool HasHole);

/// <summary>Something that is signed and does not add up. Immutable.</summary>
/// <param name="Kind">What sort.</param>
/// <param name="Count">How many of that sort.</param>
/// <param name="File">The file of the first.</param>
/// <param name="Line">Its line.</param>
/// <param name="Sentence">What is wrong with the first, in lower case and with no full stop.</param>
internal sealed record Finding(FindingKind Kind, long Count, string File, long Line, string Sentence);

/// <summary>Sorts of findings.</summary>
internal enum FindingKind
{
    /// <summary>An earlier checkpoint is wrong, while the last one signs all the same.</summary>
    Checkpoint,

    /// <summary><c>clean</c> is not what the receipt before a start says, or no start follows a stop.</summary>
    Start,

    /// <summary>Use under another license or in another state than the receipts before it say.</summary>
    Belonging,

    /// <summary>The proof of a license is not that of its text.</summary>
    Proof,

    /// <summary>Meter readings are not the sums of the receipts.</summary>
    Totals,

    /// <summary>Time in Licensed or in Grace is not the sum of the receipts.</summary>
    Grace,

    /// <summary>An interval holds more than it can.</summary>
    Span,

    /// <summary>Time goes back, and no receipt of the clock or of a time reset says why.</summary>
    Order,

    /// <summary>More licenses than any ledger has; their readings are not added up.</summary>
    Licenses,
}

/// <summary>The text of a license that is at hand: its <c>license</c> receipts are held against it. Immutable.</summary>
/// <param name="Id">The license's id.</param>
/// <param name="SignedText">The bytes that were signed; not to be changed.</param>
/// <param name="IntervalSeconds">Its receipt interval.</param>
internal sealed record LicenseText(string Id, byte[] SignedText, long IntervalSeconds);
