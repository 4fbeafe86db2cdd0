namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// One line of a ledger: something that happened on a node, as the node signed it. <see cref="ReceiptLine"/> is its
/// text; README.md in this folder is its page. A receipt has form (keys, order, types, real times, numbers in range),
/// which is checked when it is read; whether it is <em>true</em> is for whoever reads it to find.
/// </summary>
internal abstract record Receipt
{
    /// <summary>Its place in the ledger, from 0: the leaf's index. The writer sets it.</summary>
    public long Seq { get; init; }

    /// <summary>When it was written, by effective time; UTC, whole seconds, from 1970 on.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What it is, as the line says it.</summary>
    public abstract string Kind { get; }
}

/// <summary>The process took the ledger. Every ledger begins with one.</summary>
internal sealed record StartReceipt : Receipt
{
    internal const string KindName = "start";

    public override string Kind => KindName;

    /// <summary>The format that is written from here on, as in the file's head.</summary>
    public string Format { get; init; } = LedgerHead.Format;

    /// <summary>The ledger that this one carries on, or nothing. Only a new ledger names one.</summary>
    public string Follows { get; init; } = "";

    /// <summary>How many receipts of that ledger were carried over.</summary>
    public long FollowsSize { get; init; }

    /// <summary>That ledger's root at that size, in base64, or nothing.</summary>
    public string FollowsRoot { get; init; } = "";

    /// <summary>1 when the ledger, or the one it follows, ended with a stop, or when it is new; else 0.</summary>
    public required long Clean { get; init; }
}

/// <summary>The process let go of the ledger in good order.</summary>
internal sealed record StopReceipt : Receipt
{
    internal const string KindName = "stop";

    public override string Kind => KindName;
}

/// <summary>A license became the active one; repeated after every start.</summary>
internal sealed record LicenseReceipt : Receipt
{
    internal const string KindName = "license";

    public override string Kind => KindName;

    /// <summary>The license's id.</summary>
    public required string License { get; init; }

    /// <summary>Proof that the ledger's writer had the license's signed text: see <see cref="LicenseHolding"/>.</summary>
    public required string Holds { get; init; }
}

/// <summary>A reason that holds, and since when.</summary>
/// <param name="Code">One of <see cref="ReasonCode"/>, or one that a later version made.</param>
/// <param name="Since">Since when it holds; UTC, whole seconds.</param>
internal readonly record struct HeldReason(string Code, DateTimeOffset Since);

/// <summary>
/// A license state as a receipt spells it. What a signed receipt says is at most a finding, so a word that is no
/// state is kept, not refused.
/// </summary>
/// <param name="Word">The word itself.</param>
internal readonly record struct StateWord(string Word)
{
    /// <summary>The state, or null when the word names none.</summary>
    public LicenseState? Known => Word switch
    {
        nameof(LicenseState.Licensed) => LicenseState.Licensed,
        nameof(LicenseState.Grace) => LicenseState.Grace,
        nameof(LicenseState.Lapsed) => LicenseState.Lapsed,
        nameof(LicenseState.Unlicensed) => LicenseState.Unlicensed,
        _ => null,
    };

    public static implicit operator StateWord(LicenseState state) => new(state.ToString());

    public override string ToString() => Word;
}

/// <summary>The state or its reasons changed; repeated after every start.</summary>
internal sealed record StateReceipt : Receipt
{
    internal const string KindName = "state";

    public override string Kind => KindName;

    public required StateWord State { get; init; }

    /// <summary>The reasons that hold, in the order that the verdict gives them.</summary>
    public required IReadOnlyList<HeldReason> Reasons { get; init; }

    public bool Equals(StateReceipt? other) =>
        base.Equals(other) && State == other.State && Reasons.SequenceEqual(other.Reasons);

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), State, Reasons.Count);
}

/// <summary>One interval of one license in one state. <see cref="Receipt.At"/> is its end.</summary>
internal sealed record UsageReceipt : Receipt
{
    internal const string KindName = "usage";

    public override string Kind => KindName;

    /// <summary>The interval's begin.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The active license's id, or nothing when there is none.</summary>
    public required string License { get; init; }

    public required StateWord State { get; init; }

    /// <summary>Begin of the oldest reason that still holds; in Licensed, of Licensed itself.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Seconds of monotonic time that the product had the node open.</summary>
    public required long OpenSeconds { get; init; }

    /// <summary>Most cores in use at once.</summary>
    public required long Cores { get; init; }

    /// <summary>Seconds with at least one core in use.</summary>
    public required long Seconds { get; init; }

    /// <summary>Cores times seconds in use.</summary>
    public required long CoreSeconds { get; init; }

    /// <summary>Meter reading: this ledger's <see cref="Seconds"/> for this license so far.</summary>
    public required long TotalSeconds { get; init; }

    /// <summary>Meter reading: this ledger's <see cref="CoreSeconds"/> for this license so far.</summary>
    public required long TotalCoreSeconds { get; init; }

    /// <summary>Seconds open in Licensed ever, carried on from the ledger that this one follows.</summary>
    public required long LicensedSeconds { get; init; }

    /// <summary>Seconds open in Grace since last Licensed, carried on likewise.</summary>
    public required long GraceSeconds { get; init; }
}

/// <summary>The wall clock stepped against the monotonic clock, or stood before the last receipt at start.</summary>
internal sealed record ClockReceipt : Receipt
{
    internal const string KindName = "clock";

    public override string Kind => KindName;

    public required long AheadSeconds { get; init; }

    public required long BehindSeconds { get; init; }
}

/// <summary>A reply of the vendor was taken in.</summary>
internal sealed record ReplyReceipt : Receipt
{
    internal const string KindName = "reply";

    public override string Kind => KindName;

    /// <summary>The reply's number.</summary>
    public required long Number { get; init; }

    /// <summary>Receipts of this ledger that the reply says the vendor has.</summary>
    public required long Size { get; init; }
}

/// <summary>A time reset was applied.</summary>
internal sealed record ResetReceipt : Receipt
{
    internal const string KindName = "reset";

    public override string Kind => KindName;

    /// <summary>The reset's id.</summary>
    public required string Reset { get; init; }

    /// <summary>The mark from then on.</summary>
    public required DateTimeOffset Mark { get; init; }
}

/// <summary>A trust document was taken in.</summary>
internal sealed record TrustReceipt : Receipt
{
    internal const string KindName = "trust";

    public override string Kind => KindName;

    public required long Version { get; init; }

    /// <summary>SHA-256 of its signed text, in base64.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>
/// A receipt of a kind that this version does not know. It is a leaf like every other; nothing is counted from it, and
/// whoever shows the ledger says that a newer version is needed.
/// </summary>
/// <param name="UnknownKind">The kind that the line names.</param>
/// <param name="Rest">The line's bytes after <c>at</c>, as they stand, closing brace included.</param>
internal sealed record UnknownReceipt(string UnknownKind, string Rest) : Receipt
{
    public override string Kind => UnknownKind;
}
