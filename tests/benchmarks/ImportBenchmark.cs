using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Npgsql;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// Receipts of a hundred ledgers, a million unless <c>--receipts N</c> says otherwise (5,000,000 at most), verified and stored, a receipt; against the same lines, unverified, as rows of a
/// plain table: one prepared statement in one transaction, or a binary COPY. And against what no import can leave out.
/// </summary>
internal static class ImportBenchmark
{
    private const int Ledgers = 100;
    private const int Rounds = 3;

    /// <summary>Has the settings of a database that may be filled.</summary>
    private const string PostgresVariable = "OFFLINE_LICENSE_POSTGRES";

    public static Figure Sqlite(long receipts) => InFolder(receipts, "import-sqlite", "a row of a plain bulk insert", 0.6, (load, folder, round) =>
    {
        var name = Path.Combine(folder, FormattableString.Invariant($"{round}.db"));
        var empty = 0L;
        var import = Time(load, () => load.Import(new SqliteStore(name), () => empty = new FileInfo(name).Length));
        var grown = new FileInfo(name).Length - empty;
        var rows = Time(load, () => InsertRows(load.Files, name + ".rows"));
        foreach (var file in Directory.EnumerateFiles(folder))
            File.Delete(file);
        return (import, rows, (double)grown / load.Receipts);
    });

    /// <summary>Null where there is no database to fill.</summary>
    public static Figure? Postgres(long receipts) => Environment.GetEnvironmentVariable(PostgresVariable) is not { Length: > 0 } settings ? null : InFolder(
        receipts, "import-postgres", "a row of a plain binary COPY", 0.7, (load, _, round) =>
        {
            var schema = FormattableString.Invariant($"benchmark_{Environment.ProcessId}_{round + 1}");
            try
            {
                var import = Time(load, () => load.Import(new PostgresStore($"{settings};Search Path={schema}")));
                var rows = Time(load, () => CopyRows(load.Files, settings, schema));
                return (import, rows, null);
            }
            finally
            {
                using var connection = new NpgsqlConnection(settings);
                connection.Open();
                using var drop = connection.CreateCommand();
#pragma warning disable CA2100 // our own name
                drop.CommandText = $"DROP SCHEMA IF EXISTS {schema} CASCADE";
#pragma warning restore CA2100
                drop.ExecuteNonQuery();
            }
        });

    private static Figure InFolder(
        long receipts, string name, string baseline, double bar, Func<ImportLoad, string, int, (double Import, double Rows, double? Bytes)> once)
    {
        var folder = Directory.CreateTempSubdirectory("import-benchmark-").FullName;
        try
        {
            var load = new ImportLoad(Path.Combine(folder, "ledgers"), Ledgers, (int)(receipts / Ledgers));
            var (imports, rows, hashing) = (new double[Rounds], new double[Rounds], new double[Rounds]);
            double? bytes = null;
            for (var round = -1; round < Rounds; round++)
            {
                var (import, row, grown) = once(load, folder, round);
                var hash = Time(load, () => HashAndCompress(load.Files));
                bytes = grown;
                if (round >= 0)
                    (imports[round], rows[round], hashing[round]) = (import, row, hash);
            }

            return new Figure
            {
                Name = name,
                Value = Median(imports) / 1000,
                Unit = "us",
                Baseline = Median(rows) / 1000,
                BaselineIs = baseline,
                Ratio = Median(imports.Zip(rows, static (a, b) => a / b)),
                Bar = bar,
                RatioToHashing = Median(imports.Zip(hashing, static (a, b) => a / b)),
                BytesPerReceipt = bytes,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void InsertRows(List<string> files, string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE receipts (ledger TEXT NOT NULL, seq BIGINT NOT NULL, line BLOB NOT NULL, PRIMARY KEY (ledger, seq)) WITHOUT ROWID;
            """;
        command.ExecuteNonQuery();
        using var transaction = connection.BeginTransaction();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO receipts (ledger, seq, line) VALUES (@ledger, @seq, @line)";
        var (ledger, seq, line) = (command.Parameters.Add("@ledger", SqliteType.Text), command.Parameters.Add("@seq", SqliteType.Integer), command.Parameters.Add("@line", SqliteType.Blob));
        command.Prepare();
        foreach (var file in files)
        {
            ledger.Value = file;
            var number = 0L;
            foreach (var receipt in Lines(File.ReadAllBytes(file)))
            {
                (seq.Value, line.Value) = (number++, receipt.ToArray());
                command.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    private static void CopyRows(List<string> files, string settings, string schema)
    {
        using var connection = new NpgsqlConnection($"{settings};Search Path={schema};Pooling=False");
        connection.Open();
        using var table = connection.CreateCommand();
        table.CommandText = "CREATE TABLE receipts (ledger TEXT NOT NULL, seq BIGINT NOT NULL, line BYTEA NOT NULL, PRIMARY KEY (ledger, seq))";
        table.ExecuteNonQuery();
        using var copy = connection.BeginBinaryImport("COPY receipts (ledger, seq, line) FROM STDIN (FORMAT BINARY)");
        foreach (var file in files)
        {
            var number = 0L;
            foreach (var receipt in Lines(File.ReadAllBytes(file)))
                copy.WriteRow(Path.GetFileName(Path.GetDirectoryName(file)), number++, receipt.ToArray());
        }

        copy.Complete();
    }

    private static void HashAndCompress(List<string> files) => Parallel.ForEach(files, static file =>
    {
        using var deflated = new MemoryStream();
        using var lines = new DeflateStream(deflated, CompressionLevel.Fastest);
        Span<byte> node = stackalloc byte[65];
        Span<byte> leaf = stackalloc byte[1 + Limits.ReceiptBytes];
        foreach (var line in Lines(File.ReadAllBytes(file)))
        {
            line.Span.CopyTo(leaf[1..]);
            SHA256.HashData(leaf[..(1 + line.Length)], node[1..33]);
            SHA256.HashData(node, node[33..]);
            lines.Write(line.Span);
            lines.Write("\n"u8);
        }
    });

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] file)
    {
        for (ReadOnlyMemory<byte> rest = file; rest.Span.IndexOf((byte)'\n') is >= 0 and var length; rest = rest[(length + 1)..])
        {
            if (length > 0 && rest.Span[0] == '{')
                yield return rest[..length];
        }
    }

    private static double Time(ImportLoad load, Action work)
    {
        var begin = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / load.Receipts;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
