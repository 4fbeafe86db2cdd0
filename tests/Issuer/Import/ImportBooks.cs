using System.Globalization;
using System.Text;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Issuer.Registry;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>A vendor's registry in a folder of its own, and what a test asks of it.</summary>
internal sealed class ImportBooks : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="licenses">The licenses that were issued.</param>
    internal ImportBooks(params SignedLicense[] licenses)
    {
        Store = OwnRegistry.Store(_folder["registry.db"]);
        VendorRegistry.Create(Store);
        Registry = VendorRegistry.Open(Store);
        foreach (var license in licenses)
            Issue(license);
    }

    internal RegistryStore Store { get; }

    internal VendorRegistry Registry { get; }

    internal ManualTime Time { get; } = new("2027-01-05T08:00:00Z");

    internal void Issue(SignedLicense license) =>
        Registry.Write(transaction => new LicenseTable(transaction).Add(StoredLicense.Of(license, [])));

    /// <summary>Imports one file.</summary>
    internal IReadOnlyList<ImportResult> Import(string name, params byte[][] concatenated)
    {
        var import = new ReceiptsImport(Registry, Time);
        var results = import.Import(FileOf(name, concatenated));
        import.JudgeCustomers(results);
        return results;
    }

    /// <summary>Imports one file, and says only what became of its first ledger.</summary>
    internal ImportOutcome Outcome(string name, params byte[][] concatenated) => Import(name, concatenated)[0].Outcome;

    internal static ReceiptsFile FileOf(string name, params byte[][] concatenated)
    {
        var bytes = concatenated.SelectMany(static part => part).ToArray();
        return new ReceiptsFile(name, () => new MemoryStream(bytes));
    }

    internal StoredLedger? Ledger(FleetNode node) => Registry.Read(transaction => new LedgerTable(transaction).Find(node.Ledger));

    internal long SizeOf(FleetNode node) => Ledger(node)?.Size ?? 0;

    /// <summary>The findings that are open, in an order that does not tell when they were found.</summary>
    internal List<Finding> OpenFindings() => [.. Registry.Read(static transaction => new FindingTable(transaction).All())
        .Where(static finding => finding.ClosedAt is null)
        .OrderBy(static finding => finding.Kind).ThenBy(static finding => finding.Ledger, StringComparer.Ordinal).ThenBy(static finding => finding.Subject, StringComparer.Ordinal)];

    internal IEnumerable<FindingKind> OpenKinds() => OpenFindings().Select(static finding => finding.Kind);

    /// <summary>
    /// All that the registry knows and that no order of importing may change: ledgers with their lines, use, claims,
    /// what waits, and open findings.
    /// </summary>
    internal string Dump() => Registry.Read(transaction =>
    {
        var text = new StringBuilder();
        var (ledgers, uses) = (new LedgerTable(transaction), new UseTable(transaction));
        foreach (var ledger in ledgers.All())
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{ledger.Name} {ledger.Size} {ExactText.FormatBase64(ledger.Root)} {ledger.Standing}");
            foreach (var piece in ledgers.PieceStarts(ledger.Name).Select(start => ledgers.Piece(ledger.Name, start)))
                text.Append(Encoding.UTF8.GetString(piece.Text().Span));
            foreach (var claim in uses.Claims(ledger.Name))
            {
                text.AppendLine(claim.ToString());
                foreach (var use in uses.Uses(ledger.Name, claim.License))
                    text.AppendLine(CultureInfo.InvariantCulture, $"{use.Claim} {use.Day:yyyy-MM-dd} {use.Use}");
            }

            foreach (var meter in uses.Meters(ledger.Name).OrderBy(static meter => meter.Key, StringComparer.Ordinal))
                text.AppendLine(meter.ToString());
            foreach (var waiting in new KeptTable(transaction).Waiting(ledger.Name))
                text.AppendLine(CultureInfo.InvariantCulture, $"waits {waiting.Start} {waiting.End}");
        }

        return text.ToString();
    }) + string.Join('\n', OpenFindings().Select(static finding => $"{finding.Kind} {finding.Ledger} {finding.Subject} {finding.Customer} {finding.Evidence}"));

    /// <summary>All orders of so many things.</summary>
    internal static IEnumerable<int[]> Permutations(int count)
    {
        if (count == 0)
            return [[]];
        return Permutations(count - 1).SelectMany(shorter => Enumerable.Range(0, count)
            .Select(place => (int[])[.. shorter[..place], count - 1, .. shorter[place..]]));
    }

    public void Dispose()
    {
        Registry.Dispose();
        _folder.Dispose();
    }
}
