using System.Data.Common;
using System.Globalization;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// A step from one version of the registry's tables to the next. Once released it never changes: a table that is to
/// look different gets a further step. The numbers are 1, 2, 3… without a gap.
/// </summary>
/// <param name="Number">The version that the registry has afterwards.</param>
/// <param name="Sql">The statements, each ended by a semicolon.</param>
internal sealed record RegistryUpgrade(int Number, string Sql)
{
    /// <summary>All steps, in order.</summary>
    internal static IReadOnlyList<RegistryUpgrade> All { get; } = [LicenseTable.Upgrade, LedgerTable.Upgrade, LineageTable.Upgrade, FindingJournal.Upgrade, UseTable.Upgrade];

    /// <summary>Applies the steps that are missing, all or none, and each once also when two processes try.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="store">What it is to.</param>
    /// <exception cref="RegistryException">The store is no registry, or of a newer version.</exception>
    internal static void ApplyAll(DbConnection connection, RegistryStore store)
    {
        if (Version(connection, null, store) == All.Count) return; // nothing to do: take no lock
        using var transaction = store.BeginWriting(connection);
        using var registry = new RegistryTransaction(connection, transaction);
        foreach (var upgrade in All.Skip(Version(connection, transaction, store)))
        {
            registry.Execute(store.TablesOf(upgrade.Sql));
            registry.Execute("INSERT INTO upgrades (number) VALUES (@number)", ("@number", upgrade.Number));
        }

        transaction.Commit();
    }

    /// <summary>Looks whether nothing is missing, and changes nothing.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="store">What it is to.</param>
    /// <exception cref="RegistryException">The store is no registry, or of another version.</exception>
    internal static void CheckIsNewest(DbConnection connection, RegistryStore store)
    {
        if (Version(connection, null, store) is var version && version != All.Count)
        {
            throw new RegistryException(string.Create(CultureInfo.InvariantCulture,
                $"the registry {store.Name} has version {version}, and this program's is {All.Count}; any command that lists or imports brings it up to date"));
        }
    }

    private static int Version(DbConnection connection, DbTransaction? transaction, RegistryStore store)
    {
        long version;
        try
        {
            using var registry = new RegistryTransaction(connection, transaction);
            version = registry.Number("SELECT COALESCE(MAX(number), 0) FROM upgrades");
        }
        catch (DbException e) when (store.IsMissingTable(e))
        {
            throw new RegistryException($"{store.Name} is no registry", e);
        }

        return version <= All.Count
            ? (int)version
            : throw new RegistryException(string.Create(CultureInfo.InvariantCulture,
                $"the registry {store.Name} has version {version}, and this program knows {All.Count}; use the newer issuer that wrote it"));
    }
}
