using System.Data.Common;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// What the vendor signed and what customers mailed: one SQLite file in the vendor's home, or a PostgreSQL database. It is
/// opened, used in short transactions and closed; other processes may do the same at the same time and wait for each other.
/// A committed transaction survives the loss of power. Threads may share it, one transaction at a time.
/// </summary>
internal sealed class VendorRegistry : IDisposable
{
    private readonly DbConnection _connection;
    private readonly RegistryStore _store;
    private readonly Lock _turn = new();

    private VendorRegistry(DbConnection connection, RegistryStore store) => (_connection, _store) = (connection, store);

    /// <summary>Makes a new registry with no entry, that only its owner can read.</summary>
    /// <param name="store">Where there is none yet.</param>
    /// <exception cref="RegistryException">There is one, or it cannot be made.</exception>
    internal static void Create(RegistryStore store) => Guard(store, () =>
    {
        using var connection = store.Create();
        RegistryUpgrade.ApplyAll(connection, store);
        return true;
    });

    /// <summary>Opens a registry, and brings one that an older version made up to date.</summary>
    /// <param name="store">Where it is.</param>
    /// <exception cref="RegistryException">It is missing, no registry, damaged, or made by a newer version.</exception>
    internal static VendorRegistry Open(RegistryStore store) => Open(store, RegistryUpgrade.ApplyAll);

    /// <summary>Opens a registry as it is, for whoever only reads.</summary>
    /// <param name="store">Where it is.</param>
    /// <exception cref="RegistryException">It is missing, no registry, damaged, or of another version.</exception>
    internal static VendorRegistry OpenAsItIs(RegistryStore store) => Open(store, RegistryUpgrade.CheckIsNewest);

    private static VendorRegistry Open(RegistryStore store, Action<DbConnection, RegistryStore> begin) => Guard(store, () =>
    {
        var connection = store.Open();
        try
        {
            begin(connection, store);
            return new VendorRegistry(connection, store);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    /// <inheritdoc cref="RegistryStore.EngineFaults"/>
    internal IReadOnlyList<string> EngineFaults() => Read(_store.EngineFaults);

    /// <summary>Reads in one transaction: all of its queries see the registry at one moment.</summary>
    /// <exception cref="RegistryException">It is damaged, or busy for longer than the patience of the store.</exception>
    internal T Read<T>(Func<RegistryTransaction, T> work) => Guard(_store, () =>
    {
        using var turn = _turn.EnterScope();
        using var transaction = _store.BeginReading(_connection);
        using var registry = new RegistryTransaction(_connection, transaction);
        return work(registry);
    });

    /// <summary>
    /// Writes in one transaction, alone: no other writer is between its queries and its changes. It is durable when
    /// this returns; when the work throws, nothing of it stays.
    /// </summary>
    /// <exception cref="RegistryException">The disk refused, or another process writes for longer than the patience of the store.</exception>
    internal T Write<T>(Func<RegistryTransaction, T> work) => Guard(_store, () =>
    {
        using var turn = _turn.EnterScope();
        using var transaction = _store.BeginWriting(_connection);
        using var registry = new RegistryTransaction(_connection, transaction);
        var result = work(registry);
        transaction.Commit();
        return result;
    });

    /// <inheritdoc cref="Write{T}(Func{RegistryTransaction, T})"/>
    internal void Write(Action<RegistryTransaction> work) => Write(transaction =>
    {
        work(transaction);
        return true;
    });

    /// <summary>Closes it. The last to close a file leaves exactly one file.</summary>
    public void Dispose() => _connection.Dispose();

    private static T Guard<T>(RegistryStore store, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DbException e)
        {
            throw store.Explain(e);
        }
    }
}
