using System.Data.Common;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>The replies that were signed, by customer and number. Rows are added and never changed.</summary>
internal sealed class ReplyTable(RegistryTransaction transaction)
{
    internal const string Sql = """
        CREATE TABLE replies (
            product TEXT NOT NULL,
            licensee TEXT NOT NULL,
            number BIGINT NOT NULL,
            time TEXT NOT NULL,
            file TEXT NOT NULL,
            note BYTEA NOT NULL,
            PRIMARY KEY (product, licensee, number)
        );
        """;

    private const string Columns = "product, licensee, number, time, file, note";

    /// <summary>The newest reply to a customer, or null when there was none.</summary>
    internal StoredReply? Newest(Customer customer) => transaction.Query(
        $"SELECT {Columns} FROM replies WHERE product = @product AND licensee = @licensee ORDER BY number DESC LIMIT 1",
        Row, ("@product", customer.Product), ("@licensee", customer.Licensee)).FirstOrDefault();

    /// <summary>Which replies there are, by customer and number: each may have 4 MiB.</summary>
    internal List<(Customer Customer, long Number)> Numbers() => transaction.Query(
        "SELECT product, licensee, number FROM replies ORDER BY product, licensee, number",
        static row => (new Customer(row.GetString(0), row.GetString(1)), row.GetInt64(2)));

    /// <summary>A reply by its number, or null.</summary>
    internal StoredReply? Find(Customer customer, long number) => transaction.Query(
        $"SELECT {Columns} FROM replies WHERE product = @product AND licensee = @licensee AND number = @number",
        Row, ("@product", customer.Product), ("@licensee", customer.Licensee), ("@number", number)).FirstOrDefault();

    /// <summary>Whether replies to another customer have this file name.</summary>
    internal bool IsTaken(string file, Customer customer) => transaction.Number(
        "SELECT COUNT(*) FROM replies WHERE file = @file AND NOT (product = @product AND licensee = @licensee)",
        ("@file", file), ("@product", customer.Product), ("@licensee", customer.Licensee)) > 0;

    /// <summary>Stores a reply before its file appears.</summary>
    internal void Add(StoredReply reply) => transaction.Execute(
        $"INSERT INTO replies ({Columns}) VALUES (@product, @licensee, @number, @time, @file, @note)",
        ("@product", reply.Customer.Product), ("@licensee", reply.Customer.Licensee), ("@number", reply.Number),
        ("@time", ExactText.FormatTime(reply.Time)), ("@file", reply.File), ("@note", reply.Note));

    private static StoredReply Row(DbDataReader row) => new(
        new Customer(row.GetString(0), row.GetString(1)), row.GetInt64(2), RegistryTransaction.Time(row, 3), row.GetString(4), row.GetFieldValue<byte[]>(5));
}

/// <summary>A reply as it was signed.</summary>
/// <param name="Customer">To whom.</param>
/// <param name="Number">From 1 on, for each customer.</param>
/// <param name="Time">When, by the issuer's clock.</param>
/// <param name="File">Its file's name, without folder; the same for all replies to a customer.</param>
/// <param name="Note">The file's bytes.</param>
internal sealed record StoredReply(Customer Customer, long Number, DateTimeOffset Time, string File, byte[] Note);
