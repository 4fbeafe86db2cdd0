using OfflineLicense.Issuer.Registry;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Registry;

/// <summary>What is said of settings of a database; what a registry in one holds is said by <see cref="RegistryTests"/> and all tests of the books.</summary>
public sealed class PostgresStoreTests
{
    [Theory]
    [InlineData("Host=db.example;Database=licenses", true)]
    [InlineData("Database=licenses; host = /run/postgresql", true)]
    [InlineData("registry.db", false)]
    [InlineData("books/host=1.db", false)]
    [InlineData("C:\\books\\registry.db", false)]
    public void Settings_that_name_a_host_are_a_database_and_all_else_is_a_file(string place, bool isDatabase) =>
        Assert.Equal(isDatabase, PostgresStore.IsMeantBy(place));

    [Theory]
    [InlineData("Host=db.example;Password=hunter2")]
    [InlineData("Host=db.example;pwd=hunter2")]
    [InlineData("Host=db.example;Pasword=hunter2")]
    public void A_password_in_the_settings_is_refused_and_not_repeated(string settings)
    {
        var error = Assert.Throws<RegistryException>(() => new PostgresStore(settings));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public, other")]
    [InlineData("x; DROP TABLE licenses")]
    [InlineData("Ünïtéd")]
    public void A_search_path_is_the_name_of_one_schema(string path) =>
        Assert.Contains("no name of one schema", Assert.Throws<RegistryException>(() => new PostgresStore($"Host=db.example;Search Path=\"{path}\"")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_database_that_cannot_be_reached_leaves_no_home()
    {
        using var desk = IssuerDesk.Empty();
        var nowhere = $"Host={desk.Folder}/no-server;Username=clerk;Database=licenses";
        var run = await IssuerDesk.RunWith(
            CommandRun.Console(desk.Folder, desk.Time), "init", "home", "--vendor", "vendor.example", "--product", "p", "--no-passphrase", "--database", nowhere);
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.StartsWith($"error: the registry licenses on {desk.Folder}/no-server (PostgreSQL) cannot be reached: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(desk.Folder));
    }

    [PostgresFact]
    public void A_database_that_is_not_there_is_told_with_how_to_make_it()
    {
        var settings = OwnRegistry.Database!.Replace("Database=postgres", "Database=nobody_made_it", StringComparison.Ordinal);
        Assert.Contains("createdb nobody_made_it", Assert.Throws<RegistryException>(() => VendorRegistry.Open(new PostgresStore(settings))).Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public void A_database_without_a_registry_is_told_apart_from_an_empty_one() =>
        Assert.Contains("is no registry", Assert.Throws<RegistryException>(() => VendorRegistry.Open(OwnRegistry.Store(""))).Message, StringComparison.Ordinal);
}
