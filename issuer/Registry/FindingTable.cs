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

    private const string Columns = "number, kind, ledger, subject, product, licensee, evidence, found_at, kept, closed_at";

    /// <summary>
    /// Adds a finding. One that is known stays as it is, closed if it was: only whose it is may have become clear.
    /// </summary>
    internal void Add(Finding finding) => transaction.Execute(
        $"""
        INSERT INTO findings ({Columns})
        SELECT COALESCE(MAX(number), 0) + 1, @kind, @ledger, @subject, @product, @licensee, @evidence, @found_at, @kept, NULL FROM findings WHERE true
        ON CONFLICT (kind, ledger, subject) DO UPDATE SET product = excluded.product, licensee = excluded.licensee
        """,
        ("@kind", finding.Kind.Name()), ("@ledger", finding.Ledger), ("@subject", finding.Subject),
        ("@product", finding.Customer?.Product ?? ""), ("@licensee", finding.Customer?.Licensee ?? ""),
        ("@evidence", finding.Evidence), ("@found_at", ExactText.FormatTime(finding.FoundAt)), ("@kept", finding.Kept));

    /// <summary>Adds a finding, or tells one that is known anew: more came to it.</summary>
    internal void Renew(Finding finding)
    {
        Add(finding);
        transaction.Execute(
            "UPDATE findings SET evidence = @evidence WHERE kind = @kind AND ledger = @ledger AND subject = @subject",
            ("@evidence", finding.Evidence), ("@kind", finding.Kind.Name()), ("@ledger", finding.Ledger), ("@subject", finding.Subject));
    }

    /// <summary>Closes what is open of some kinds of a ledger and does not hold any more.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="kinds">The kinds.</param>
    /// <param name="holds">Whether a finding still holds.</param>
    /// <param name="now">When it is closed.</param>
    internal void CloseMended(string ledger, IReadOnlyCollection<FindingKind> kinds, Func<Finding, bool> holds, DateTimeOffset now)
    {
        foreach (var old in OfLedger(ledger))
        {
            if (old.ClosedAt is null && kinds.Contains(old.Kind) && !holds(old))
                transaction.Execute("UPDATE findings SET closed_at = @at WHERE number = @number", ("@at", ExactText.FormatTime(now)), ("@number", old.Number));
        }
    }

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
    internal List<Finding> All() => transaction.Query($"SELECT {Columns} FROM findings ORDER BY number", Row);

    /// <summary>Those of one ledger, oldest first.</summary>
    internal List<Finding> OfLedger(string ledger) =>
        transaction.Query($"SELECT {Columns} FROM findings WHERE ledger = @ledger ORDER BY number", Row, ("@ledger", ledger));

    /// <summary>The finding of this number, or null.</summary>
    internal Finding? WithNumber(long number) =>
        transaction.Query($"SELECT {Columns} FROM findings WHERE number = @number", Row, ("@number", number)).FirstOrDefault();

    private static Finding Row(DbDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Kind = FindingKinds.Parse(row.GetString(1)),
        Ledger = row.GetString(2),
        Subject = row.GetString(3),
        Customer = row.GetString(5).Length == 0 ? null : new Customer(row.GetString(4), row.GetString(5)),
        Evidence = row.GetString(6),
        FoundAt = RegistryTransaction.Time(row, 7),
        Kept = row.IsDBNull(8) ? null : row.GetInt64(8),
        ClosedAt = row.IsDBNull(9) ? null : RegistryTransaction.Time(row, 9),
    };
}
