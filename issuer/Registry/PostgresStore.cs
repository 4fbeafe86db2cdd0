using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Npgsql;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// A registry in a PostgreSQL database, for a team: in a schema of its own, <c>offline_license</c> unless the settings name
/// one as <c>Search Path</c>. Passwords come from PGPASSWORD or the password file, since settings stand where others read them.
/// </summary>
internal sealed partial class PostgresStore : RegistryStore
{
    private const string UsualSchema = "offline_license";

    private readonly NpgsqlConnectionStringBuilder _settings;

    /// <exception cref="RegistryException">The settings cannot be read, or hold a password.</exception>
    internal PostgresStore(string settings)
    {
        try
        {
            _settings = new NpgsqlConnectionStringBuilder(settings)
            {
                Pooling = false, // a command opens one, and ends
                MaxAutoPrepare = 100,
                IncludeErrorDetail = false, // it would show customers' rows in messages
            };
        }
        catch (ArgumentException e)
        {
            // Not the settings themselves: a password may be what nobody could read in them.
            throw new RegistryException($"the database settings cannot be read: {e.Message.TrimEnd('.')}; write them as Host=db.example;Database=licenses;Username=clerk", e);
        }

        if (_settings.Password is { Length: > 0 })
            throw new RegistryException("the database settings hold a password, and others can read them; put it into PGPASSWORD or the file ~/.pgpass");
        _settings.SearchPath = string.IsNullOrEmpty(_settings.SearchPath) ? UsualSchema : _settings.SearchPath;
        if (!PlainName().IsMatch(_settings.SearchPath))
            throw new RegistryException($"the search path '{_settings.SearchPath}' is no name of one schema: a letter, then letters, digits and underscores, in lower case");
        if (!_settings.ContainsKey("Command Timeout"))
            _settings.CommandTimeout = 10 * PatienceSeconds;
    }

    internal override string Name => $"{_settings.Database ?? _settings.Username} on {_settings.Host} (PostgreSQL)";

    /// <summary>Whether a place is settings of a database rather than the path of a file.</summary>
    internal static bool IsMeantBy(string place) => HasHost().IsMatch(place);

    internal override DbConnection Create()
    {
        var connection = Connect();
        try
        {
            Execute(connection, $"CREATE SCHEMA IF NOT EXISTS {_settings.SearchPath}; " + UpgradesSql);
            return connection;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.UniqueViolation)
        {
            connection.Dispose();
            throw new RegistryException($"the registry {Name} exists; it is never overwritten", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal override DbConnection Open() => Connect();

    internal override void CheckIsFree()
    {
        using var connection = Connect();
        using var schema = connection.CreateCommand();
        schema.CommandText = "SELECT 1 FROM pg_namespace WHERE nspname = @name";
        schema.Parameters.AddWithValue("name", _settings.SearchPath!);
        if (schema.ExecuteScalar() is not null)
            throw new RegistryException($"the schema {_settings.SearchPath} of {Name} exists; it is never overwritten, name another one as Search Path");
    }

    internal override RegistryStore Beside() =>
        // A schema's name has 63 letters at most.
        new PostgresStore(new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
        {
            SearchPath = $"{_settings.SearchPath![..Math.Min(_settings.SearchPath!.Length, 50)]}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}_new",
        }.ConnectionString);

    internal override void MoveTo(RegistryStore place)
    {
        place.CheckIsFree();
        using var connection = Connect();
        try
        {
            Execute(connection, $"ALTER SCHEMA {_settings.SearchPath} RENAME TO {((PostgresStore)place)._settings.SearchPath}");
        }
        catch (PostgresException e)
        {
            throw Explain(e);
        }
    }

    internal override void Remove()
    {
        try
        {
            using var connection = Connect();
            Execute(connection, $"DROP SCHEMA IF EXISTS {_settings.SearchPath} CASCADE");
        }
        catch (Exception e) when (e is DbException or RegistryException)
        {
            // What failed before this tells more.
        }
    }

    internal override DbTransaction BeginReading(DbConnection connection) => connection.BeginTransaction(IsolationLevel.RepeatableRead);

    internal override DbTransaction BeginWriting(DbConnection connection)
    {
        // Not repeatable read: the first query is to see what the writer before has written.
        var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        try
        {
            Execute(connection, FormattableString.Invariant($"SET LOCAL lock_timeout = '{PatienceSeconds}s'; LOCK TABLE upgrades IN EXCLUSIVE MODE;"));
            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    /// <summary>Texts sort by their bytes, as in SQLite, whatever the language of the database is.</summary>
    internal override string TablesOf(string sql) => TextColumn().Replace(sql, "TEXT COLLATE \"C\"");

    internal override bool IsMissingTable(DbException error) => error is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    internal override RegistryException Explain(DbException error) => new(
        error switch
        {
            PostgresException e => e.SqlState switch
            {
                PostgresErrorCodes.LockNotAvailable => $"another process has been writing to the registry {Name} for {PatienceSeconds} seconds; try again",
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                    $"the registry {Name} lets '{_settings.Username ?? Environment.UserName}' not in: {e.MessageText}; put the password into PGPASSWORD or ~/.pgpass",
                PostgresErrorCodes.InvalidCatalogName => $"there is no database {Name}; make it with: createdb {_settings.Database}",
                PostgresErrorCodes.InsufficientPrivilege => $"the registry {Name} cannot be used: {e.MessageText}",
                PostgresErrorCodes.ReadOnlySqlTransaction => $"the registry {Name} cannot be written: this server is a copy that is only read",
                PostgresErrorCodes.DiskFull => $"the disk is full under the registry {Name}; nothing was stored",
                _ => $"the registry {Name} failed: {e.MessageText} ({e.SqlState})",
            },
            _ => $"the registry {Name} cannot be reached: {error.GetBaseException().Message.TrimEnd('.')}; nothing was stored that was not answered",
        },
        error);

    private NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(_settings.ConnectionString);
        try
        {
            connection.Open();
            using (var encoding = connection.CreateCommand())
            {
                encoding.CommandText = "SHOW server_encoding";
                if (encoding.ExecuteScalar() is not "UTF8")
                    throw new RegistryException($"the database {Name} is not in UTF-8, so that names of customers would be lost; make one with: createdb --encoding UTF8 --template template0 NAME");
            }

            // What was answered survives the loss of power; a server that waits for others too goes on doing so.
            Execute(connection, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'");
            return connection;
        }
        catch (NpgsqlException e)
        {
            connection.Dispose();
            throw Explain(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // our own texts, and a schema's name of letters, digits and underscores
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [GeneratedRegex(@"(^|;)\s*(Host|Server)\s*=", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex HasHost();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,62}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"\bTEXT\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex TextColumn();
}
