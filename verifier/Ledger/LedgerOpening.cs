namespace OfflineLicense.Verifier.Ledger;

/// <summary>How opening a ledger for writing ended.</summary>
internal abstract record LedgerOpening
{
    private LedgerOpening()
    {
    }

    /// <summary>The ledger is open.</summary>
    /// <param name="Writer">Its writer.</param>
    /// <param name="Past">What was in it; its caller appends a start receipt next.</param>
    internal sealed record Opened(LedgerWriter Writer, LedgerScan Past) : LedgerOpening;

    /// <summary>Another has it.</summary>
    /// <param name="Folder">The ledger's folder.</param>
    /// <param name="Holder">Who, in words.</param>
    internal sealed record Held(string Folder, string Holder) : LedgerOpening;

    /// <summary>It is damaged. Nothing was touched; a new ledger is to follow it.</summary>
    /// <param name="Past">What could be read, and where the damage is.</param>
    internal sealed record Damaged(LedgerScan Past) : LedgerOpening;

    /// <summary>It is another installation's, and cannot be signed with this key.</summary>
    /// <param name="Past">What is in it.</param>
    internal sealed record Foreign(LedgerScan Past) : LedgerOpening;

    /// <summary>The vendor has a history of it that it does not hold. Nothing was touched; a new ledger is to follow it.</summary>
    /// <param name="Past">What is in it.</param>
    internal sealed record Lost(LedgerScan Past) : LedgerOpening;

    /// <summary>It is another machine's. Nothing was touched, and it was not even locked: that machine may be taking it.</summary>
    /// <param name="Folder">The ledger's folder.</param>
    internal sealed record Elsewhere(string Folder) : LedgerOpening;

    /// <summary>A crash came between making the folder and putting a ledger in it.</summary>
    /// <param name="Folder">The folder.</param>
    internal sealed record NotBegun(string Folder) : LedgerOpening;
}

/// <summary>The ledger that a new one carries on.</summary>
/// <param name="Ledger">Its name.</param>
/// <param name="Size">How many receipts of it were carried over.</param>
/// <param name="Root">Its root at that size: 32 bytes, not to be changed; not looked at when the size is 0.</param>
/// <param name="IsClean">Whether it ended with a stop.</param>
internal sealed record LedgerFollows(string Ledger, long Size, byte[] Root, bool IsClean)
{
    /// <summary>What is to follow a ledger, as far as it can be read.</summary>
    /// <param name="past">The ledger.</param>
    /// <param name="ledger">Its name, which a damaged head may not tell.</param>
    internal static LedgerFollows Of(LedgerScan past, string ledger) =>
        new(past.Key?.Name ?? ledger, past.Size, past.Root, past.EndsWithStop);

    /// <summary>The start receipt of a new ledger.</summary>
    internal static StartReceipt Start(LedgerFollows? follows, DateTimeOffset at) => follows is null
        ? new StartReceipt { At = at, Clean = 1 }
        : new StartReceipt
        {
            At = at,
            Follows = follows.Ledger,
            FollowsSize = follows.Size,
            FollowsRoot = follows.Size == 0 ? "" : Convert.ToBase64String(follows.Root),
            Clean = follows.IsClean ? 1 : 0,
        };
}
