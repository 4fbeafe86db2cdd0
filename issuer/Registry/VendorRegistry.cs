using System.Data.Common;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// What the vendor signed and what customers mailed: one SQLite file in the vendor's home. It is opened, used in short
/// transactions and closed; other processes may do the same at the same time and wait for each other. A committed
/// transaction survives the loss of power. Not thread-safe: each thread opens its own.
/// </summary>
internal sealed class VendorRegistry : IDisposable
{
    private readonly DbConnection _connection;
    private readonly string _path;

    private VendorRegistry(DbConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>Makes a new registry with no entry, that only its owner can read.</summary>
    /// <param name="path">The file, which does not exist; its folder does.</param>
    /// <exception cref="RegistryException">The file exists, or cannot be made.</exception>
    internal static void Create(string path)
    {
        using var connection = SqliteStore.Create(path);
        Guard(path, () => RegistryUpgrade.ApplyAll(connection, isNew: true));
    }

    /// <summary>Opens a registry, and brings one that an older version made up to date.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RegistryException">It is missing, no registry, damaged, or made by a newer version.</exception>
    internal static VendorRegistry Open(string path)
    {
        var connection = SqliteStore.Open(path);
        try
        {
            Guard(path, () => RegistryUpgrade.ApplyAll(connection, isNew: false));
            return new VendorRegistry(connection, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads in one transaction: all of its queries see the registry at one moment.</summary>
    /// <exception cref="RegistryException">The file is damaged, or busy for longer than the patience of the store.</exception>
    internal T Read<T>(Func<RegistryTransaction, T> work) => Guard(_path, () =>
    {
        using var transaction = SqliteStore.BeginReading(_connection);
        using var registry = new RegistryTransaction(_connection, transaction);
        return work(registry);
    });

    /// <summary>
    /// Writes in one transaction, alone: no other writer is between its queries and its changes. It is durable when
    /// this returns; when the work throws, nothing of it stays.
    /// </summary>
    /// <exception cref="RegistryException">The disk refused, or another process writes for longer than the patience of the store.</exception>
    internal T Write<T>(Func<RegistryTransaction, T> work) => Guard(_path, () =>
    {
        using var transaction = SqliteStore.BeginWriting(_connection);
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

    /// <summary>Closes the file. The last to close leaves exactly one file.</summary>
    public void Dispose() => _connection.Dispose();

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DbException e)
        {
            throw SqliteStore.Explain(path, e);
        }
    }

    private static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });
}
