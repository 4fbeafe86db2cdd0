using System.Data.Common;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// What keeps a registry. Everything that is one engine's own is in its class; all else speaks to
/// <see cref="DbConnection"/>, in SQL that both read.
/// </summary>
internal abstract class RegistryStore
{
    /// <summary>How long a transaction waits for another process's.</summary>
    protected const int PatienceSeconds = 20;

    /// <summary>The table of upgrades, of which the first sets up all others; a store with none is no registry.</summary>
    protected const string UpgradesSql = "CREATE TABLE upgrades (number BIGINT NOT NULL PRIMARY KEY);";

    /// <summary>The store by what <c>issuer.yaml</c> and <c>--database</c> say: connection settings that name a host, or a file.</summary>
    /// <param name="place">Settings as <c>Host=db.example;Database=licenses</c>, or a path.</param>
    /// <param name="folder">The folder from which a path is named.</param>
    /// <exception cref="RegistryException">The settings cannot be read.</exception>
    internal static RegistryStore Of(string place, string folder) =>
        PostgresStore.IsMeantBy(place) ? new PostgresStore(place) : new SqliteStore(Path.GetFullPath(place, folder));

    /// <summary>The registry as messages name it; without a password.</summary>
    internal abstract string Name { get; }

    /// <summary>Makes a registry with no table but that of upgrades.</summary>
    /// <exception cref="RegistryException">There is one, or it cannot be made.</exception>
    internal abstract DbConnection Create();

    /// <exception cref="RegistryException">There is one already.</exception>
    internal abstract void CheckIsFree();

    /// <summary>A store of the same kind beside this one, under a name of its own, for a registry that is still being made.</summary>
    internal abstract RegistryStore Beside();

    /// <summary>Gives a registry that <see cref="Beside"/> named its place; it is closed, and nothing is overwritten.</summary>
    /// <param name="place">The store that <see cref="Beside"/> was asked of.</param>
    /// <exception cref="RegistryException">There is one by now, or it cannot be put there.</exception>
    internal abstract void MoveTo(RegistryStore place);

    /// <summary>Takes away a registry that <see cref="Beside"/> named, if it is still there; what fails is left.</summary>
    internal abstract void Remove();

    /// <exception cref="RegistryException">There is none, or it cannot be opened.</exception>
    internal abstract DbConnection Open();

    /// <summary>A transaction that sees one moment and does not wait for writers.</summary>
    internal abstract DbTransaction BeginReading(DbConnection connection);

    /// <summary>A transaction before whose first query every other writer has ended.</summary>
    internal abstract DbTransaction BeginWriting(DbConnection connection);

    /// <summary>The SQL of a table as this engine is to read it.</summary>
    internal virtual string TablesOf(string sql) => sql;

    /// <summary>Whether a query failed because its table is not there.</summary>
    internal abstract bool IsMissingTable(DbException error);

    /// <summary>What the engine's own check says is wrong with its file, in its words; empty where it has none, or finds nothing.</summary>
    internal virtual IReadOnlyList<string> EngineFaults(RegistryTransaction transaction) => [];

    /// <summary>The engine's error in words.</summary>
    internal abstract RegistryException Explain(DbException error);
}
