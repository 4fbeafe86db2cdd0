using System.Collections.Concurrent;
using OfflineLicense.Issuer.Packing;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Takes receipts files into the registry, in any order and any number of times. Each ledger in a file is verified to
/// its end before anything is done with it, and stored in one transaction or not at all. Several files are read at once, on
/// threads of their own, and settled one after another in their order by the calling thread: what comes of them is the same
/// however many are read at once. Licenses are those that were issued when it began. Not thread-safe; several processes may
/// import into one registry.
/// </summary>
/// <param name="registry">The registry.</param>
/// <param name="time">The issuer's clock.</param>
internal sealed class ReceiptsImport(VendorRegistry registry, TimeProvider time)
{
    // Each has some megabytes of room, which is made once for each thread and not for each file.
    private readonly ConcurrentBag<LinePacker> _packers = [];
    private LicenseBook? _book;

    /// <summary>How many files are read at once; by default as many as there are processors.</summary>
    internal int Threads { get; init; } = Environment.ProcessorCount;

    /// <inheritdoc cref="Import(IReadOnlyList{ReceiptsFile}, Action)"/>
    internal IReadOnlyList<ImportResult> Import(ReceiptsFile file) => Import([file], static () => { });

    /// <summary>Imports files, and after each whatever waited for it.</summary>
    /// <param name="files">The files.</param>
    /// <param name="afterEach">Called when a file was settled.</param>
    /// <returns>What became of each ledger in them, and of those that had waited; or why a file is none or cannot be read.</returns>
    /// <exception cref="IOException">A file fails in mid-reading, or the registry cannot be used. What was stored before stays.</exception>
    internal IReadOnlyList<ImportResult> Import(IReadOnlyList<ReceiptsFile> files, Action afterEach)
    {
        _book ??= registry.Read(LicenseBook.Load);
        var results = new List<ImportResult>();
        var threads = Math.Min(Threads, files.Count);
        using var ahead = threads < 2 ? null : new ReadAhead(files.Count, threads, (index, beforeLedger) => Read(files[index], beforeLedger));
        for (var index = 0; index < files.Count; index++)
        {
            var number = index;
            var before = results.Count;
            ImportOne(
                files[index],
                ahead?.PartsOf(index) ?? Read(files[index], static _ => { }),
                ledger => ahead?.Settled(number, ledger),
                results);
            TakeInWhatWaited(results, before);
            afterEach();
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

    private void TakeInWhatWaited(List<ImportResult> results, int from)
    {
        foreach (var ledger in results.Skip(from).Select(static result => result.Ledger).Distinct(StringComparer.Ordinal).ToList())
        {
            while (registry.Read(transaction => new KeptTable(transaction).NextToTakeIn(ledger)) is { } waiting)
            {
                if (registry.Read(transaction => new KeptTable(transaction).Section(waiting.Number)) is not { } section)
                    continue;
                var file = new ReceiptsFile(waiting.File, section.Open) { Waited = waiting.Number };
                ImportOne(file, Read(file, static _ => { }), static _ => { }, results);
            }
        }
    }

    private IEnumerable<FilePart> Read(ReceiptsFile file, Action<string> beforeLedger)
    {
        var packer = _packers.TryTake(out var used) ? used : new LinePacker();
        foreach (var part in new FileReading(registry, _book!, file, packer) { BeforeLedger = beforeLedger }.All())
            yield return part;
        _packers.Add(packer);
    }

    private void ImportOne(ReceiptsFile file, IEnumerable<FilePart> parts, Action<string> settled, List<ImportResult> results)
    {
        var (sha256, import) = ("", 0L);
        var again = new SortedDictionary<int, bool>();
        foreach (var part in parts)
        {
            switch (part)
            {
                case FilePart.Unreadable { Why: var why }:
                    results.Add(new ImportResult { File = file.Name, Outcome = ImportOutcome.Unreadable, Ledger = "", Detail = why.Message, Hint = why.Hint });
                    break;
                case FilePart.Begun begun:
                    sha256 = begun.Sha256;
                    import = registry.Write(transaction => Begin(transaction, file, sha256));
                    if (begun.IsForeign)
                        results.Add(Intake(file, import).RefuseForeign());
                    break;
                case FilePart.Damaged { Damage: var damage, Head: var head }:
                    results.Add(damage.IsNewer ? Intake(file, import).RefuseNewer(damage, sha256) : Intake(file, import).Refuse(damage, head, sha256));
                    if (head is not null)
                        settled(head.Ledger);
                    break;
                case FilePart.Ledger ledger:
                    if (Settle(file, import, ledger) is { } result)
                        results.Add(result);
                    else
                        again.Add(ledger.Index, true);
                    settled(ledger.Reading.Known.Name);
                    break;
            }
        }

        // A second pass is for forks, of which both histories are kept.
        if (again.Count == 0)
            return;
        foreach (var ledger in new FileReading(registry, _book!, file, new LinePacker()).Again(again).OfType<FilePart.Ledger>())
            results.Add(Settle(file, import, ledger) ?? throw new InvalidOperationException("all of a ledger was read, and more of it is wanted"));
    }

    // Null when all of the ledger is wanted, and only what is new was kept.
    private ImportResult? Settle(ReceiptsFile file, long import, FilePart.Ledger ledger)
    {
        ImportResult? result;
        while (!Intake(file, import).TrySettle(ledger.Reading, out result))
        {
            // The registry has more of it by now: another import was first, or a section that had waited.
            var asked = new Dictionary<int, bool> { [ledger.Index] = ledger.Wholly };
            ledger = new FileReading(registry, _book!, file, new LinePacker()).Again(asked).OfType<FilePart.Ledger>().First();
        }

        return result;
    }

    private LedgerIntake Intake(ReceiptsFile file, long import) => new(registry, _book!, time, file, import);

    private long Begin(RegistryTransaction transaction, ReceiptsFile file, string sha256)
    {
        var now = ExactText.WholeSeconds(time.GetUtcNow());
        new FindingTable(transaction).CloseOfFile(FindingKind.NeedsNewerVersion, sha256, now);
        return new ImportJournal(transaction).Begin(now, file.Name, sha256);
    }
}
