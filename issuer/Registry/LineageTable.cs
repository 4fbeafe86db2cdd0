using System.Data.Common;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Registry;

/// <summary>A ledger that says it carries on another, by its first receipt.</summary>
/// <param name="Ledger">The ledger.</param>
/// <param name="Followed">The other, of which nothing may be stored.</param>
/// <param name="Size">How many receipts of the other it carries over.</param>
/// <param name="Root">The other's root at that size, base64; "" where the size is 0.</param>
/// <param name="BegunAt">When it was begun.</param>
internal sealed record LedgerFollower(string Ledger, string Followed, long Size, string Root, DateTimeOffset BegunAt);

/// <summary>Which ledger carries on which. Written once, when a ledger's first receipt is stored.</summary>
internal sealed class LineageTable(RegistryTransaction transaction)
{
    private const string Columns = "ledger, followed, followed_size, followed_root, begun_at";

    internal static RegistryUpgrade Upgrade { get; } = new(3, """
        CREATE TABLE lineage (
            ledger TEXT NOT NULL PRIMARY KEY REFERENCES ledgers (name),
            followed TEXT NOT NULL,
            followed_size BIGINT NOT NULL,
            followed_root TEXT NOT NULL,
            begun_at TEXT NOT NULL
        );
        CREATE INDEX lineage_of_followed ON lineage (followed);
        """);

    /// <summary>Notes what a ledger's first receipt says.</summary>
    internal void Add(string ledger, StartReceipt start) => transaction.Execute(
        $"INSERT INTO lineage ({Columns}) VALUES (@ledger, @followed, @size, @root, @at) ON CONFLICT DO NOTHING",
        ("@ledger", ledger), ("@followed", start.Follows), ("@size", start.FollowsSize), ("@root", start.FollowsRoot),
        ("@at", ExactText.FormatTime(start.At)));

    /// <summary>What a ledger carries on, or null.</summary>
    internal LedgerFollower? Of(string ledger) =>
        transaction.Query($"SELECT {Columns} FROM lineage WHERE ledger = @ledger", Row, ("@ledger", ledger)).FirstOrDefault();

    /// <summary>Those that carry on a ledger, by name.</summary>
    internal List<LedgerFollower> FollowersOf(string followed) =>
        transaction.Query($"SELECT {Columns} FROM lineage WHERE followed = @followed ORDER BY ledger", Row, ("@followed", followed));

    private static LedgerFollower Row(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), RegistryTransaction.Time(row, 4));
}
