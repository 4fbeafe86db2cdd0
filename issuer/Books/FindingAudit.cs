using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// Checks what is kept beside the ledgers: that each file which waits, or proves a fork, still verifies, that somebody is told of
/// it, and that no finding has lost its proof. Not thread-safe.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="tell">Takes what is wrong.</param>
internal sealed class FindingAudit(RegistryTransaction transaction, Action<BookFault> tell)
{
    private readonly KeptTable _kept = new(transaction);
    private readonly LedgerTable _ledgers = new(transaction);

    /// <summary>Checks a finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="kept">The numbers of the files that are kept.</param>
    internal void Check(Finding finding, IReadOnlySet<long> kept)
    {
        var where = Invariant($"finding {finding.Number}, {finding.Kind.Name()}");
        new FindingJournal(transaction).Of(finding.Number); // each decision is read, and one that cannot be is told
        if (finding.ClosedAt is not null || finding.Kind is not (FindingKind.Gap or FindingKind.Fork))
            return;
        if (finding.Kept is not { } number || !kept.Contains(number))
            tell(new BookFault(where, "the file that proves it is missing", BookFault.FromBackup));
        else if (finding.Kind == FindingKind.Fork && !IsProven(finding))
            tell(new BookFault(where, "its two files do not contradict each other", BookFault.FromBackup));
    }

    /// <summary>Checks a file that is kept.</summary>
    /// <param name="kept">The file.</param>
    /// <param name="told">What the open findings keep.</param>
    internal void Check(KeptSection kept, IReadOnlySet<long> told)
    {
        var where = Invariant($"kept file {kept.Number}, receipts {kept.Start} to {kept.End - 1} of {kept.Ledger}");
        if (ProblemOf(kept) is { } problem)
            tell(new BookFault(where, problem, BookFault.FromBackup));
        if (kept.KeptFor == KeptFor.Gap && kept.Start <= (_ledgers.Find(kept.Ledger)?.Size ?? 0))
            tell(new BookFault(where, "what it waited for is stored, and it waits on", BookFault.ByImport));
        else if (!told.Contains(kept.Number))
            tell(new BookFault(where, "no finding tells of it", BookFault.ByRebuild));
        if (kept.KeptFor == KeptFor.Fork && _ledgers.Find(kept.Ledger) is { ForkedSize: null })
            tell(new BookFault(where, "its ledger is not marked as forked", BookFault.ByRebuild));
    }

    private string? ProblemOf(KeptSection kept)
    {
        try
        {
            var section = _kept.Section(kept.Number)!;
            using var reader = new ReceiptsReader(section.Open(), kept.File);
            if (reader.NextLedger() is not { } head || head.Ledger != kept.Ledger || head.Start != kept.Start)
                return "its lines are not those of its head";
            while (reader.NextReceipt() is not null)
            {
                // The reader verifies.
            }

            return reader.Seal!.Size != kept.End || !reader.Seal.Root.AsSpan().SequenceEqual(section.Root) ? "its lines are not those of its head" : null;
        }
        catch (Exception e) when (e is ReceiptsDamageException or InvalidDataException or ArgumentException)
        {
            return $"it is damaged: {e.Message.TrimEnd('.')}";
        }
    }

    private bool IsProven(Finding finding)
    {
        try
        {
            var (stored, second) = ForkEvidence.Of(transaction, finding);
            return ForkEvidence.Proves(stored.Open(), second.Open());
        }
        catch (Exception e) when (e is ReceiptsDamageException or InvalidDataException or ArgumentException)
        {
            return false;
        }
    }
}
