using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// A million receipts of a hundred ledgers, verified and stored, a receipt; against the same lines, unverified, as rows of a
/// plain table: one prepared statement in one transaction. And against what no import can leave out.
/// </summary>
internal static class ImportBenchmark
{
    private const int Ledgers = 100;
    private const int ReceiptsOfALedger = 10_000;
    private const int Receipts = Ledgers * ReceiptsOfALedger;
    private const int Rounds = 5;

    public static Figure Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("import-benchmark-").FullName;
        try
        {
            var mails = Directory.CreateDirectory(Path.Combine(folder, "ledgers")).FullName;
            var files = Enumerable.Range(0, Ledgers)
                .Select(number => Directory.GetFiles(new SampleLedger(mails, number).Write(ReceiptsOfALedger)).Single()).ToList();
            var (imports, rows, hashing, bytes) = (new double[Rounds], new double[Rounds], new double[Rounds], 0.0);
            for (var round = -1; round < Rounds; round++)
            {
                var name = Path.Combine(folder, FormattableString.Invariant($"{round}.db"));
                var import = Time(() => bytes = Import(files, name));
                var insert = Time(() => InsertRows(files, name + ".rows"));
                var hash = Time(() => HashAndCompress(files));
                if (round >= 0)
                    (imports[round], rows[round], hashing[round]) = (import, insert, hash);
                foreach (var file in Directory.EnumerateFiles(folder))
                    File.Delete(file);
            }

            return new Figure
            {
                Name = "import-sqlite",
                Value = Median(imports) / 1000,
                Unit = "us",
                Baseline = Median(rows) / 1000,
                BaselineIs = "a row of a plain bulk insert",
                Ratio = Median(imports.Zip(rows, static (a, b) => a / b)),
                Bar = 0.6,
                RatioToHashing = Median(imports.Zip(hashing, static (a, b) => a / b)),
                BytesPerReceipt = bytes / Receipts,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Import(List<string> files, string path)
    {
        var store = new SqliteStore(path);
        VendorRegistry.Create(store);
        var empty = new FileInfo(path).Length;
        using (var registry = VendorRegistry.Open(store))
        {
            var license = SignedLicense.Open(Samples.File, Samples.Trust).License!;
            registry.Write(transaction => new LicenseTable(transaction).Add(StoredLicense.Of(license, Samples.File)));
            var import = new ReceiptsImport(registry, TimeProvider.System);
            foreach (var file in files)
            {
                var results = import.Import(new ReceiptsFile(Path.GetFileName(file), () => File.OpenRead(file)));
                if (results is not [{ Outcome: ImportOutcome.Added, Added: ReceiptsOfALedger }])
                    throw new InvalidOperationException($"a ledger was not stored: {results[0].Outcome}, {results[0].Detail}");
            }
        }

        return new FileInfo(path).Length - empty;
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

    private static double Time(Action work)
    {
        var begin = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Receipts;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
