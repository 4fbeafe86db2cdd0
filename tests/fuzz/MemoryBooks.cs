using System.Data.Common;
using Microsoft.Data.Sqlite;
using OfflineLicense.Issuer.Registry;

namespace OfflineLicense.Fuzz;

/// <summary>A registry in memory, which lives as long as this: the same engine as that in a file, with no disk to wait for.</summary>
/// <param name="name">Different for each that lives at the same time.</param>
internal sealed class MemoryBooks(string name) : RegistryStore, IDisposable
{
    private readonly SqliteStore _sqlite = new(name);

    // A database in memory ends with its last connection.
    private readonly SqliteConnection _first = Connect(name);

    internal override string Name => _sqlite.Name;

    internal override DbConnection Create()
    {
        var connection = Open();
        using var upgrades = connection.CreateCommand();
        upgrades.CommandText = UpgradesSql;
        upgrades.ExecuteNonQuery();
        return connection;
    }

    internal override void CheckIsFree() => throw new NotSupportedException("books in memory have no place");

    internal override RegistryStore Beside() => throw new NotSupportedException("books in memory have no place");

    internal override void MoveTo(RegistryStore place) => throw new NotSupportedException("books in memory have no place");

    internal override void Remove() => throw new NotSupportedException("books in memory have no place");

    internal override DbConnection Open() => Connect(name);

    internal override DbTransaction BeginReading(DbConnection connection) => _sqlite.BeginReading(connection);

    internal override DbTransaction BeginWriting(DbConnection connection) => _sqlite.BeginWriting(connection);

    internal override bool IsMissingTable(DbException error) => _sqlite.IsMissingTable(error);

    internal override RegistryException Explain(DbException error) => _sqlite.Explain(error);

    public void Dispose() => _first.Dispose();

    private static SqliteConnection Connect(string name)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = name,
            Mode = SqliteOpenMode.Memory,
            Cache = SqliteCacheMode.Shared,
            Pooling = false,
            ForeignKeys = true,
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        connection.Open();
        return connection;
    }
}
