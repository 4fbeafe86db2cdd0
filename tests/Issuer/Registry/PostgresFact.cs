using Xunit;

namespace OfflineLicense.Tests.Issuer.Registry;

/// <summary>A test that needs a PostgreSQL server; skipped where OFFLINE_LICENSE_POSTGRES names none, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (OwnRegistry.Database is null)
            Skip = $"{OwnRegistry.Variable} names no PostgreSQL database that may be filled";
    }
}

/// <summary>A test of a registry that is a file; skipped where all tests' registries are in a database.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqliteFactAttribute : FactAttribute
{
    public SqliteFactAttribute()
    {
        if (OwnRegistry.Database is not null)
            Skip = "the registry is no file here";
    }
}
