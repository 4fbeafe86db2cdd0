using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Tells of receipts that did not come: of ledgers that go silent while others of their customer are mailed, and of
/// customers who have the duty to mail and do not. Nothing is told of a ledger that ended in good order or that another
/// carries on: nothing more is to come of it.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="customer">Whose.</param>
/// <param name="uses">What counts of the customer's use.</param>
internal sealed class SilenceJudge(RegistryTransaction transaction, LicenseBook book, Customer customer, CountedUse uses)
{
    /// <summary>How far other ledgers go on before one is told of: a machine may be off over somebody's holidays.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromDays(30);

    /// <summary>What a mail and the clerk who imports it may take.</summary>
    internal static readonly TimeSpan Post = TimeSpan.FromDays(7);

    // As long as a reply names it.
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(ReplyMaker.Days);

    private readonly LedgerTable _ledgers = new(transaction);
    private readonly LineageTable _lineage = new(transaction);

    /// <summary>The ledgers that went silent. It goes by what other ledgers show, and by no clock.</summary>
    internal IEnumerable<(string Ledger, string Subject, string Evidence)> Silent()
    {
        var all = uses.Ledgers();
        if (all.Count < 2)
            yield break;
        var newest = all.Max(KnownUntil);
        foreach (var ledger in all)
        {
            var last = KnownUntil(ledger);
            if (newest - last <= LongestPause || newest - last > Forgotten || HasEnded(ledger))
                continue;
            yield return (ledger.Name, ExactText.FormatTime(last), Invariant(
                $"ledger {ledger.Name} ends on {Words.Date(last)} with no stop, and other ledgers of this customer go on to {Words.Date(newest)}"));
        }
    }

    /// <summary>The licenses whose duty to mail is overdue.</summary>
    internal IEnumerable<(string Subject, string Evidence)> Overdue(DateTimeOffset now)
    {
        foreach (var license in book.Of(customer).DistinctBy(static license => license.Id).Select(static license => license.License))
        {
            if (license.Receipts?.MailEvery is not { } every || IsReplaced(license, now))
                continue;
            var ledgers = uses.Ledgers(book.ChainOf(license).Ids);

            // By the day of the mail and not by its dates: of a machine that was off there is nothing to mail.
            DateTimeOffset? heard = ledgers.Count == 0 ? null : ledgers.Max(static ledger => ledger.HeardAt);
            var from = heard ?? (license.Issued > license.From ? license.Issued : license.From);
            var isWhole = license.Until is { } until && (now - until > Forgotten || ledgers.Exists(ledger => KnownUntil(ledger) >= until));
            if (now - from <= every.Value + Post || isWhole || (ledgers.Count > 0 && ledgers.TrueForAll(HasEnded)))
                continue;
            yield return ($"{license.Id} {ExactText.FormatTime(from)}", Invariant(
                $"license {license.Id} asks for receipts every {Words.Length(every.Value)}, and {(heard is null ? "none ever came" : $"the last came on {Words.Date(from)}")}; they were due on {Words.Date(from + every.Value)}"));
        }
    }

    private bool IsReplaced(License license, DateTimeOffset now) => book.After(license.Id).Any(next => next.From <= now && next.Issued <= now);

    // A date to come is a wrong clock, and tells nothing of anybody else.
    private static DateTimeOffset KnownUntil(StoredLedger ledger) =>
        ledger.Standing.LastAt is { } last && last < ledger.HeardAt ? last : ledger.HeardAt;

    private bool HasEnded(StoredLedger ledger) =>
        _lineage.FollowersOf(ledger.Name).Count > 0 || _ledgers.Last(ledger.Name) is StopReceipt;
}
