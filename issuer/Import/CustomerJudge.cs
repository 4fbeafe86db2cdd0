using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
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
        Put(customer, FindingKind.ReplacedLicense, licenses.SelectMany(license => Replaced(license.License, uses)));
        Put(customer, FindingKind.Silent, new SilenceJudge(transaction, book, customer, uses).Silent().Select(static silent => (silent.Ledger, silent.Subject, silent.Evidence, "")));
        JudgeMail(customer, uses);
    }

    /// <summary>Judges what time alone brings.</summary>
    internal void JudgeMail(Customer customer) => JudgeMail(customer, new CountedUse(transaction, book, customer));

    private void JudgeMail(Customer customer, CountedUse uses) => Put(customer, FindingKind.MailOverdue,
        new SilenceJudge(transaction, book, customer, uses).Overdue(now).Select(static late => ("", late.Subject, late.Evidence, "")));

    private IEnumerable<(string Ledger, string Subject, string Evidence, string Basis)> Replaced(License license, CountedUse uses)
    {
        if (book.After(license.Id).FirstOrDefault() is not { } next)
            yield break;
        var since = next.From > next.Issued ? next.From : next.Issued;
        var (last, today) = (DateOnly.FromDateTime((since + Rollout).UtcDateTime), DateOnly.FromDateTime(now.UtcDateTime));

        // Once a newer one counts on a node, the old one never does there again: that node has got it since. And days that are
        // still to come are a wrong clock's.
        var moved = uses.Ledgers(book.After(license.Id).Select(static newer => newer.Id)).Select(static ledger => ledger.Name).ToHashSet(StringComparer.Ordinal);
        var late = uses.Of(license.Id).Where(use => use.Day > last && use.Day <= today && !moved.Contains(use.Ledger));
        foreach (var site in late.GroupBy(static use => InstallationName.InstallationOf(use.Ledger), StringComparer.Ordinal))
        {
            var ledgers = site.Select(static use => use.Ledger).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            var named = string.Join(", ", ledgers.Take(MostNamed)) + (ledgers.Count > MostNamed ? " …" : "");
            yield return (site.Key, license.Id, Invariant(
                $"license {license.Id} was in use up to {site.Max(static use => use.Day):yyyy-MM-dd}, and {next.Id} took its place on {Words.Date(since)}; in {Words.Count(ledgers.Count, "ledger")}: {named}"), "");
        }
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
