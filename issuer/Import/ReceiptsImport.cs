using System.Security.Cryptography;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
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
/// its end before anything is done with it, and stored in one transaction or not at all. Licenses are those that were issued
/// when it began. Not thread-safe; several processes may import into one registry.
/// </summary>
/// <param name="registry">The registry.</param>
/// <param name="time">The issuer's clock.</param>
internal sealed class ReceiptsImport(VendorRegistry registry, TimeProvider time)
{
    private LicenseBook? _book;

    /// <summary>Imports a file, and then whatever waited for it.</summary>
    /// <returns>What became of each ledger in it, and of those that had waited; or why the file is none or cannot be read.</returns>
    /// <exception cref="IOException">The file fails in mid-reading, or the registry cannot be used. What was stored before stays.</exception>
    internal IReadOnlyList<ImportResult> Import(ReceiptsFile file)
    {
        _book ??= registry.Read(LicenseBook.Load);
        var results = new List<ImportResult>();
        ImportOne(file, results);
        foreach (var ledger in results.Select(static result => result.Ledger).Distinct(StringComparer.Ordinal).ToList())
        {
            while (registry.Read(transaction => new KeptTable(transaction).NextToTakeIn(ledger)) is { } waiting)
            {
                if (registry.Read(transaction => new KeptTable(transaction).Section(waiting.Number)) is { } section)
                    ImportOne(new ReceiptsFile(waiting.File, section.Open) { Waited = waiting.Number }, results);
            }
        }

        return results;
    }

    /// <summary>Judges the customers whose ledgers came, once all of the files are through.</summary>
    /// <param name="results">What became of the files.</param>
    internal void JudgeCustomers(IEnumerable<ImportResult> results)
    {
        _book ??= registry.Read(LicenseBook.Load);
        foreach (var customer in results.SelectMany(static result => result.Customers).Distinct())
            registry.Write(transaction => new CustomerJudge(transaction, _book, ExactText.WholeSeconds(time.GetUtcNow())).Judge(customer));
    }

    /// <summary>
    /// How many damaged ledgers of one file are named. What is cut off in one place is one; a file with more was not made
    /// by an export, and the rest of it is left.
    /// </summary>
    internal const int MostDamages = 16;

    private void ImportOne(ReceiptsFile file, List<ImportResult> results)
    {
        string sha256;
        bool isForeign;
        try
        {
            using (var hashed = file.Open())
                sha256 = Convert.ToHexStringLower(SHA256.HashData(hashed));
            using (var begin = file.Open())
                isForeign = file.Waited is null && ForeignFile.Is(begin);
        }
        catch (CommandFailure unreadable)
        {
            results.Add(new ImportResult { File = file.Name, Outcome = ImportOutcome.Unreadable, Ledger = "", Detail = unreadable.Message, Hint = unreadable.Hint });
            return;
        }

        var import = registry.Write(transaction => Begin(transaction, file, sha256));
        if (isForeign)
        {
            const string reason = "it is no receipts file";
            registry.Write(transaction => new ImportJournal(transaction).Add(import, "", (0, 0), ImportOutcome.Refused.Name(), reason));
            results.Add(new ImportResult
            {
                File = file.Name,
                Outcome = ImportOutcome.Refused,
                Ledger = "",
                Detail = reason,
                Hint = "'issuer inspect' tells what it is",
            });
            return;
        }

        // Which ledgers are to be read, by their place in the file, and whether wholly; null for all. A second pass is for forks,
        // of which both histories are kept, and a further one for those of which another import was first.
        var intake = new LedgerIntake(registry, _book!, time, file, import);
        for (Dictionary<int, bool>? asked = null; asked is null || asked.Count > 0;)
            asked = Pass(file, intake, sha256, asked, results);
    }

    private long Begin(RegistryTransaction transaction, ReceiptsFile file, string sha256)
    {
        var now = ExactText.WholeSeconds(time.GetUtcNow());
        new FindingTable(transaction).CloseOfFile(FindingKind.NeedsNewerVersion, sha256, now);
        return new ImportJournal(transaction).Begin(now, file.Name, sha256);
    }

    private static Dictionary<int, bool> Pass(
        ReceiptsFile file, LedgerIntake intake, string sha256, Dictionary<int, bool>? asked, List<ImportResult> results)
    {
        using var stream = file.Open();
        using var reader = new ReceiptsReader(stream, file.Name);
        var again = new Dictionary<int, bool>();
        var damages = 0;
        var last = asked is null ? 0 : asked.Keys.Max();
        for (var index = 0; ; index++)
        {
            var wholly = false;
            var isAsked = asked is null || asked.TryGetValue(index, out wholly);
            LedgerHead? head = null;
            try
            {
                head = reader.NextLedger();
                if (head is null)
                    return index > last || asked is null ? again : throw new IOException($"{file.Name} changed while it was read");
                if (!isAsked)
                    reader.SkipToNextLedger();
                else if (intake.Take(reader, head, wholly) is { } result)
                    results.Add(result);
                else
                    again.Add(index, true);
            }
            catch (ReceiptsDamageException damage)
            {
                // What was damaged in the first pass was told then.
                if (isAsked)
                    results.Add(damage.IsNewer ? intake.RefuseNewer(damage, sha256) : intake.Refuse(damage, head, sha256));
                if ((++damages >= MostDamages && index >= last) || !reader.SkipToNextLedger())
                    return again;
            }
        }
    }
}
