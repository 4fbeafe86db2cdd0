using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Judges a customer by all that is stored of them, when an import is through: more than the quota, a license in use whose
/// place another took, ledgers that went silent, and mail that is overdue. What holds no more is mended by that.
/// </summary>
/// <param name="transaction">A transaction that writes.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="now">When the import is, or somebody asks.</param>
internal sealed class CustomerJudge(RegistryTransaction transaction, LicenseBook book, DateTimeOffset now)
{
    /// <summary>How long a customer may take to bring a new license to all nodes.</summary>
    internal static readonly TimeSpan Rollout = TimeSpan.FromDays(30);

    private const int MostNamed = 3;

    private readonly FindingTable _findings = new(transaction);

    /// <summary>Judges all of it, after receipts came.</summary>
    internal void Judge(Customer customer)
    {
        var uses = new CountedUse(transaction, book, customer);
        var licenses = book.Of(customer).DistinctBy(static license => license.Id).ToList();
        var quotas = new QuotaJudge(transaction, book, uses);
        Put(customer, FindingKind.OverQuota, licenses.SelectMany(quotas.Over).Select(static over => ("", over.Subject, over.Evidence, over.Basis)));
        Put(customer, FindingKind.ReplacedLicense, licenses.Select(license => Replaced(license.License, uses)).OfType<(string, string, string, string)>());
        Put(customer, FindingKind.Silent, new SilenceJudge(transaction, book, customer).Silent().Select(static silent => (silent.Ledger, silent.Subject, silent.Evidence, "")));
        JudgeMail(customer);
    }

    /// <summary>Judges what time alone brings.</summary>
    internal void JudgeMail(Customer customer) => Put(customer, FindingKind.MailOverdue,
        new SilenceJudge(transaction, book, customer).Overdue(now).Select(static late => ("", late.Subject, late.Evidence, "")));

    private (string Ledger, string Subject, string Evidence, string Basis)? Replaced(License license, CountedUse uses)
    {
        if (book.After(license.Id).FirstOrDefault() is not { } next)
            return null;
        var since = next.From > next.Issued ? next.From : next.Issued;
        var last = DateOnly.FromDateTime((since + Rollout).UtcDateTime);

        // Once a newer one counts on a node, the old one never does there again: that node has got it since. And days that are
        // still to come are a wrong clock's.
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var late = uses.Of(license.Id).Where(use => use.Day > last && use.Day <= today).Select(static use => use.Ledger).Distinct(StringComparer.Ordinal)
            .Where(ledger => !book.After(license.Id).Any(newer => uses.Of(newer.Id).Any(use => use.Ledger == ledger)))
            .Order(StringComparer.Ordinal).ToList();
        if (late.Count == 0)
            return null;
        var named = string.Join(", ", late.Take(MostNamed)) + (late.Count > MostNamed ? " …" : "");
        var until = uses.Of(license.Id).Where(use => use.Day <= today).Max(static use => use.Day);
        return ("", license.Id, Invariant(
            $"license {license.Id} was in use up to {until:yyyy-MM-dd}, and {next.Id} took its place on {Words.Date(since)}; in {Words.Count(late.Count, "ledger")}: {named}"), string.Join(' ', late));
    }

    private void Put(Customer customer, FindingKind kind, IEnumerable<(string Ledger, string Subject, string Evidence, string Basis)> found)
    {
        var findings = found.Select(one => new Finding
        {
            Kind = kind,
            Ledger = one.Ledger,
            Subject = one.Subject,
            Customer = customer,
            Evidence = one.Evidence,
            Basis = one.Basis,
            FoundAt = now,
        }).ToList();
        _findings.CloseMended(customer, kind, findings, now);
        foreach (var finding in findings)
            _findings.Renew(finding);
    }
}
