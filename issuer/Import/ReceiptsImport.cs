using System.Security.Cryptography;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>A file to import.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Open">Opens it at its first byte; it may be read more than once.</param>
internal sealed record ReceiptsFile(string Name, Func<Stream> Open)
{
    /// <summary>The section's number where the file is one that waited in the registry.</summary>
    internal long? Waited { get; init; }
}

/// <summary>
/// Takes receipts files into the registry, in any order and any number of times. Each ledger in a file is verified to
/// its end before anything is done with it, and stored in one transaction or not at all. Not thread-safe; several
/// processes may import into one registry.
/// </summary>
/// <param name="registry">The registry.</param>
/// <param name="time">The issuer's clock.</param>
internal sealed class ReceiptsImport(VendorRegistry registry, TimeProvider time)
{
    private LicenseBook? _book;

    /// <summary>Imports a file, and then whatever waited for it.</summary>
    /// <returns>What became of each ledger in it, and of those that had waited.</returns>
    /// <exception cref="IOException">The file cannot be read, or the registry cannot be used. What was stored before stays.</exception>
    internal IReadOnlyList<ImportResult> Import(ReceiptsFile file)
    {
        _book = registry.Read(LicenseBook.Load);
        var results = new List<ImportResult>();
        ImportOne(file, results);
        while (registry.Read(static transaction => new KeptTable(transaction).NextToTakeIn()) is { } waiting)
        {
            if (registry.Read(transaction => new KeptTable(transaction).Section(waiting.Number)) is { } section)
                ImportOne(new ReceiptsFile(waiting.File, section.Open) { Waited = waiting.Number }, results);
        }

        return results;
    }

    /// <summary>
    /// How many damaged ledgers of one file are named. What is cut off in one place is one; a file with more was not made
    /// by an export, and the rest of it is left.
    /// </summary>
    internal const int MostDamages = 16;

    private void ImportOne(ReceiptsFile file, List<ImportResult> results)
    {
        using var stream = file.Open();
        string sha256;
        using (var hashed = file.Open())
            sha256 = Convert.ToHexStringLower(SHA256.HashData(hashed));
        var import = registry.Write(transaction => new ImportJournal(transaction).Begin(ExactText.WholeSeconds(time.GetUtcNow()), file.Name, sha256));
        var intake = new LedgerIntake(registry, _book!, time, file, import);
        using var reader = new ReceiptsReader(stream, file.Name);
        LedgerHead? head = null;
        var damages = 0;
        for (var index = 0; ; index++)
        {
            try
            {
                head = null;
                head = reader.NextLedger();
                if (head is null)
                    return;
                results.Add(intake.Take(reader, head, index));
            }
            catch (ReceiptsDamageException damage)
            {
                results.Add(intake.Refuse(damage, head, sha256));
                if (++damages == MostDamages || !reader.SkipToNextLedger())
                    return;
            }
        }
    }
}
