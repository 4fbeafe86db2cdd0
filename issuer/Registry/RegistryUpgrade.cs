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
    /// <param name="isNew">Whether the store is new and empty, rather than to be a registry.</param>
    /// <exception cref="RegistryException">The store is no registry, or of a newer version.</exception>
    internal static void ApplyAll(DbConnection connection, bool isNew)
    {
        if (!isNew && Version(connection, null) == All.Count) return; // nothing to do: take no lock
        using var transaction = SqliteStore.BeginWriting(connection);
        using var registry = new RegistryTransaction(connection, transaction);
        if (isNew)
            registry.Execute("CREATE TABLE upgrades (number BIGINT NOT NULL PRIMARY KEY);");
        var version = Version(connection, transaction);
        foreach (var upgrade in All.Skip(version))
        {
            registry.Execute(upgrade.Sql);
            registry.Execute("INSERT INTO upgrades (number) VALUES (@number)", ("@number", upgrade.Number));
        }

        transaction.Commit();
    }

    private static int Version(DbConnection connection, DbTransaction? transaction)
    {
        long version;
        try
        {
            using var registry = new RegistryTransaction(connection, transaction);
            version = registry.Number("SELECT COALESCE(MAX(number), 0) FROM upgrades");
        }
        catch (DbException e) when (SqliteStore.IsMissingTable(e))
        {
            throw new RegistryException($"{connection.DataSource} is no registry", e);
        }

        return version <= All.Count
            ? (int)version
            : throw new RegistryException(string.Create(CultureInfo.InvariantCulture,
                $"the registry {connection.DataSource} has version {version}, and this program knows {All.Count}; use the newer issuer that wrote it"));
    }
}
