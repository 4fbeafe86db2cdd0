using System.Data.Common;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// What the tables' code uses to speak SQL within a transaction. Values come only as parameters, named
/// <c>@like_this</c>; a table's column holds TEXT (times too, as files write them: they sort), BIGINT or BYTEA.
/// </summary>
internal sealed class RegistryTransaction(DbConnection connection, DbTransaction? transaction) : IDisposable
{
    // Each statement is prepared once: a batch runs the same few for every row.
    private readonly Dictionary<string, DbCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    internal int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        return Prepared(sql, values).ExecuteNonQuery();
    }

    /// <summary>The rows of a query, read to the end; reading a row asks nothing else.</summary>
    internal List<T> Query<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Prepared(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The one number that a query answers.</summary>
    internal long Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        return Convert.ToInt64(Prepared(sql, values).ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A time in a column.</summary>
    /// <exception cref="RegistryException">Another hand than ours wrote the row.</exception>
    internal static DateTimeOffset Time(DbDataReader row, int column) =>
        ExactText.TryParseTime(row.GetString(column), out var time)
            ? time
            : throw new RegistryException($"the registry holds '{row.GetString(column)}' where a time stands; restore it from a backup");

    /// <summary>A command to prepare and run many times; the caller disposes it.</summary>
    internal DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Lets go of the statements; the transaction's end is its owner's.</summary>
    public void Dispose()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        _prepared.Clear();
    }

    private DbCommand Prepared(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
            return _prepared[sql] = Command(sql, values);
        foreach (var (name, value) in values)
            command.Parameters[name].Value = value ?? DBNull.Value;
        return command;
    }
}
