using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace OfflineLicense.Issuer.Registry;

/// <summary>A registry in one file: SQLite.</summary>
/// <param name="path">The file.</param>
internal sealed class SqliteStore(string path) : RegistryStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal override string Name => path;

    internal override DbConnection Create()
    {
        try
        {
            // Not SQLite makes the file: it would take one that is there, and let everybody read a new one.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            new FileStream(path, options).Dispose();
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new RegistryException($"the registry {path} exists; it is never overwritten", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException($"the registry {path} cannot be made: {e.Message.TrimEnd('.')}", e);
        }

        var connection = Open();
        using var upgrades = connection.CreateCommand();
        upgrades.CommandText = UpgradesSql;
        upgrades.ExecuteNonQuery();
        return connection;
    }

    internal override void CheckIsFree()
    {
        if (Path.Exists(path))
            throw new RegistryException($"the registry {path} exists; it is never overwritten");
    }

    internal override RegistryStore Beside() => new SqliteStore($"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new");

    internal override void MoveTo(RegistryStore place)
    {
        place.CheckIsFree();
        try
        {
            File.Move(path, place.Name, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RegistryException($"the registry {place.Name} cannot be put in its place: {e.Message.TrimEnd('.')}", e);
        }
    }

    internal override void Remove()
    {
        foreach (var file in (string[])[path, $"{path}-wal", $"{path}-shm"])
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What failed before this tells more.
            }
        }
    }

    internal override DbConnection Open()
    {
        if (!File.Exists(path))
            throw new RegistryException($"the registry {path} is missing; restore it from a backup, or name the right file in issuer.yaml");
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false, // a closed registry is one file that can be copied or moved
            DefaultTimeout = PatienceSeconds,
            ForeignKeys = true,
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            using var pragmas = connection.CreateCommand();
            // FULL: a license that was handed out is in the registry, also after the loss of power.
            pragmas.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
            pragmas.ExecuteNonQuery();
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Explain(e);
        }
    }

    internal override DbTransaction BeginReading(DbConnection connection) =>
        ((SqliteConnection)connection).BeginTransaction(deferred: true);

    internal override DbTransaction BeginWriting(DbConnection connection) =>
        ((SqliteConnection)connection).BeginTransaction(IsolationLevel.Serializable, deferred: false);

    internal override bool IsMissingTable(DbException error) =>
        error is SqliteException { SqliteErrorCode: 1 } && error.Message.Contains("no such table", StringComparison.Ordinal);

    internal override IReadOnlyList<string> EngineFaults(RegistryTransaction transaction) =>
        transaction.Query("PRAGMA integrity_check(10)", static row => row.GetString(0)).FindAll(static fault => fault != "ok");

    internal override RegistryException Explain(DbException error) => new(
        error is not SqliteException sqlite
            ? $"the registry {path} failed: {error.Message}"
            : sqlite.SqliteErrorCode switch
            {
                5 or 6 => $"another process has been writing to the registry {path} for {PatienceSeconds} seconds; try again",
                8 or 3 or 23 => $"the registry {path} cannot be written: no permission",
                10 => $"the disk failed under the registry {path}",
                11 => $"the registry {path} is damaged; restore it from a backup, or rebuild it from the files that it kept",
                13 => $"the disk is full under the registry {path}; nothing was stored",
                14 => $"the registry {path} cannot be opened: no permission for the file or its folder",
                26 => $"{path} is no registry",
                _ => $"the registry {path} failed: {sqlite.Message}",
            },
        error);
}
