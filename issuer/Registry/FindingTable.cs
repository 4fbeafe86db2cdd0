using System.Data.Common;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>What imports found that a person has to know of. The same thing is found once, and closed when it is mended.</summary>
internal sealed class FindingTable(RegistryTransaction transaction)
{
    internal const string Sql = """
        CREATE TABLE findings (
            number BIGINT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            ledger TEXT NOT NULL,
            subject TEXT NOT NULL,
            product TEXT NOT NULL,
            licensee TEXT NOT NULL,
            evidence TEXT NOT NULL,
            found_at TEXT NOT NULL,
            kept BIGINT NULL,
            closed_at TEXT NULL,
            UNIQUE (kind, ledger, subject)
        );
        """;

    private const string Query =
        $"""
        SELECT findings.number, kind, ledger, subject, product, licensee, evidence, basis, found_at, kept, closed_at, {FindingJournal.Columns}
        FROM findings {FindingJournal.Join}
        """;

    /// <summary>
    /// Adds a finding. One that is known stays as it is, closed if it was: only whose it is may have become clear. But what
    /// was decided about it was decided about its evidence, and with other evidence it is open again.
    /// </summary>
    internal void Add(Finding finding) => Put(finding, isRetold: false);

    /// <summary>Adds a finding that holds now, or tells one that is known anew: more came to it, or it is so again.</summary>
    internal void Renew(Finding finding) => Put(finding, isRetold: true);

    /// <summary>Closes what is open of some kinds of a ledger and was not found again.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="kinds">The kinds.</param>
    /// <param name="found">What was found.</param>
    /// <param name="now">When it is closed.</param>
    internal void CloseMended(string ledger, IReadOnlyCollection<FindingKind> kinds, IEnumerable<Finding> found, DateTimeOffset now) => CloseOthers(
        transaction.Query($"{Query} WHERE ledger = @ledger AND closed_at IS NULL", Row, ("@ledger", ledger)).Where(old => kinds.Contains(old.Kind)), found, now);

    /// <summary>Closes what is open of one kind of a customer and was not found again.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="found">What was found.</param>
    /// <param name="now">When it is closed.</param>
    internal void CloseMended(Customer customer, FindingKind kind, IEnumerable<Finding> found, DateTimeOffset now) => CloseOthers(
        transaction.Query(
            $"{Query} WHERE product = @product AND licensee = @licensee AND kind = @kind AND closed_at IS NULL", Row,
            ("@product", customer.Product), ("@licensee", customer.Licensee), ("@kind", kind.Name())),
        found, now);

    /// <summary>Closes the finding about a ledger, if it is open.</summary>
    internal void Close(FindingKind kind, string ledger, string subject, DateTimeOffset now) => transaction.Execute(
        "UPDATE findings SET closed_at = @at WHERE kind = @kind AND ledger = @ledger AND subject = @subject AND closed_at IS NULL",
        ("@at", ExactText.FormatTime(now)), ("@kind", kind.Name()), ("@ledger", ledger), ("@subject", subject));

    /// <summary>Closes what is open about a file: whoever reads it again tells it again.</summary>
    /// <param name="kind">The kind, whose findings are of no ledger, and whose subjects begin with the file's hash and a colon.</param>
    /// <param name="sha256">The file's hash.</param>
    /// <param name="now">When it is closed.</param>
    internal void CloseOfFile(FindingKind kind, string sha256, DateTimeOffset now) => transaction.Execute(
        "UPDATE findings SET closed_at = @at WHERE kind = @kind AND ledger = '' AND subject > @from AND subject < @to AND closed_at IS NULL",
        ("@at", ExactText.FormatTime(now)), ("@kind", kind.Name()), ("@from", sha256 + ":"), ("@to", sha256 + ";"));

    /// <summary>Closes what is open of one kind and subject about the other ledgers of an installation.</summary>
    /// <param name="ledger">The ledger whose own finding stays.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="now">When it is closed.</param>
    internal void CloseBeside(string ledger, FindingKind kind, string subject, DateTimeOffset now) => transaction.Execute(
        "UPDATE findings SET closed_at = @at WHERE kind = @kind AND subject = @subject AND ledger > @from AND ledger < @to AND ledger <> @ledger AND closed_at IS NULL",
        ("@at", ExactText.FormatTime(now)), ("@kind", kind.Name()), ("@subject", subject),
        ("@from", InstallationName.InstallationOf(ledger) + "/"), ("@to", InstallationName.InstallationOf(ledger) + "0"), ("@ledger", ledger));

    /// <summary>All findings, oldest first, the closed ones too.</summary>
    internal List<Finding> All() => transaction.Query($"{Query} ORDER BY findings.number", Row);

    /// <summary>Those that are not mended, oldest first.</summary>
    internal List<Finding> Unmended() => transaction.Query($"{Query} WHERE closed_at IS NULL ORDER BY findings.number", Row);

    /// <summary>The finding about this, or null.</summary>
    internal Finding? Find(FindingKind kind, string ledger, string subject) => transaction.Query(
        $"{Query} WHERE kind = @kind AND ledger = @ledger AND subject = @subject", Row,
        ("@kind", kind.Name()), ("@ledger", ledger), ("@subject", subject)).FirstOrDefault();

    /// <summary>Those of one ledger, oldest first.</summary>
    internal List<Finding> OfLedger(string ledger) =>
        transaction.Query($"{Query} WHERE ledger = @ledger ORDER BY findings.number", Row, ("@ledger", ledger));

    /// <summary>The finding of this number, or null.</summary>
    internal Finding? WithNumber(long number) =>
        transaction.Query($"{Query} WHERE findings.number = @number", Row, ("@number", number)).FirstOrDefault();

    /// <summary>The installations that a person said are not this customer's.</summary>
    internal HashSet<string> Declined(Customer customer) => transaction.Query(
        $"{Query} WHERE kind = @kind AND product = @product AND licensee = @licensee AND state = @state", Row,
        ("@kind", FindingKind.NewInstallation.Name()), ("@product", customer.Product), ("@licensee", customer.Licensee),
        ("@state", FindingState.Declined.Name())).Select(static finding => finding.Ledger).ToHashSet(StringComparer.Ordinal);

    private void CloseOthers(IEnumerable<Finding> open, IEnumerable<Finding> found, DateTimeOffset now)
    {
        var holding = found.Select(static finding => (finding.Kind, finding.Ledger, finding.Subject)).ToHashSet();
        foreach (var old in open.Where(old => !holding.Contains((old.Kind, old.Ledger, old.Subject))).ToList())
            transaction.Execute("UPDATE findings SET closed_at = @at WHERE number = @number", ("@at", ExactText.FormatTime(now)), ("@number", old.Number));
    }

    private void Put(Finding found, bool isRetold)
    {
        (string, object?)[] values =
        [
            ("@kind", found.Kind.Name()), ("@ledger", found.Ledger), ("@subject", found.Subject),
            ("@product", found.Customer?.Product ?? ""), ("@licensee", found.Customer?.Licensee ?? ""),
            ("@evidence", found.Evidence), ("@basis", found.Basis), ("@found_at", ExactText.FormatTime(found.FoundAt)), ("@kept", found.Kept),
        ];
        var isNew = transaction.Execute(
            """
            INSERT INTO findings (number, kind, ledger, subject, product, licensee, evidence, basis, found_at, kept, closed_at)
            SELECT COALESCE(MAX(number), 0) + 1, @kind, @ledger, @subject, @product, @licensee, @evidence, @basis, @found_at, @kept, NULL FROM findings WHERE true
            ON CONFLICT (kind, ledger, subject) DO NOTHING
            """,
            values) == 1;
        if (isNew)
            return;
        var known = Find(found.Kind, found.Ledger, found.Subject)!;
        var isMore = known.Basis != found.Basis && known.Decision is { State: not FindingState.Open };
        if (isMore)
            new FindingJournal(transaction).Add(known.Number, new FindingDecision(found.FoundAt, "", FindingState.Open, $"more was found; before, it was: {known.Evidence}"));
        transaction.Execute(
            "UPDATE findings SET product = @product, licensee = @licensee WHERE number = @number",
            values[3], values[4], ("@number", known.Number));
        if (isMore || isRetold)
        {
            transaction.Execute(
                "UPDATE findings SET evidence = @evidence, basis = @basis, closed_at = NULL WHERE number = @number",
                values[5], values[6], ("@number", known.Number));
        }
    }

    private static Finding Row(DbDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Kind = FindingKinds.Parse(row.GetString(1)),
        Ledger = row.GetString(2),
        Subject = row.GetString(3),
        Customer = row.GetString(5).Length == 0 ? null : new Customer(row.GetString(4), row.GetString(5)),
        Evidence = row.GetString(6),
        Basis = row.GetString(7),
        FoundAt = RegistryTransaction.Time(row, 8),
        Kept = row.IsDBNull(9) ? null : row.GetInt64(9),
        ClosedAt = row.IsDBNull(10) ? null : RegistryTransaction.Time(row, 10),
        Decision = row.IsDBNull(11) ? null : FindingJournal.Row(row, 11),
    };
}
