using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Holds the states that a ledger tells against the dates of the issued licenses: whether it was Licensed after the term,
/// dated the term's end later or kept silent about it, was in Grace for longer than the license gives or by another
/// beginning than it told, or began work in Lapsed. Only what no node writes by itself is told, whatever becomes of its
/// clock, its disk or its power. Not thread-safe.
/// </summary>
/// <param name="licenseOf">An issued license by its id; null for others.</param>
internal sealed class TermCheck(Func<string, License?> licenseOf)
{
    /// <summary>Licensed under a license whose term had ended.</summary>
    internal const string LicensedSubject = "licensed after the term";

    /// <summary>The end of a term by another date than the license's.</summary>
    internal const string SinceSubject = "end of the term moved";

    /// <summary>In Grace after the grace and the day's notice were over.</summary>
    internal const string GraceSubject = "grace overrun";

    /// <summary>Use by another beginning of the grace than the state before it tells.</summary>
    internal const string BeginningSubject = "beginning of the grace moved";

    /// <summary>Work that began where none may begin.</summary>
    internal const string LapsedSubject = "work begun in Lapsed";

    /// <summary>All that it tells of.</summary>
    internal static IReadOnlyList<string> Subjects { get; } = [LicensedSubject, SinceSubject, GraceSubject, BeginningSubject, LapsedSubject];

    // As much as a wall clock may be moved with no receipt that tells of it.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(310);

    private string _license = "";

    // As the last state receipt has it; null where none came since the last start.
    private DateTimeOffset? _graceSince;
    private bool _isLapsedSinceStart;

    /// <summary>Checks the next receipt.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="before">How the ledger stood before it.</param>
    /// <returns>What is wrong and of which sort; null for nothing.</returns>
    internal (string Subject, string Evidence)? Check(Receipt receipt, LedgerStanding before)
    {
        switch (receipt)
        {
            case StartReceipt:
                (_graceSince, _isLapsedSinceStart) = (null, true);
                return null;
            case LicenseReceipt license:
                _license = license.License;
                return null;
            case StateReceipt state:
                _graceSince = state.Reasons.Count > 0 ? state.Reasons.Min(static reason => reason.Since) : null;
                _isLapsedSinceStart &= state.State.Known == LicenseState.Lapsed;
                return OfState(state);
            case UsageReceipt usage when licenseOf(usage.License) is { } license:
                return usage.State.Known switch
                {
                    LicenseState.Licensed when license.Until is { } until && IsPast(usage.From, until) => (LicensedSubject, Invariant(
                        $"receipt {usage.Seq} says Licensed on {Words.Date(usage.From)}, and the term of license {license.Id} ended on {Words.Date(until)}")),
                    LicenseState.Grace => OfBeginning(usage) ?? OfGrace(usage, license, before),
                    LicenseState.Lapsed => OfLapsed(usage, license),
                    _ => null,
                };
            default:
                return null;
        }
    }

    private (string, string)? OfState(StateReceipt state)
    {
        // The claim may stand in an earlier mail; it is repeated after every start.
        if (licenseOf(_license)?.Until is not { } until)
            return null;
        foreach (var reason in state.Reasons)
        {
            if (reason.Code == ReasonCode.TermEnded && reason.Since > until)
            {
                return (SinceSubject, Invariant(
                    $"receipt {state.Seq} dates the end of the term of license {_license} to {Words.Date(reason.Since)}, and it was on {Words.Date(until)}"));
            }
        }

        // A license that does not count any more is in force by its own terms, and the end of its term is no reason then.
        var isTold = state.State.Known is not (LicenseState.Grace or LicenseState.Lapsed) || !IsPast(state.At, until)
            || state.Reasons.Any(static reason => reason.Code is ReasonCode.TermEnded or ReasonCode.NoLicenseCounts);
        return isTold ? null : (SinceSubject, Invariant(
            $"receipt {state.Seq} of {Words.Date(state.At)} does not tell that the term of license {_license} ended on {Words.Date(until)}"));
    }

    private (string, string)? OfBeginning(UsageReceipt usage) => _graceSince is not { } since || usage.Since == since ? null : (BeginningSubject, Invariant(
        $"receipt {usage.Seq} tells of a grace since {Words.Date(usage.Since)}, and by the state before it that began on {Words.Date(since)}"));

    // Work that ran when a node lapsed goes on there. A node that started in Lapsed has none, and begins none.
    private (string, string)? OfLapsed(UsageReceipt usage, License license) =>
        !_isLapsedSinceStart || usage.Cores == 0 || license.EnforcementInForce == EnforcementRule.Advisory ? null : (LapsedSubject, Invariant(
            $"receipt {usage.Seq} tells of {Words.Count(usage.Cores, "core")} in use on {Words.Date(usage.From)}, on a node that has been Lapsed since it started"));

    // Another ledger of the folder may have run Licensed for longer, so all that can be earned is granted here; and one that
    // was in Grace for less time, and was left a day ago at most, gives this one as much as its notice again.
    private static (string, string)? OfGrace(UsageReceipt usage, License license, LedgerStanding before)
    {
        var days = license.GraceEarn > 0 ? license.GraceLimit : Math.Min(license.GraceDays, license.GraceLimit);
        var end = GraceRule.After(usage.Since, TimeSpan.FromDays(days));
        var notice = (2 * GraceRule.LeastNotice) + (2 * license.ReceiptInterval);
        if (before.IsCarriedOver || before.GraceSeconds < (long)notice.TotalSeconds || !IsPast(usage.From, end))
            return null;
        return (GraceSubject, Invariant(
            $"receipt {usage.Seq} says Grace on {Words.Date(usage.From)}, after {Words.HoursAndMinutes(before.GraceSeconds)} of it, and the grace since {Words.Date(usage.Since)} was over on {Words.Date(end)} at the latest"));
    }

    private static bool IsPast(DateTimeOffset time, DateTimeOffset end) => time - Slack >= end;
}
