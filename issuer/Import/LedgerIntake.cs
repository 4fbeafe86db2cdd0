using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Settles what becomes of one ledger in a file, by the order of checks of the import: the file against itself, a gap,
/// what is known already, a fork, and only then new receipts.
/// </summary>
/// <param name="registry">The registry.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="time">The issuer's clock.</param>
/// <param name="file">The file.</param>
/// <param name="import">Its entry in the journal.</param>
internal sealed class LedgerIntake(VendorRegistry registry, LicenseBook book, TimeProvider time, ReceiptsFile file, long import)
{
    private DateTimeOffset Now => ExactText.WholeSeconds(time.GetUtcNow());

    /// <summary>Settles a ledger that was read and verified, in one transaction.</summary>
    /// <param name="reading">The ledger, beside what the registry had of it when reading began.</param>
    /// <param name="result">What became of it. Null when all of it is wanted, since it is a fork, and only what is new was kept; nothing was done then.</param>
    /// <returns>False when the registry has another size of it by now: it is to be read once more, and nothing was done.</returns>
    internal bool TrySettle(LedgerReading reading, out ImportResult? result)
    {
        (var isCurrent, result) = registry.Write(transaction => (new LedgerTable(transaction).Find(reading.Known.Name)?.Size ?? 0) == reading.Known.Size
            ? (true, Settle(transaction, reading))
            : (false, null));
        return isCurrent;
    }

    /// <summary>Notes a file that is no receipts file.</summary>
    internal ImportResult RefuseForeign()
    {
        const string reason = "it is no receipts file";
        registry.Write(transaction => new ImportJournal(transaction).Add(import, "", (0, 0), ImportOutcome.Refused.Name(), reason));
        return new ImportResult { File = file.Name, Outcome = ImportOutcome.Refused, Ledger = "", Detail = reason, Hint = "'issuer inspect' tells what it is" };
    }

    /// <summary>Notes a ledger in a format that a later version has.</summary>
    /// <param name="newer">Where it was met.</param>
    /// <param name="sha256">Of the file.</param>
    internal ImportResult RefuseNewer(ReceiptsDamageException newer, string sha256)
    {
        var (subject, evidence) = (SubjectOf(newer, sha256), Invariant($"{newer.File}:{newer.Line}: a ledger in a later version of the format"));
        registry.Write(transaction =>
        {
            new ImportJournal(transaction).Add(import, "", (0, 0), ImportOutcome.Newer.Name(), evidence);
            new FindingTable(transaction).Renew(new Finding { Kind = FindingKind.NeedsNewerVersion, Ledger = "", Subject = subject, Evidence = evidence, FoundAt = Now });
        });
        return new ImportResult { File = file.Name, Outcome = ImportOutcome.Newer, Ledger = "", Subject = subject, Detail = evidence };
    }

    /// <summary>Notes a ledger that cannot be believed.</summary>
    /// <param name="damage">Why.</param>
    /// <param name="head">Its head, if that could be read; unverified.</param>
    /// <param name="sha256">Of the file.</param>
    /// <exception cref="RegistryException">The file is one that waited in the registry: that is damaged.</exception>
    internal ImportResult Refuse(ReceiptsDamageException damage, LedgerHead? head, string sha256)
    {
        if (file.Waited is not null)
            throw new RegistryException($"the registry is damaged; restore it from a backup: {damage.Message}", damage);
        var (ledger, subject) = (head?.Ledger ?? "", SubjectOf(damage, sha256));
        registry.Write(transaction =>
        {
            new ImportJournal(transaction).Add(import, ledger, (0, 0), ImportOutcome.Damage.Name(), damage.Message);
            new FindingTable(transaction).Add(new Finding
            {
                Kind = FindingKind.Damage,
                Ledger = ledger,
                Subject = subject,
                Evidence = damage.Hint is { } hint ? $"{damage.Message}; {hint}" : damage.Message,
                FoundAt = Now,
            });
        });
        return new ImportResult { File = file.Name, Outcome = ImportOutcome.Damage, Ledger = ledger, Subject = subject, Detail = damage.Message, Hint = damage.Hint };
    }

    // One transaction, alone in the registry: what is compared here cannot change before it is stored.
    private ImportResult? Settle(RegistryTransaction transaction, LedgerReading reading)
    {
        var (ledgers, known) = (new LedgerTable(transaction), reading.Known);
        ImportOutcome outcome;
        if (reading.Start > known.Size)
            outcome = ImportOutcome.Gap;
        else if (reading.End <= known.Size)
            outcome = ledgers.RootAt(known, reading.End).AsSpan().SequenceEqual(reading.Seal.Root) ? ImportOutcome.Known : ImportOutcome.Fork;
        else
            outcome = reading.Agrees == true ? ImportOutcome.Added : ImportOutcome.Fork;

        if (outcome == ImportOutcome.Fork && !reading.IsWhole)
            return null;
        if (file.Waited is { } waited && outcome != ImportOutcome.Gap)
            EndWait(transaction, reading, waited);
        var detail = outcome switch
        {
            ImportOutcome.Added => Append(transaction, reading),
            ImportOutcome.Gap => Park(transaction, reading),
            ImportOutcome.Fork => KeepFork(transaction, reading),
            _ => "",
        };
        ledgers.Heard(known.Name, Now);
        new ImportJournal(transaction).Add(import, known.Name, (reading.Start, reading.End), outcome.Name(), detail);
        if (outcome is ImportOutcome.Added or ImportOutcome.Fork)
            new LineageJudge(transaction, book, Now).Judge(known.Name);
        var isStored = known.Size > 0 || outcome == ImportOutcome.Added;
        return new ImportResult
        {
            File = file.Name,
            Outcome = outcome,
            Ledger = known.Name,
            Start = reading.Start,
            End = reading.End,
            Added = outcome == ImportOutcome.Added ? reading.End - known.Size : 0,
            StoredBefore = known.Size,
            Subject = outcome == ImportOutcome.Fork ? ForkSubject(reading) : outcome == ImportOutcome.Gap ? GapSubject(reading.Start, reading.End) : "",
            Detail = detail,
            Customers = isStored ? LedgerJudge.Judge(transaction, known.Name, book, Now) : CustomersOf(reading),
        };
    }

    private string Append(RegistryTransaction transaction, LedgerReading reading)
    {
        if (!new LedgerTable(transaction).Append(reading.Known, reading.Section!, reading.Account, Now))
            throw new InvalidOperationException($"the size of {reading.Known.Name} changed within a transaction that writes alone");
        if (reading.Known.Size == 0)
            new FindingTable(transaction).CloseBeside(reading.Known.Name, FindingKind.Overstay, TermCheck.GraceSubject, Now);
        foreach (var (subject, evidence) in reading.Account.Oddities)
        {
            // A process that runs now and then beside a node gives it a day of notice more each time, until it has had its own.
            if (subject == TermCheck.GraceSubject && new LedgerTable(transaction).HasOthersBeside(reading.Known.Name))
                continue;
            var kind = subject switch
            {
                LedgerAccount.NewerSubject => FindingKind.NeedsNewerVersion,
                _ when TermCheck.Subjects.Contains(subject) => FindingKind.Overstay,
                _ => FindingKind.Contradiction,
            };
            Add(transaction, reading, kind, subject, $"ledger {reading.Known.Name}: {evidence}", kept: null);
        }

        return "";
    }

    private string Park(RegistryTransaction transaction, LedgerReading reading)
    {
        var known = reading.Known;
        var kept = new KeptTable(transaction).Add(KeptFor.Gap, reading.Section!, file.Name);
        var evidence = Invariant($"{file.Name} has receipts {reading.Start} to {reading.End - 1} of ledger {known.Name}, and receipts {known.Size} to {reading.Start - 1} are missing");
        Add(transaction, reading, FindingKind.Gap, GapSubject(reading.Start, reading.End), evidence, kept);
        return evidence;
    }

    private string KeepFork(RegistryTransaction transaction, LedgerReading reading)
    {
        var known = reading.Known;
        new LedgerTable(transaction).Forked(known);

        // One history is kept and told of once, from wherever later files of it begin.
        if (new FindingTable(transaction).Find(FindingKind.Fork, known.Name, ForkSubject(reading)) is { } told)
            return told.Evidence;
        var kept = new KeptTable(transaction).Add(KeptFor.Fork, reading.Section!, file.Name);
        var evidence = Invariant($"{file.Name} has receipts {reading.Start} to {reading.End - 1} of ledger {known.Name}, and they are not those that are stored up to {known.Size - 1}; both are signed");
        Add(transaction, reading, FindingKind.Fork, ForkSubject(reading), evidence, kept);
        return evidence;
    }

    private void Add(RegistryTransaction transaction, LedgerReading reading, FindingKind kind, string subject, string evidence, long? kept)
    {
        var customers = CustomersOf(reading);
        if (customers.Count == 0)
            customers = LedgerJudge.CustomersOf(reading.Known.Name, new UseTable(transaction).Claims(reading.Known.Name), book);
        new FindingTable(transaction).Add(new Finding
        {
            Kind = kind,
            Ledger = reading.Known.Name,
            Subject = subject,
            Customer = customers.Count > 0 ? customers[0] : null,
            Evidence = evidence,
            Basis = kept is null ? evidence : "",
            FoundAt = Now,
            Kept = kept,
        });
    }

    // What is not stored proves whose it is all the same: every file has its license receipts with it.
    private IReadOnlyList<Customer> CustomersOf(LedgerReading reading) =>
        LedgerJudge.CustomersOf(reading.Known.Name, reading.Account.Claims, book);

    private void EndWait(RegistryTransaction transaction, LedgerReading reading, long waited)
    {
        var kept = new KeptTable(transaction);
        kept.Remove(waited);

        // Another history may wait under the same numbers.
        if (!kept.IsWaiting(reading.Known.Name, reading.Start, reading.End))
            new FindingTable(transaction).Close(FindingKind.Gap, reading.Known.Name, GapSubject(reading.Start, reading.End), Now);
    }

    private static string SubjectOf(ReceiptsDamageException damage, string sha256) => Invariant($"{sha256}:{damage.Line}");

    private static string GapSubject(long start, long end) => Invariant($"{start}-{end}");

    private static string ForkSubject(LedgerReading reading) =>
        Invariant($"{reading.End} {ExactText.FormatBase64(reading.Seal.Root)}");
}
