using System.Data.Common;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>Why a section is kept beside its ledger.</summary>
internal enum KeptFor
{
    /// <summary>Receipts before it are missing; it is taken in when they come.</summary>
    Gap,

    /// <summary>It is a second history of its ledger, and the proof of it.</summary>
    Fork,
}

/// <summary>A section that is kept beside its ledger.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="KeptFor">Why.</param>
/// <param name="File">The name of the file that it came in.</param>
/// <param name="Ledger">The ledger.</param>
/// <param name="Start">Its first <c>seq</c>.</param>
/// <param name="End">The first <c>seq</c> after it.</param>
internal sealed record KeptSection(long Number, KeptFor KeptFor, string File, string Ledger, long Start, long End);

/// <summary>Receipts that are genuine and have no place in their ledger: not yet, or never. The same one is kept once.</summary>
internal sealed class KeptTable(RegistryTransaction transaction)
{
    internal const string Sql = """
        CREATE TABLE kept (
            number BIGINT NOT NULL PRIMARY KEY,
            kept_for TEXT NOT NULL,
            file TEXT NOT NULL,
            ledger TEXT NOT NULL,
            start_seq BIGINT NOT NULL,
            end_seq BIGINT NOT NULL,
            key TEXT NOT NULL,
            root BYTEA NOT NULL,
            UNIQUE (kept_for, ledger, start_seq, end_seq, root)
        );
        CREATE TABLE kept_pieces (
            number BIGINT NOT NULL REFERENCES kept (number),
            start_seq BIGINT NOT NULL,
            end_seq BIGINT NOT NULL,
            frontier BYTEA NOT NULL,
            lines BYTEA NOT NULL,
            checkpoint BYTEA NULL,
            PRIMARY KEY (number, start_seq)
        );
        """;

    private const string Columns = "number, kept_for, file, ledger, start_seq, end_seq";

    /// <summary>Keeps a section, unless it is kept already.</summary>
    /// <returns>Its number.</returns>
    internal long Add(KeptFor keptFor, ReceiptsSection section, string file)
    {
        var next = transaction.Number("SELECT COALESCE(MAX(number), 0) + 1 FROM kept");
        var isNew = transaction.Execute(
            """
            INSERT INTO kept (number, kept_for, file, ledger, start_seq, end_seq, key, root)
            VALUES (@number, @kept_for, @file, @ledger, @start, @end, @key, @root) ON CONFLICT DO NOTHING
            """,
            ("@number", next), ("@kept_for", NameOf(keptFor)), ("@file", file), ("@ledger", section.Ledger), ("@start", section.Start),
            ("@end", section.End), ("@key", section.Key.ToString()), ("@root", section.Root)) == 1;
        if (!isNew)
        {
            return transaction.Number(
                "SELECT number FROM kept WHERE kept_for = @kept_for AND ledger = @ledger AND start_seq = @start AND end_seq = @end AND root = @root",
                ("@kept_for", NameOf(keptFor)), ("@ledger", section.Ledger), ("@start", section.Start), ("@end", section.End), ("@root", section.Root));
        }

        foreach (var piece in section.Pieces)
        {
            transaction.Execute(
                "INSERT INTO kept_pieces (number, start_seq, end_seq, frontier, lines, checkpoint) VALUES (@number, @start, @end, @frontier, @lines, @checkpoint)",
                ("@number", next), ("@start", piece.Start), ("@end", piece.End), ("@frontier", piece.Frontier),
                ("@lines", piece.Lines), ("@checkpoint", piece.Checkpoint));
        }

        return next;
    }

    /// <summary>Lets go of a section that found its place.</summary>
    internal void Remove(long number)
    {
        transaction.Execute("DELETE FROM kept_pieces WHERE number = @number", ("@number", number));
        transaction.Execute("DELETE FROM kept WHERE number = @number", ("@number", number));
    }

    /// <summary>The section of a ledger that waits for receipts which are stored by now, or null.</summary>
    internal KeptSection? NextToTakeIn(string ledger) => transaction.Query(
        $"""
        SELECT {Columns} FROM kept WHERE kept_for = 'gap' AND ledger = @ledger
            AND start_seq <= (SELECT size FROM ledgers WHERE name = @ledger) ORDER BY start_seq, number LIMIT 1
        """,
        Row, ("@ledger", ledger)).FirstOrDefault();

    /// <summary>Whether a section of a ledger waits that begins and ends so.</summary>
    internal bool IsWaiting(string ledger, long start, long end) => transaction.Number(
        "SELECT COUNT(*) FROM kept WHERE kept_for = 'gap' AND ledger = @ledger AND start_seq = @start AND end_seq = @end",
        ("@ledger", ledger), ("@start", start), ("@end", end)) > 0;

    /// <summary>What waits of a ledger, by where it begins.</summary>
    internal List<KeptSection> Waiting(string ledger) => transaction.Query(
        $"SELECT {Columns} FROM kept WHERE kept_for = 'gap' AND ledger = @ledger ORDER BY start_seq, end_seq, number", Row, ("@ledger", ledger));

    /// <summary>All that is kept, by number.</summary>
    internal List<KeptSection> All() => transaction.Query($"SELECT {Columns} FROM kept ORDER BY number", Row);

    /// <summary>A kept section by its number, with its file's receipts; null when it is not kept any more.</summary>
    internal ReceiptsSection? Section(long number)
    {
        var head = transaction.Query("SELECT key, root FROM kept WHERE number = @number",
            static row => (Key: VerifierKey.Parse(row.GetString(0)), Root: row.GetFieldValue<byte[]>(1)), ("@number", number));
        if (head.Count == 0)
            return null;
        var pieces = transaction.Query(
            "SELECT start_seq, end_seq, frontier, lines, checkpoint FROM kept_pieces WHERE number = @number ORDER BY start_seq",
            LedgerTable.PieceRow, ("@number", number));
        return new ReceiptsSection { Key = head[0].Key, Root = head[0].Root, Pieces = pieces };
    }

    private static string NameOf(KeptFor keptFor) => keptFor == KeptFor.Gap ? "gap" : "fork";

    private static KeptSection Row(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1) == "gap" ? KeptFor.Gap : KeptFor.Fork, row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5));
}
