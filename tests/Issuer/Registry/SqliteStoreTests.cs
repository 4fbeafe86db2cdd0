using Microsoft.Data.Sqlite;
using OfflineLicense.Issuer.Registry;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Registry;

/// <summary>What holds of a registry in a file.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder["registry.db"];

    private SqliteStore Store => new(File);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_registry_is_one_file_that_only_its_owner_can_read()
    {
        VendorRegistry.Create(Store);
        using (var registry = VendorRegistry.Open(Store))
            registry.Write(transaction => new LicenseTable(transaction).Add(RegistryTests.License("A")));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void A_registry_is_never_overwritten_nor_made_by_a_slip_of_the_pen()
    {
        var missing = Assert.Throws<RegistryException>(() => VendorRegistry.Open(Store));
        Assert.Contains("is missing", missing.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        VendorRegistry.Create(Store);
        Assert.Contains("never overwritten", Assert.Throws<RegistryException>(() => VendorRegistry.Create(Store)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be made", Assert.Throws<RegistryException>(() => VendorRegistry.Create(new SqliteStore(_folder["no/registry.db"]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_registry_is_brought_up_to_date_once()
    {
        VendorRegistry.Create(Store);
        var tables = Tables();
        System.IO.File.Delete(File);
        Sql("CREATE TABLE upgrades (number BIGINT NOT NULL PRIMARY KEY)"); // a registry of version 0
        VendorRegistry.Open(Store).Dispose();
        VendorRegistry.Open(Store).Dispose();
        Assert.Equal(tables, Tables());
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no database, but a text of some length that fills the first bytes of a page and then some more of it")]
    public void A_file_that_is_no_registry_is_refused(string content)
    {
        System.IO.File.WriteAllText(File, content);
        Assert.Contains("is no registry", Assert.Throws<RegistryException>(() => VendorRegistry.Open(Store)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_registry_is_told_apart_from_an_empty_one()
    {
        using (var registry = Opened())
        {
            registry.Write(transaction =>
            {
                for (var i = 0; i < 100; i++)
                    new LicenseTable(transaction).Add(RegistryTests.License(new string('a', i)));
            });
        }

        var bytes = System.IO.File.ReadAllBytes(File);
        Array.Fill(bytes, (byte)0x55, 4096, bytes.Length - 4096);
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Throws<RegistryException>(() =>
        {
            using var registry = VendorRegistry.Open(Store);
            registry.Read(static transaction => new LicenseTable(transaction).All());
        });
    }

    private VendorRegistry Opened()
    {
        VendorRegistry.Create(Store);
        return VendorRegistry.Open(Store);
    }

    private List<string> Tables()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names;
    }

    private void Sql(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }
}
