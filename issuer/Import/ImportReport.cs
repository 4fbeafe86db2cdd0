using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Import;

/// <summary>What a call of <c>issuer import</c> came to, over all of its files. Immutable.</summary>
internal sealed record ImportReport
{
    /// <summary>What became of each ledger in each file, in the order in which it was settled.</summary>
    public required IReadOnlyList<ImportResult> Results { get; init; }

    /// <summary>
    /// What a person has to know of: of these files, what is damaged, forked or still waits; of the ledgers in them, what
    /// is to be seen to about their licenses, installations and sums. The gravest first.
    /// </summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The customers whose licenses these ledgers prove, in order.</summary>
    public IReadOnlyList<Customer> Customers =>
        [.. Results.SelectMany(static result => result.Customers).Distinct()
            .OrderBy(static customer => customer.Licensee, StringComparer.Ordinal).ThenBy(static customer => customer.Product, StringComparer.Ordinal)];

    /// <summary>That of the gravest finding.</summary>
    public int ExitCode => Findings.Count == 0 ? 0 : Findings.Max(static finding => finding.Kind).ExitCodeOf();

    /// <summary>Puts a report together when all files are through: what waited at first may have found its place.</summary>
    internal static ImportReport Of(RegistryTransaction transaction, IReadOnlyList<ImportResult> results)
    {
        var kept = new KeptTable(transaction);
        var settled = results.Select(result => result.Outcome == ImportOutcome.Gap && !Waits(kept, result)
            ? result with { Outcome = ImportOutcome.Waited }
            : result).ToList();
        var ledgers = results.Select(static result => result.Ledger).Where(static ledger => ledger.Length > 0).ToHashSet(StringComparer.Ordinal);
        var installations = ledgers.Select(InstallationName.InstallationOf).ToHashSet(StringComparer.Ordinal);
        return new ImportReport
        {
            Results = settled,
            Findings = [.. new FindingTable(transaction).All()
                .Where(finding => finding.IsDue && IsOfCall(finding))
                .OrderByDescending(static finding => finding.Kind).ThenBy(static finding => finding.Number)],
        };

        bool IsOfCall(Finding finding) => finding.Kind switch
        {
            FindingKind.NewInstallation => installations.Contains(finding.Ledger),
            FindingKind.Damage or FindingKind.Fork or FindingKind.Gap =>
                settled.Exists(result => finding.Ledger == result.Ledger && finding.Subject == result.Subject && finding.Kind == KindOf(result.Outcome)),
            FindingKind.CarriedOn => ledgers.Contains(finding.Ledger)
                || ledgers.Any(ledger => finding.Subject.Contains(InstallationName.LedgerPartOf(ledger), StringComparison.Ordinal)),
            _ => ledgers.Contains(finding.Ledger),
        };
    }

    private static FindingKind? KindOf(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Damage => FindingKind.Damage,
        ImportOutcome.Gap => FindingKind.Gap,
        ImportOutcome.Fork => FindingKind.Fork,
        _ => null,
    };

    private static bool Waits(KeptTable kept, ImportResult result) =>
        kept.Waiting(result.Ledger).Exists(waiting => waiting.Start == result.Start && waiting.End == result.End);
}
