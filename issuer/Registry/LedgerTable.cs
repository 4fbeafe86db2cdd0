using System.Data.Common;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// The ledgers that customers mailed: how far each is known, and its receipts, exactly as they were signed. A ledger
/// only grows, and by compare-and-set on its size: whoever read an older size changes nothing.
/// </summary>
internal sealed class LedgerTable(RegistryTransaction transaction)
{
    private const string Columns = """
        key, size, root, heard_at, licensed_seconds, grace_seconds, is_carried_over, owes_interval, last_at, forked_size
        """;

    private const string PieceColumns = "start_seq, end_seq, frontier, lines, checkpoint";

    internal static RegistryUpgrade Upgrade { get; } = new(2, """
        CREATE TABLE ledgers (
            name TEXT NOT NULL PRIMARY KEY,
            installation TEXT NOT NULL,
            key TEXT NOT NULL,
            size BIGINT NOT NULL,
            root BYTEA NOT NULL,
            heard_at TEXT NOT NULL,
            licensed_seconds BIGINT NOT NULL,
            grace_seconds BIGINT NOT NULL,
            is_carried_over BIGINT NOT NULL,
            owes_interval BIGINT NOT NULL,
            last_at TEXT NOT NULL,
            forked_size BIGINT NULL,
            forked_root BYTEA NULL
        );
        CREATE TABLE pieces (
            ledger TEXT NOT NULL REFERENCES ledgers (name),
            start_seq BIGINT NOT NULL,
            end_seq BIGINT NOT NULL,
            frontier BYTEA NOT NULL,
            lines BYTEA NOT NULL,
            checkpoint BYTEA NULL,
            PRIMARY KEY (ledger, start_seq)
        );
        """ + UseTable.Sql + KeptTable.Sql + ImportJournal.Sql + FindingTable.Sql + ReplyTable.Sql);

    /// <summary>The ledger of this name, or null when nothing of it is stored.</summary>
    internal StoredLedger? Find(string name) =>
        transaction.Query($"SELECT {Columns} FROM ledgers WHERE name = @name", Row, ("@name", name)).FirstOrDefault();

    /// <summary>Whether any other ledger of the same installation is stored.</summary>
    internal bool HasOthersBeside(string ledger) => transaction.Query(
        "SELECT name FROM ledgers WHERE name > @from AND name < @to AND name <> @name LIMIT 1",
        static row => row.GetString(0), ("@from", InstallationName.InstallationOf(ledger) + "/"), ("@to", InstallationName.InstallationOf(ledger) + "0"), ("@name", ledger)).Count > 0;

    /// <summary>The names of all ledgers, in order.</summary>
    internal List<string> Names() => transaction.Query("SELECT name FROM ledgers ORDER BY name", static row => row.GetString(0));

    /// <summary>All ledgers, by name.</summary>
    internal List<StoredLedger> All() => transaction.Query($"SELECT {Columns} FROM ledgers ORDER BY name", Row);

    /// <summary>Appends receipts to a ledger, if it still has the size that the caller knows.</summary>
    /// <param name="known">The ledger as the caller read it.</param>
    /// <param name="section">The receipts from there on, verified.</param>
    /// <param name="account">The account over them.</param>
    /// <param name="now">When the file is read.</param>
    /// <returns>False when another import was first; nothing was changed.</returns>
    internal bool Append(StoredLedger known, ReceiptsSection section, LedgerAccount account, DateTimeOffset now)
    {
        if (section.Start != known.Size || section.Ledger != known.Name)
            throw new ArgumentException($"the receipts do not go on where {known.Name} ends", nameof(section));
        var standing = account.Standing;
        var changed = transaction.Execute(known.Size == 0
            ? """
                INSERT INTO ledgers (name, installation, key, size, root, heard_at, licensed_seconds, grace_seconds, is_carried_over, owes_interval, last_at)
                VALUES (@name, @installation, @key, @size, @root, @heard_at, @licensed_seconds, @grace_seconds, @is_carried_over, @owes_interval, @last_at)
                ON CONFLICT DO NOTHING
                """
            : """
                UPDATE ledgers SET size = @size, root = @root, heard_at = @heard_at, licensed_seconds = @licensed_seconds,
                    grace_seconds = @grace_seconds, is_carried_over = @is_carried_over, owes_interval = @owes_interval, last_at = @last_at
                WHERE name = @name AND size = @known_size
                """,
            ("@name", known.Name), ("@installation", known.Installation), ("@key", known.Key.ToString()),
            ("@size", section.End), ("@root", section.Root), ("@heard_at", ExactText.FormatTime(now)),
            ("@licensed_seconds", standing.LicensedSeconds), ("@grace_seconds", standing.GraceSeconds),
            ("@is_carried_over", standing.IsCarriedOver ? 1 : 0), ("@owes_interval", standing.OwesInterval ? 1 : 0),
            ("@last_at", ExactText.FormatTime(standing.LastAt!.Value)), ("@known_size", known.Size));
        if (changed == 0)
            return false;
        foreach (var piece in section.Pieces)
        {
            transaction.Execute(
                $"INSERT INTO pieces (ledger, {PieceColumns}) VALUES (@ledger, @start, @end, @frontier, @lines, @checkpoint)",
                ("@ledger", known.Name), ("@start", piece.Start), ("@end", piece.End), ("@frontier", piece.Frontier),
                ("@lines", piece.Lines), ("@checkpoint", piece.Checkpoint));
        }

        if (account.Begun is { Follows.Length: > 0 } start)
            new LineageTable(transaction).Add(known.Name, start);
        new UseTable(transaction).Add(known.Name, account);
        return true;
    }

    /// <summary>Notes that a file had this ledger.</summary>
    internal void Heard(string name, DateTimeOffset now) =>
        transaction.Execute("UPDATE ledgers SET heard_at = @at WHERE name = @name", ("@at", ExactText.FormatTime(now)), ("@name", name));

    /// <summary>Notes that a second history of this ledger was signed. Only the first time counts.</summary>
    internal void Forked(StoredLedger ledger) => transaction.Execute(
        "UPDATE ledgers SET forked_size = @size, forked_root = @root WHERE name = @name AND forked_size IS NULL",
        ("@size", ledger.Size), ("@root", ledger.Root), ("@name", ledger.Name));

    /// <summary>The root over the first receipts of a ledger.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="size">How many, up to the stored size.</param>
    internal byte[] RootAt(StoredLedger ledger, long size)
    {
        if (size == ledger.Size)
            return ledger.Root;
        var piece = transaction.Query(
            $"SELECT {PieceColumns} FROM pieces WHERE ledger = @ledger AND start_seq <= @size ORDER BY start_seq DESC LIMIT 1",
            PieceRow, ("@ledger", ledger.Name), ("@size", size))[0];
        var tree = piece.Tree();
        foreach (var line in piece.LineByLine().Take((int)(size - piece.Start)))
            tree.Append(line.Span);
        return tree.Root();
    }

    /// <summary>Where the pieces of a ledger begin, in order.</summary>
    internal List<long> PieceStarts(string ledger) =>
        transaction.Query("SELECT start_seq FROM pieces WHERE ledger = @ledger ORDER BY start_seq", static row => row.GetInt64(0), ("@ledger", ledger));

    /// <summary>A piece by where it begins.</summary>
    internal ReceiptsPiece Piece(string ledger, long start) => transaction.Query(
        $"SELECT {PieceColumns} FROM pieces WHERE ledger = @ledger AND start_seq = @start", PieceRow, ("@ledger", ledger), ("@start", start))[0];

    /// <summary>
    /// The stored receipts of a ledger from the first on, a piece at a time. They are read while the transaction lasts.
    /// </summary>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="end">The first <c>seq</c> that is left out; null for all that is stored.</param>
    internal IEnumerable<Receipt> Receipts(string ledger, long? end = null) => PieceStarts(ledger)
        .TakeWhile(start => start < (end ?? long.MaxValue))
        .SelectMany(start => Piece(ledger, start).LineByLine())
        .Select(static line => ReceiptLine.Parse(line.Span))
        .TakeWhile(receipt => receipt.Seq < (end ?? long.MaxValue));

    /// <summary>The newest receipt of a ledger, of which something is stored.</summary>
    internal Receipt Last(string ledger) => ReceiptLine.Parse(Piece(ledger, PieceStarts(ledger)[^1]).LineByLine().Last().Span);

    /// <summary>The stored receipts of a ledger as one file, from the last piece's begin that is not after a receipt.</summary>
    /// <param name="ledger">The ledger, of which something is stored.</param>
    /// <param name="from">That receipt's <c>seq</c>.</param>
    internal ReceiptsSection Section(StoredLedger ledger, long from)
    {
        var pieces = transaction.Query(
            $"""
            SELECT {PieceColumns} FROM pieces WHERE ledger = @ledger AND start_seq >=
                (SELECT MAX(start_seq) FROM pieces WHERE ledger = @ledger AND start_seq <= @from) ORDER BY start_seq
            """,
            PieceRow, ("@ledger", ledger.Name), ("@from", Math.Min(from, ledger.Size - 1)));
        return new ReceiptsSection { Key = ledger.Key, Pieces = pieces, Root = ledger.Root };
    }

    internal static ReceiptsPiece PieceRow(DbDataReader row) => new()
    {
        Start = row.GetInt64(0),
        End = row.GetInt64(1),
        Frontier = row.GetFieldValue<byte[]>(2),
        Lines = row.GetFieldValue<byte[]>(3),
        Checkpoint = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
    };

    private static StoredLedger Row(DbDataReader row) => new()
    {
        Key = VerifierKey.Parse(row.GetString(0)),
        Size = row.GetInt64(1),
        Root = row.GetFieldValue<byte[]>(2),
        HeardAt = RegistryTransaction.Time(row, 3),
        Standing = new LedgerStanding
        {
            LicensedSeconds = row.GetInt64(4),
            GraceSeconds = row.GetInt64(5),
            IsCarriedOver = row.GetInt64(6) == 1,
            OwesInterval = row.GetInt64(7) == 1,
            LastAt = RegistryTransaction.Time(row, 8),
        },
        ForkedSize = row.IsDBNull(9) ? null : row.GetInt64(9),
    };
}
