using Microsoft.Data.Sqlite;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// A receipt appended to a ledger, signed and on the disk: by one caller, against the bare write, sync and signature that it
/// cannot do without, and against a row in SQLite; and by 64 callers at once, who await it and share them.
/// </summary>
internal static class AppendBenchmark
{
    private const int Callers = 64;
    private const int EachAppends = 100;

    private static readonly DateTimeOffset s_begin = Samples.Day(2026, 11, 22);

    public static Figure One() => InLedger((folder, key, writer) =>
    {
        using var file = LedgerDisk.Real.Create(Path.Combine(folder, "bare"));
        var group = new byte[600];
        var text = new byte[150];
        void Bare(int appends)
        {
            for (var count = 0; count < appends; count++)
            {
                key.Sign(text);
                file.Append(group);
                file.Sync();
            }
        }

        var (value, baseline, ratio) = Pairs.Measure(appends => Append(writer, appends), 20, Bare, 20);
        return FigureOf("append", value, baseline, "write, sync and Ed25519 signature", ratio, bar: 1.25);
    });

    public static Figure Sqlite() => InLedger((folder, _, writer) =>
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(folder, "rows.db")};Pooling=False");
        database.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("CREATE TABLE receipts (seq INTEGER PRIMARY KEY, line BLOB NOT NULL)");
        using var insert = database.CreateCommand();
        insert.CommandText = "INSERT INTO receipts (line) VALUES ($line)";
        insert.Parameters.AddWithValue("$line", ReceiptLine.Print(Samples.Usage(s_begin, 1)));
        void Insert(int rows)
        {
            for (var count = 0; count < rows; count++)
                insert.ExecuteNonQuery();
        }

        var (value, baseline, ratio) = Pairs.Measure(appends => Append(writer, appends), 20, Insert, 20);
        return FigureOf("append-sqlite", value, baseline, "a SQLite row a transaction, WAL, FULL", ratio, bar: 1);

        void Execute(string text)
        {
            using var command = database.CreateCommand();
            command.CommandText = text;
            command.ExecuteNonQuery();
        }
    });

    public static Figure Group() => InLedger((_, _, writer) =>
    {
        void Together(int appends) =>
            Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => Caller(appends / Callers)))).GetAwaiter().GetResult();

        async Task Caller(int appends)
        {
            for (var count = 0; count < appends; count++)
                await writer.AppendAsync(Samples.Usage(s_begin, 1));
        }

        // Whoever appends has full segments to close, which takes as long as ten appends. Some 400 of one caller fill one, so
        // that each round has its share of that on both sides.
        var (value, baseline, ratio) = Pairs.Measure(Together, Callers * EachAppends, appends => Append(writer, appends), 400, rounds: 15);
        return FigureOf("append-group", value, baseline, "an append by one caller alone", ratio, bar: 1.0 / 30);
    });

    private static void Append(LedgerWriter writer, int appends)
    {
        for (var count = 0; count < appends; count++)
            writer.Append(Samples.Usage(s_begin, 1));
    }

    private static Figure InLedger(Func<string, SigningKey, LedgerWriter, Figure> measure)
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            using var unnamed = SigningKey.Generate("installation");
            using var key = unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
            using var writer = LedgerWriter.Begin(LedgerDisk.Real, folder, key, s_begin);
            return measure(folder, key, writer);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Figure FigureOf(string name, double value, double baseline, string baselineIs, double ratio, double bar) => new()
    {
        Name = name,
        Value = value / 1000,
        Unit = "us",
        Baseline = baseline / 1000,
        BaselineIs = baselineIs,
        Ratio = ratio,
        Bar = bar,
    };
}
