using System.Data.Common;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// Which files were imported, when, and what became of each ledger in them. A file's entry is there before anything of it
/// is stored, and each ledger's in the transaction that stores it. Rows are added and never changed.
/// </summary>
internal sealed class ImportJournal(RegistryTransaction transaction)
{
    internal const string Sql = """
        CREATE TABLE imports (
            number BIGINT NOT NULL PRIMARY KEY,
            at TEXT NOT NULL,
            file TEXT NOT NULL,
            sha256 TEXT NOT NULL
        );
        CREATE TABLE import_outcomes (
            number BIGINT NOT NULL PRIMARY KEY,
            import BIGINT NOT NULL REFERENCES imports (number),
            ledger TEXT NOT NULL,
            start_seq BIGINT NOT NULL,
            end_seq BIGINT NOT NULL,
            outcome TEXT NOT NULL,
            detail TEXT NOT NULL
        );
        """;

    /// <summary>Begins the entry of a file.</summary>
    /// <param name="at">When, by the issuer's clock.</param>
    /// <param name="file">Its name.</param>
    /// <param name="sha256">Of its bytes, in lower-case hexadecimal.</param>
    /// <returns>The entry's number.</returns>
    internal long Begin(DateTimeOffset at, string file, string sha256)
    {
        var number = transaction.Number("SELECT COALESCE(MAX(number), 0) + 1 FROM imports");
        transaction.Execute("INSERT INTO imports (number, at, file, sha256) VALUES (@number, @at, @file, @sha256)",
            ("@number", number), ("@at", ExactText.FormatTime(at)), ("@file", file), ("@sha256", sha256));
        return number;
    }

    /// <summary>Notes what became of one ledger in the file.</summary>
    /// <param name="import">The file's entry.</param>
    /// <param name="ledger">The ledger's name; "" where damage hides it.</param>
    /// <param name="span">The receipts, by <c>seq</c>; 0 and 0 where damage hides them.</param>
    /// <param name="outcome">What became of it, in a word.</param>
    /// <param name="detail">Where and why, when there is something to say.</param>
    internal void Add(long import, string ledger, (long Start, long End) span, string outcome, string detail) => transaction.Execute(
        """
        INSERT INTO import_outcomes (number, import, ledger, start_seq, end_seq, outcome, detail)
        SELECT COALESCE(MAX(number), 0) + 1, @import, @ledger, @start, @end, @outcome, @detail FROM import_outcomes
        """,
        ("@import", import), ("@ledger", ledger), ("@start", span.Start), ("@end", span.End), ("@outcome", outcome), ("@detail", detail));

    /// <summary>All entries with their outcomes, oldest first.</summary>
    internal List<ImportEntry> All() => transaction.Query(
        """
        SELECT at, file, sha256, ledger, start_seq, end_seq, outcome, detail
        FROM imports JOIN import_outcomes ON import_outcomes.import = imports.number ORDER BY import_outcomes.number
        """,
        Row);

    private static ImportEntry Row(DbDataReader row) => new(
        RegistryTransaction.Time(row, 0), row.GetString(1), row.GetString(2), row.GetString(3),
        row.GetInt64(4), row.GetInt64(5), row.GetString(6), row.GetString(7));
}

/// <summary>What became of one ledger in one imported file.</summary>
internal sealed record ImportEntry(
    DateTimeOffset At, string File, string Sha256, string Ledger, long Start, long End, string Outcome, string Detail);
