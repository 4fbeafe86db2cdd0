namespace OfflineLicense.Verifier;

/// <summary>The codes of <see cref="Reason.Code"/>. They never change their meaning; later versions may add to them.</summary>
public static class ReasonCode
{
    // What leads to Grace, then to Lapsed.

    /// <summary>The license's term has ended.</summary>
    public const string TermEnded = nameof(TermEnded);

    /// <summary>The license that was active last, or the key that signed it, was revoked; also why such a file does not count.</summary>
    public const string Revoked = nameof(Revoked);

    /// <summary>The node-minutes of the period are used up.</summary>
    public const string NodeMinutesUsed = nameof(NodeMinutesUsed);

    /// <summary>The core-minutes of the period are used up.</summary>
    public const string CoreMinutesUsed = nameof(CoreMinutesUsed);

    /// <summary>More cores are in use than the license has.</summary>
    public const string CoresExceeded = nameof(CoresExceeded);

    /// <summary>More cores are in use on this node than the license allows one node.</summary>
    public const string NodeCoresExceeded = nameof(NodeCoresExceeded);

    /// <summary>Receipts were to be exported by a date that has passed.</summary>
    public const string MailOverdue = nameof(MailOverdue);

    /// <summary>Receipts cannot be written.</summary>
    public const string LedgerUnwritable = nameof(LedgerUnwritable);

    /// <summary>No license counts, though one did.</summary>
    public const string NoLicenseCounts = nameof(NoLicenseCounts);

    // Why new work is refused, beside the codes above.

    /// <summary>No license ever counted on this node.</summary>
    public const string Unlicensed = nameof(Unlicensed);

    // What is only a warning.

    /// <summary>The wall clock is behind a time that this node is known to have reached.</summary>
    public const string ClockBehind = nameof(ClockBehind);

    /// <summary>A ledger of this node was damaged; what could be read was carried over.</summary>
    public const string LedgerDamaged = nameof(LedgerDamaged);

    /// <summary>A ledger of this node lost history that the vendor has.</summary>
    public const string LedgerRolledBack = nameof(LedgerRolledBack);

    /// <summary>A trust document in the license folder was not taken; what was taken before goes on counting.</summary>
    public const string TrustRefused = nameof(TrustRefused);

    /// <summary>Three quarters of a quota are used, or more.</summary>
    public const string QuotaThreeQuarters = nameof(QuotaThreeQuarters);

    /// <summary>Nine tenths of a quota are used, or more.</summary>
    public const string QuotaNineTenths = nameof(QuotaNineTenths);

    /// <summary>The term ends within 30 days.</summary>
    public const string TermEndsSoon = nameof(TermEndsSoon);

    /// <summary>Receipts are to be exported within 30 days, and within half of the time that the license gives for it.</summary>
    public const string MailDueSoon = nameof(MailDueSoon);

    /// <summary>Something in the verifier itself failed; the last verdict stands.</summary>
    public const string Fault = nameof(Fault);

    // Why a license does not count.

    /// <summary>The license is for another product.</summary>
    public const string WrongProduct = nameof(WrongProduct);

    /// <summary>The license is bound to other installations.</summary>
    public const string WrongInstallation = nameof(WrongInstallation);

    /// <summary>The license's term has not begun.</summary>
    public const string NotYetValid = nameof(NotYetValid);

    /// <summary>This build of the product was made after the builds that the license covers.</summary>
    public const string BuildTooNew = nameof(BuildTooNew);

    /// <summary>The license needs a newer trust document beside it.</summary>
    public const string NeedsTrust = nameof(NeedsTrust);

    /// <summary>The license needs a newer reply beside it.</summary>
    public const string NeedsReply = nameof(NeedsReply);

    /// <summary>Another license that counted here has taken this one's place.</summary>
    public const string Replaced = nameof(Replaced);

    /// <summary>The file is not a license, or a broken one.</summary>
    public const string Malformed = nameof(Malformed);

    /// <summary>The file was changed after it was signed.</summary>
    public const string BadSignature = nameof(BadSignature);

    /// <summary>The file is signed by a key that this product does not know.</summary>
    public const string UnknownKey = nameof(UnknownKey);

    /// <summary>The file is signed by the vendor, but for a newer version of the product.</summary>
    public const string NeedsNewerVersion = nameof(NeedsNewerVersion);

    /// <summary>The file cannot be read.</summary>
    public const string Unreadable = nameof(Unreadable);

    /// <summary>The file changed a moment ago and is not whole yet; within seconds it counts, or another of these codes says why not.</summary>
    public const string StillChanging = nameof(StillChanging);
}
