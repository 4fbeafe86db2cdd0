using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer;

/// <summary>A ledger that a time reset is to bring back, and what the registry knows of its time.</summary>
/// <param name="Line">What the reset says of it.</param>
/// <param name="NewestDate">The latest date that any of its receipts has.</param>
internal sealed record LedgerToReset(ResetLedger Line, DateTimeOffset NewestDate);

/// <summary>
/// Signs a time reset for ledgers of one customer, from what the registry has of them, and records it: all in one
/// transaction, so the prefix that is named is the one that is stored.
/// </summary>
internal sealed record TimeResetIssue
{
    /// <summary>The ledgers' names, or the 16 characters at their ends; empty for all of the customer that are ahead.</summary>
    internal required IReadOnlyList<string> Ledgers { get; init; }

    /// <summary>The customer's name; null for the customer of the ledgers.</summary>
    internal string? Licensee { get; init; }

    /// <summary>What the time was when the receipts at hand were written; null to go by the receipts.</summary>
    internal DateTimeOffset? Time { get; init; }

    /// <summary>What the reset will say, with nothing signed.</summary>
    /// <exception cref="CommandFailure">A ledger or the customer is not known, or none of the customer's is ahead.</exception>
    internal IReadOnlyList<LedgerToReset> Find(RegistryTransaction registry, DateTimeOffset now)
    {
        if (Time > now)
            throw new CommandFailure($"{Words.Date(Time.Value)} is still to come", "--time is what the time was when the newest receipts at hand were written");
        if (Licensee is not null)
            CustomerName.Check(Licensee, new LicenseTable(registry).All());
        var table = new LedgerTable(registry);
        var book = LicenseBook.Load(registry);
        var ledgers = Ledgers.Count > 0
            ? Ledgers.Select(name => Named(table, name)).DistinctBy(static ledger => ledger.Name, StringComparer.Ordinal).ToList()
            : table.All();
        var found = new List<LedgerToReset>();
        foreach (var ledger in ledgers)
        {
            var customers = LedgerJudge.CustomersOf(ledger.Name, new UseTable(registry).Claims(ledger.Name), book);
            var isTheirs = Licensee is null ? customers.Count > 0 : customers.Any(customer => customer.Licensee == Licensee);
            if (Ledgers.Count > 0 && !isTheirs)
                throw new CommandFailure($"ledger {ledger.Name} proves no license of {Licensee ?? "any customer"}", "'issuer findings' tells what is known of it");
            if (isTheirs && Of(table, book, ledger) is var (line, newest, isAhead) && (isAhead || Ledgers.Count > 0))
                found.Add(new LedgerToReset(line, newest));
        }

        return found.Count > 0
            ? [.. found.OrderBy(static ledger => ledger.Line.Ledger, StringComparer.Ordinal)]
            : throw new CommandFailure($"no ledger of {Licensee} is ahead of the day on which its receipts came",
                "import what they mailed since, or name the ledgers: 'offline-license receipts' on their machine lists them");
    }

    /// <summary>Signs and records.</summary>
    /// <exception cref="CommandFailure">As <see cref="Find"/>; or the clock is doubtful, or customers could not verify it.</exception>
    internal (TimeReset Reset, byte[] Note, IReadOnlyList<LedgerToReset> Ledgers) Sign(
        RegistryTransaction registry, INoteSigner key, string product, Trust trust, string id, DateTimeOffset now)
    {
        var ledgers = Find(registry, now);
        var reset = new TimeReset { Id = id, Product = product, Issued = now, Ledgers = [.. ledgers.Select(static ledger => ledger.Line)] };
        var note = SignOrSplit(reset, key);
        var reading = TimeReset.Open(note, trust);
        if (reading.Document is null)
            throw new CommandFailure($"customers could not use this time reset, so it was not signed: {reading.Reason}", null, ExitCode.NotTrusted);
        new SigningLog(registry).Add(now, "reset", id, key.VerifierKey, reading.TextBytes);
        return (reset, note, ledgers);
    }

    private static byte[] SignOrSplit(TimeReset reset, INoteSigner key)
    {
        try
        {
            return reset.Sign(key);
        }
        catch (ArgumentException)
        {
            throw new CommandFailure($"{Words.Count(reset.Ledgers.Count, "ledger")} are too many for one file", "name some of them, and sign a reset for each part");
        }
    }

    private static StoredLedger Named(LedgerTable table, string name) =>
        table.Find(name) ?? (table.All().Where(ledger => InstallationName.LedgerPartOf(ledger.Name) == name).ToList() is [var only] ? only : null)
        ?? throw new CommandFailure($"no ledger '{name}' is in the registry", "import the customer's receipts first: issuer import FILE");

    /// <summary>
    /// What the time was, as the receipts themselves tell it: the latest date that is not after the day on which they came, or
    /// on which a license was issued that they name, and the open time of what was written since. It leaves out time off, and so is never later than the truth, which
    /// an honest clock knows anyway.
    /// </summary>
    private (ResetLedger Line, DateTimeOffset Newest, bool IsAhead) Of(LedgerTable table, LicenseBook book, StoredLedger ledger)
    {
        var issued = book.All.DistinctBy(static license => license.Id, StringComparer.Ordinal)
            .ToDictionary(static license => license.Id, static license => license.Issued, StringComparer.Ordinal);
        var readings = new LedgerReadings();
        var (time, newest) = (DateTimeOffset.UnixEpoch, DateTimeOffset.MinValue);
        foreach (var receipt in table.Receipts(ledger.Name))
        {
            readings.Add(receipt);
            if (receipt is UsageReceipt usage)
                time = time.AddSeconds(Math.Min(usage.OpenSeconds, (ledger.HeardAt - time).TotalSeconds));
            if (receipt.At <= ledger.HeardAt && receipt.At > time)
                time = receipt.At;
            if (receipt is LicenseReceipt license && issued.GetValueOrDefault(license.License) > time)
                time = issued[license.License];
            newest = receipt.At > newest ? receipt.At : newest;
        }

        var line = new ResetLedger(ledger.Name, ledger.Size, Convert.ToBase64String(ledger.Root), ExactText.WholeSeconds(Time ?? time));
        return (line, newest, readings.Mark > ledger.HeardAt);
    }
}
