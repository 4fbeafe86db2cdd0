using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using Code = OfflineLicense.Verifier.Command.ExitCode;

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

    /// <summary>That of the gravest finding; where none has a code, that of a file that was not taken in.</summary>
    public int ExitCode => Findings.Select(static finding => finding.Kind).DefaultIfEmpty().Max().ExitCodeOf() is not Code.Ok and var code
        ? code
        : Results.Select(static result => CodeOf(result.Outcome)).DefaultIfEmpty(Code.Ok).Max();

    /// <summary>Puts a report together when all files are through: what waited at first may have found its place.</summary>
    internal static ImportReport Of(RegistryTransaction transaction, IReadOnlyList<ImportResult> results)
    {
        var kept = new KeptTable(transaction);
        var settled = results.Select(result => result.Outcome == ImportOutcome.Gap && !kept.IsWaiting(result.Ledger, result.Start, result.End)
            ? result with { Outcome = ImportOutcome.Waited }
            : result).ToList();
        var ledgers = results.Select(static result => result.Ledger).Where(static ledger => ledger.Length > 0).ToHashSet(StringComparer.Ordinal);
        var installations = ledgers.Select(InstallationName.InstallationOf).ToHashSet(StringComparer.Ordinal);
        var parts = ledgers.Select(InstallationName.LedgerPartOf).ToHashSet(StringComparer.Ordinal);
        var customers = results.SelectMany(static result => result.Customers).ToHashSet();
        var ofFiles = settled.Select(static result => (KindOf(result.Outcome), result.Ledger, result.Subject)).ToHashSet();
        return new ImportReport
        {
            Results = settled,
            Findings = [.. new FindingTable(transaction).Unmended()
                .Where(finding => finding.IsDue && IsOfCall(finding))
                .OrderByDescending(static finding => finding.Kind).ThenBy(static finding => finding.Number)],
        };

        bool IsOfCall(Finding finding) => finding.Kind switch
        {
            FindingKind.OverQuota or FindingKind.MailOverdue or FindingKind.ReplacedLicense or FindingKind.Silent =>
                finding.Customer is { } customer && customers.Contains(customer),
            FindingKind.NewInstallation => installations.Contains(finding.Ledger),
            FindingKind.Damage or FindingKind.Fork or FindingKind.Gap => ofFiles.Contains((finding.Kind, finding.Ledger, finding.Subject)),
            FindingKind.CarriedOn => ledgers.Contains(finding.Ledger) || finding.Subject.Split(' ').Any(parts.Contains),
            _ => ledgers.Contains(finding.Ledger) || ofFiles.Contains((finding.Kind, finding.Ledger, finding.Subject)),
        };
    }

    private static FindingKind? KindOf(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Damage => FindingKind.Damage,
        ImportOutcome.Gap => FindingKind.Gap,
        ImportOutcome.Fork => FindingKind.Fork,
        ImportOutcome.Newer => FindingKind.NeedsNewerVersion,
        _ => null,
    };

    private static int CodeOf(ImportOutcome outcome) => outcome switch
    {
        ImportOutcome.Newer => Code.DoesNotFit,
        ImportOutcome.Refused => Code.Malformed,
        ImportOutcome.Unreadable => Code.Unreadable,
        _ => Code.Ok,
    };
}
