using System.IO.Compression;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// Writes all that the registry holds and that cannot be derived as the files that it came in: licenses and replies as they were
/// signed, receipts as they were mailed, and what people decided. Each receipts file bears the date on which its ledger
/// was heard of last, since that is in no receipt.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="folder">A folder that is there and empty.</param>
internal sealed class BookExport(RegistryTransaction transaction, string folder)
{
    // By name, what was stored comes before what is kept beside it: of a fork the first history stays the first.
    private const string StoredReceipts = "receipts/1-stored";
    private const string KeptReceipts = "receipts/2-kept";

    private readonly LedgerTable _ledgers = new(transaction);

    /// <summary>What could not be written, since it is damaged.</summary>
    internal List<BookFault> Faults { get; } = [];

    /// <summary>How many files were written, without the decisions.</summary>
    internal long Files { get; private set; }

    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    internal void Write()
    {
        foreach (var license in new LicenseTable(transaction).All())
            Put($"licenses/{license.Id}{Suffix(license.Format)}.lic", license.Note);
        var replies = new ReplyTable(transaction);
        foreach (var (customer, number) in replies.Numbers())
        {
            var reply = replies.Find(customer, number)!;
            Put(Invariant($"replies/{number:D6}/{reply.File}"), reply.Note);
        }

        foreach (var ledger in _ledgers.All())
            Put($"{StoredReceipts}/{ledger.Name.Replace('/', '-')}.receipts.gz", $"ledger {ledger.Name}", ledger.HeardAt, () => _ledgers.Section(ledger, 0));
        var (kept, findings) = (new KeptTable(transaction), new FindingTable(transaction).All());
        foreach (var section in kept.All())
        {
            var heard = _ledgers.Find(section.Ledger)?.HeardAt ?? findings.Find(finding => finding.Kept == section.Number)?.FoundAt;
            Put(Invariant($"{KeptReceipts}/{section.Number:D6}.receipts.gz"), Invariant($"kept file {section.Number}"), heard, () => kept.Section(section.Number)!);
        }

        var journal = new FindingJournal(transaction);
        File.WriteAllBytes(Path.Combine(folder, DecisionsFile.Name), DecisionsFile.Print(findings
            .SelectMany(finding => journal.Of(finding.Number), static (finding, decision) => new FiledDecision(finding.Kind, finding.Ledger, finding.Subject, decision))
            .OrderBy(static filed => filed.Decision.At)));
    }

    // A license may be signed once in each format; the first has the plain name.
    private static string Suffix(string format) => format.EndsWith("/v1", StringComparison.Ordinal) ? "" : $".{format[(format.LastIndexOf('/') + 1)..]}";

    private void Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        Files++;
    }

    private void Put(string name, string where, DateTimeOffset? heard, Func<ReceiptsSection> receipts)
    {
        var path = PathOf(name);
        try
        {
            using var lines = receipts().Open();
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            using var zipped = new GZipStream(file, CompressionLevel.Optimal);
            lines.CopyTo(zipped);
            Files++;
        }
        catch (Exception e) when (e is RegistryException or InvalidDataException or ArgumentException)
        {
            File.Delete(path);
            Faults.Add(new BookFault(where, $"it is not in the folder: {e.Message}", BookFault.FromBackup));
            return;
        }

        if (heard is { } at)
            File.SetLastWriteTimeUtc(path, at.UtcDateTime);
    }

    private string PathOf(string name)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
