using Microsoft.Data.Sqlite;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Registry;

public sealed class VendorRegistryTests : IDisposable
{
    private static readonly DateTimeOffset s_day = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    private string File => _folder["registry.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_registry_is_one_file_that_only_its_owner_can_read()
    {
        VendorRegistry.Create(File);
        using (var registry = VendorRegistry.Open(File))
            registry.Write(transaction => new LicenseTable(transaction).Add(License("A")));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void A_registry_is_never_overwritten_nor_made_by_a_slip_of_the_pen()
    {
        var missing = Assert.Throws<RegistryException>(() => VendorRegistry.Open(File));
        Assert.Contains("is missing", missing.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        VendorRegistry.Create(File);
        Assert.Contains("never overwritten", Assert.Throws<RegistryException>(() => VendorRegistry.Create(File)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be made", Assert.Throws<RegistryException>(() => VendorRegistry.Create(_folder["no/registry.db"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_license_comes_back_with_its_exact_bytes()
    {
        using var registry = Opened();
        var license = License("A") with { Licensee = "Ünïtéd “Ärzte”'; DROP TABLE licenses; --", Replaces = "B" };
        registry.Write(transaction => new LicenseTable(transaction).Add(license));
        var read = registry.Read(static transaction => new LicenseTable(transaction).OfCustomer("p", "Ünïtéd “Ärzte”'; DROP TABLE licenses; --")).Single();
        Assert.Equal(license with { Text = read.Text, Note = read.Note }, read);
        Assert.Equal(license.Text, read.Text);
        Assert.Equal(license.Note, read.Note);
        Assert.Equal("A", registry.Read(static transaction => new LicenseTable(transaction).Replacing("B")).Single().Id);
    }

    [Fact]
    public void One_id_has_one_text_in_each_format()
    {
        using var registry = Opened();
        registry.Write(transaction => new LicenseTable(transaction).Add(License("A")));
        registry.Write(transaction => new LicenseTable(transaction).Add(License("A")));
        registry.Write(transaction => new LicenseTable(transaction).Add(License("A") with { Format = "v2", Text = [9] }));
        Assert.Throws<RegistryException>(() => registry.Write(transaction => new LicenseTable(transaction).Add(License("A") with { Text = [9] })));
        Assert.Equal(["v1", "v2"], registry.Read(static transaction => new LicenseTable(transaction).WithId("A")).ConvertAll(static license => license.Format));
    }

    [Fact]
    public void Work_that_fails_leaves_nothing()
    {
        using var registry = Opened();
        Assert.Throws<InvalidOperationException>(() => registry.Write(transaction =>
        {
            new LicenseTable(transaction).Add(License("A"));
            throw new InvalidOperationException();
        }));
        Assert.Empty(registry.Read(static transaction => new LicenseTable(transaction).All()));
    }

    [Fact]
    public void Signings_are_numbered_in_their_order_whatever_the_clock_says()
    {
        using var registry = Opened();
        using var key = SigningKey.Generate("vendor.example/licenses/2026");
        Assert.Null(registry.Read(static transaction => new SigningLog(transaction).Newest()));
        registry.Write(transaction =>
        {
            new SigningLog(transaction).Add(s_day.AddDays(1), "license", "A", key.VerifierKey, "abc"u8);
            new SigningLog(transaction).Add(s_day, "reply", "B", key.VerifierKey, "abc"u8);
        });
        var (newest, all) = registry.Read(static transaction => (new SigningLog(transaction).Newest(), new SigningLog(transaction).All()));
        Assert.Equal(new Signing(2, s_day, "reply", "B", key.VerifierKey.ToString(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), newest);
        Assert.Equal([1, 2], all.ConvertAll(static signing => signing.Number));
    }

    [Fact]
    public async Task Two_writers_wait_for_each_other()
    {
        VendorRegistry.Create(File);
        using var inside = new SemaphoreSlim(0);
        using var first = VendorRegistry.Open(File);
        var slow = Task.Run(() => first.Write(transaction =>
        {
            Assert.Empty(new LicenseTable(transaction).All());
            inside.Release();
            new LicenseTable(transaction).Add(License("A"));
        }));
        await inside.WaitAsync();
        using var second = VendorRegistry.Open(File);
        var seen = second.Write(static transaction =>
        {
            var seen = new LicenseTable(transaction).All().Count;
            new LicenseTable(transaction).Add(License("B"));
            return seen;
        });
        await slow;
        Assert.Equal(1, seen);
        Assert.Equal(2, first.Read(static transaction => new LicenseTable(transaction).All().Count));
    }

    [Fact]
    public void A_registry_of_a_newer_version_is_refused_and_not_touched()
    {
        VendorRegistry.Create(File);
        Sql("INSERT INTO upgrades VALUES (999)");
        var error = Assert.Throws<RegistryException>(() => VendorRegistry.Open(File));
        Assert.Contains("has version 999", error.Message, StringComparison.Ordinal);
        Assert.Contains("use the newer issuer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_registry_is_brought_up_to_date_once()
    {
        VendorRegistry.Create(File);
        var tables = Tables();
        System.IO.File.Delete(File);
        Sql("CREATE TABLE upgrades (number BIGINT NOT NULL PRIMARY KEY)"); // a registry of version 0
        VendorRegistry.Open(File).Dispose();
        VendorRegistry.Open(File).Dispose();
        Assert.Equal(tables, Tables());
    }

    [Fact]
    public void Upgrades_are_numbered_without_a_gap()
    {
        Assert.Equal(Enumerable.Range(1, RegistryUpgrade.All.Count), RegistryUpgrade.All.Select(static upgrade => upgrade.Number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no database, but a text of some length that fills the first bytes of a page and then some more of it")]
    public void A_file_that_is_no_registry_is_refused(string content)
    {
        System.IO.File.WriteAllText(File, content);
        Assert.Contains("is no registry", Assert.Throws<RegistryException>(() => VendorRegistry.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_registry_is_told_apart_from_an_empty_one()
    {
        using (var registry = Opened())
        {
            registry.Write(transaction =>
            {
                for (var i = 0; i < 100; i++)
                    new LicenseTable(transaction).Add(License(new string('a', i)));
            });
        }

        var bytes = System.IO.File.ReadAllBytes(File);
        Array.Fill(bytes, (byte)0x55, 4096, bytes.Length - 4096);
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Throws<RegistryException>(() =>
        {
            using var registry = VendorRegistry.Open(File);
            registry.Read(static transaction => new LicenseTable(transaction).All());
        });
    }

    private static StoredLicense License(string id) => new()
    {
        Id = id,
        Format = "v1",
        Text = [1, 2, 3],
        Note = [1, 2, 3, 4],
        Product = "p",
        Licensee = "Acme",
        Purpose = "production",
        Issued = s_day,
        Replaces = null,
        SignedBy = "key",
    };

    private VendorRegistry Opened()
    {
        VendorRegistry.Create(File);
        return VendorRegistry.Open(File);
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
