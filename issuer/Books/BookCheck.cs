using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// Reads all that the registry holds again and says what is not as it was written. It changes nothing, sees the registry at
/// one moment while others go on, and holds one ledger's sums and one file at a time.
/// </summary>
internal sealed class BookCheck
{
    private readonly RegistryTransaction _transaction;
    private readonly VendorKeys _keys;
    private readonly List<BookFault> _faults = [];

    private BookCheck(RegistryTransaction transaction, VendorKeys keys) => (_transaction, _keys) = (transaction, keys);

    /// <summary>Checks a registry.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="keys">The vendor's public keys, those that do not sign any more too.</param>
    /// <exception cref="RegistryException">The engine cannot read it.</exception>
    internal static BookReport Run(VendorRegistry registry, VendorKeys keys)
    {
        var faults = registry.EngineFaults().Select(static fault => new BookFault("database", fault, BookFault.FromBackup));
        var report = registry.Read(transaction => Of(transaction, keys));
        return report with { Faults = [.. faults, .. report.Faults] };
    }

    /// <summary>Checks what a transaction sees.</summary>
    internal static BookReport Of(RegistryTransaction transaction, VendorKeys keys) => new BookCheck(transaction, keys).Check();

    private BookReport Check()
    {
        var documents = new DocumentAudit(_transaction, _keys, _faults.Add);
        Guard("signing log", documents.CheckLog);
        var licenses = new LicenseTable(_transaction).All();
        foreach (var license in licenses)
            Guard($"license {license.Id}", () => documents.Check(license));
        var (acknowledged, replies) = CheckReplies(documents);
        var (ledgers, receipts) = CheckLedgers(acknowledged);
        var (kept, findings) = CheckFindings();
        return new BookReport
        {
            Version = RegistryUpgrade.All.Count,
            Licenses = licenses.Count,
            Ledgers = ledgers,
            Receipts = receipts,
            Kept = kept,
            Findings = findings,
            Replies = replies,
            Faults = _faults,
        };
    }

    private (AcknowledgedSizes Acknowledged, long Count) CheckReplies(DocumentAudit documents)
    {
        var (table, acknowledged) = (new ReplyTable(_transaction), new AcknowledgedSizes());
        var numbers = table.Numbers();
        foreach (var (customer, number) in numbers)
        {
            Guard(Invariant($"reply {number} to {customer.Licensee}"), () =>
            {
                if (documents.Check(table.Find(customer, number)!) is { } reply)
                    acknowledged.Add(reply);
            });
        }

        return (acknowledged, numbers.Count);
    }

    private (long Ledgers, long Receipts) CheckLedgers(AcknowledgedSizes acknowledged)
    {
        var (table, book) = (new LedgerTable(_transaction), LicenseBook.Load(_transaction));
        var names = table.Names();
        var receipts = 0L;
        foreach (var name in names)
            Guard($"ledger {name}", () => receipts += new LedgerAudit(_transaction, table.Find(name)!, book, acknowledged, _faults.Add).Check());
        foreach (var name in acknowledged.Ledgers.Except(names, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            _faults.Add(new BookFault($"ledger {name}", $"{acknowledged.Of(name)!.Value.By} names it, and nothing of it is here", BookFault.FromBackup));
        return (names.Count, receipts);
    }

    private (long Kept, long Findings) CheckFindings()
    {
        var audit = new FindingAudit(_transaction, _faults.Add);
        var kept = new KeptTable(_transaction).All();
        var findings = new List<Finding>();
        Guard("findings", () => findings = new FindingTable(_transaction).All());
        var numbers = kept.Select(static section => section.Number).ToHashSet();
        var told = findings.Where(static finding => finding.ClosedAt is null).Select(static finding => finding.Kept).OfType<long>().ToHashSet();
        foreach (var finding in findings)
            Guard(Invariant($"finding {finding.Number}"), () => audit.Check(finding, numbers));
        foreach (var section in kept)
            Guard(Invariant($"kept file {section.Number}"), () => audit.Check(section, told));
        Guard("journal of imports", () => new ImportJournal(_transaction).All());
        return (kept.Count, findings.Count);
    }

    // A row that another hand wrote is told like all else, and what comes after it is read.
    private void Guard(string where, Action check)
    {
        try
        {
            check();
        }
        catch (Exception e) when (e is RegistryException or FormatException or ArgumentException or InvalidCastException)
        {
            _faults.Add(new BookFault(where, e.Message.TrimEnd('.'), BookFault.FromBackup));
        }
    }
}
