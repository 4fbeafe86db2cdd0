using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Verdicts;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Makes the reply to a customer: what the vendor has, and what that adds up to. The two go together. A node adds to the
/// <c>used</c> lines what its own receipts past the <c>ledger</c> lines say, so <c>used</c> is exactly the proven use in
/// the receipts that the <c>ledger</c> lines name. Of a forked ledger both are those of the history that was stored first,
/// which goes on and is billed. All that a fork withholds is the other history: the node that has that one sees by the line
/// that it does not hold what the vendor has, and begins a new ledger. An installation that is to be confirmed counts: the
/// question is asked of a person, and no node waits for the answer. One that was declined is none of the customer's: it is
/// neither counted nor named.
/// </summary>
/// <param name="transaction">A transaction that writes.</param>
/// <param name="book">The issued licenses.</param>
internal sealed class ReplyMaker(RegistryTransaction transaction, LicenseBook book)
{
    /// <summary>How long a ledger is named after a file last had it, and a license after its term.</summary>
    internal const int Days = 400;

    /// <summary>The most ledgers that a reply names, those heard of last: as many as its 4 MiB hold, and then some are spared.</summary>
    internal const int MostLedgers = 28_000;

    /// <summary>Makes, signs and stores the next reply.</summary>
    /// <param name="customer">To whom.</param>
    /// <param name="replyKey">The key of the import machine.</param>
    /// <param name="now">When. UTC, whole seconds.</param>
    /// <returns>The reply; null when nothing of this customer is stored.</returns>
    internal StoredReply? Make(Customer customer, INoteSigner replyKey, DateTimeOffset now)
    {
        var table = new ReplyTable(transaction);
        var newest = table.Newest(customer);
        if (Compose(customer, (newest?.Number ?? 0) + 1, now) is not { Ledgers.Count: > 0 } reply)
            return null;
        var stored = new StoredReply(customer, reply.Number, now, newest?.File ?? FileFor(customer, table), reply.Sign(replyKey));
        table.Add(stored);
        new SigningLog(transaction).Add(
            now, "reply", Invariant($"{reply.Number} to {customer.Licensee}"), replyKey.VerifierKey, Encoding.UTF8.GetBytes(ReplyFormat.Print(reply)));
        return stored;
    }

    /// <summary>What a reply would say.</summary>
    internal Reply Compose(Customer customer, long number, DateTimeOffset now)
    {
        var counted = new HashSet<string>(StringComparer.Ordinal);
        var uses = new CountedUse(transaction, book, customer);
        var heardSince = now.AddDays(-Days);
        var used = book.Of(customer).DistinctBy(static license => license.Id)
            .Select(static license => license.License)
            .Where(license => license.From <= now && (license.Until is not { } until || heardSince < until))
            .Select(license => UseOf(license, now, uses, counted))
            .OrderBy(static use => use.License, StringComparer.Ordinal).ToList();
        var ledgers = uses.Ledgers()
            .Where(ledger => ledger.HeardAt >= heardSince || counted.Contains(ledger.Name))
            .OrderByDescending(static ledger => ledger.HeardAt).ThenBy(static ledger => ledger.Name, StringComparer.Ordinal)
            .Take(MostLedgers)
            .Select(static ledger => new ReplyLedger(ledger.Name, ledger.Size, ExactText.FormatBase64(ledger.Root)))
            .OrderBy(static ledger => ledger.Ledger, StringComparer.Ordinal).ToList();
        return new Reply
        {
            Product = customer.Product,
            Licensee = customer.Licensee,
            Number = number,
            Time = now,
            Used = used,
            Ledgers = ledgers,
        };
    }

    // A license that was replaced has its line too: nodes that have not got the new one still run on it.
    private ReplyUse UseOf(License license, DateTimeOffset now, CountedUse uses, HashSet<string> counted)
    {
        var chain = book.ChainOf(license);
        var period = LicensePeriod.Of(license, now);
        var sum = default(UseSeconds);
        foreach (var use in chain.Ids.SelectMany(uses.Of).Where(use => chain.CountsToward(period, use.License, use.Day)))
        {
            sum = sum.Plus(use.Use.Node, use.Use.Core);
            counted.Add(use.Ledger);
        }

        return new ReplyUse(license.Id, period.Start, sum.Node, sum.Core);
    }

    // Two customers may have names that differ only in what a file's name cannot hold.
    private static string FileFor(Customer customer, ReplyTable table)
    {
        var plain = $"{Slug(customer.Licensee)}-{customer.Product}.reply";
        return !table.IsTaken(plain, customer)
            ? plain
            : $"{Slug(customer.Licensee)}-{Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(customer.Licensee)).AsSpan(0, 5))}-{customer.Product}.reply";
    }

    private static string Slug(string licensee)
    {
        var words = new string([.. licensee.ToLowerInvariant().Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', words);
        return slug.Length == 0 ? "customer" : slug.Length <= 80 ? slug : slug[..80].TrimEnd('-');
    }
}
