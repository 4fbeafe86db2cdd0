using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Registry;

/// <summary>What holds of a registry, whatever keeps it.</summary>
public sealed class RegistryTests : IDisposable
{
    private static readonly DateTimeOffset s_day = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly RegistryStore _store;

    public RegistryTests() => _store = OwnRegistry.Store(_folder["registry.db"]);

    public void Dispose() => _folder.Dispose();

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
        VendorRegistry.Create(_store);
        using var inside = new SemaphoreSlim(0);
        using var first = VendorRegistry.Open(_store);
        var slow = Task.Run(() => first.Write(transaction =>
        {
            Assert.Empty(new LicenseTable(transaction).All());
            inside.Release();
            new LicenseTable(transaction).Add(License("A"));
        }));
        await inside.WaitAsync();
        using var second = VendorRegistry.Open(_store);
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
        VendorRegistry.Create(_store);
        using (var registry = VendorRegistry.Open(_store))
            registry.Write(static transaction => transaction.Execute("INSERT INTO upgrades VALUES (999)"));
        var error = Assert.Throws<RegistryException>(() => VendorRegistry.Open(_store));
        Assert.Contains("has version 999", error.Message, StringComparison.Ordinal);
        Assert.Contains("use the newer issuer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Upgrades_are_numbered_without_a_gap()
    {
        Assert.Equal(Enumerable.Range(1, RegistryUpgrade.All.Count), RegistryUpgrade.All.Select(static upgrade => upgrade.Number));
    }

    [Fact]
    public void A_registry_is_made_once()
    {
        VendorRegistry.Create(_store);
        Assert.Contains("never overwritten", Assert.Throws<RegistryException>(() => VendorRegistry.Create(_store)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_sort_by_their_bytes_whatever_language_the_database_speaks()
    {
        using var registry = Opened();
        string[] ids = ["B", "a", "A", "b", "É", "Z", "_"];
        registry.Write(transaction => Array.ForEach(ids, id => new LicenseTable(transaction).Add(License(id))));
        Assert.Equal(ids.Order(StringComparer.Ordinal), registry.Read(static transaction => new LicenseTable(transaction).All()).ConvertAll(static license => license.Id));
    }

    internal static StoredLicense License(string id) => new()
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
        VendorRegistry.Create(_store);
        return VendorRegistry.Open(_store);
    }
}
