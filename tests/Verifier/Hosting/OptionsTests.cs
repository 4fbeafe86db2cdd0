using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OfflineLicense.Hosting;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>What a developer and an operator can set, what they are told when it is wrong, and what no operator can set.</summary>
public sealed class OptionsTests
{
    [Fact]
    public async Task A_product_that_sets_nothing_is_told_all_that_is_missing_when_it_starts()
    {
        await using var product = new ProductHost();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => product.Start(builder => builder.Services.AddOfflineLicense(_ => { })));
        Assert.Equal(
            [
                "no product is named: in AddOfflineLicense, set options.Product to the name that its licenses bear, such as \"openvidu-pro\"",
                "no license key is trusted: in AddOfflineLicense, set options.Trust to Trust.Pinned(\"…\") with the line of your license key "
                    + "that 'issuer key show' prints",
            ],
            refused.Failures);
    }

    [Theory]
    [InlineData("OpenVidu Pro", null, null, "'OpenVidu Pro' is no product name, it is not 1 to 63 of a-z 0-9 . - ")]
    [InlineData("p", "licenses", null, "LicenseFolder is 'licenses', which is no full path: give one from the root on")]
    [InlineData("p", null, "./state", "StateFolder is './state', which is no full path: give one from the root on")]
    [InlineData("p", "/srv/p", "/srv/p/", "LicenseFolder and StateFolder are both '/srv/p'")]
    [InlineData("p", "/srv/p", "/srv/q/../p", "LicenseFolder and StateFolder are both '/srv/p'")]
    public async Task A_mistake_in_the_options_stops_the_start_and_says_what_mends_it(string name, string? licenses, string? state, string message)
    {
        await using var product = new ProductHost();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => product.Start(builder => builder.Services.AddOfflineLicense(options =>
        {
            (options.Product, options.Trust) = (name, Licenses.Trust);
            (options.LicenseFolder, options.StateFolder) = (licenses, state);
        })));
        Assert.StartsWith(message, Assert.Single(refused.Failures), StringComparison.Ordinal);
        Assert.Empty(product.Log.Lines);
    }

    [Fact]
    public async Task A_license_key_that_is_none_is_found_at_the_first_start()
    {
        await using var product = new ProductHost();
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => product.Start(builder => builder.Services.AddOfflineLicense(options =>
        {
            product.Configure(options);
            options.Trust = Trust.Pinned("vendor.example/licenses/2026+72d5b744");
        })));
        Assert.StartsWith("one of the lines is no verifier key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operator_chooses_the_folders_and_wins_over_the_product()
    {
        await using var product = new ProductHost();
        product.Site.Put();
        await product.Start(builder => Add(builder, product, new()
        {
            ["OfflineLicense:LicenseFolder"] = product.Site.LicenseFolder,
            ["OfflineLicense:statefolder"] = product.Site.StateFolder,
        }, options => (options.LicenseFolder, options.StateFolder) = ("/nowhere/licenses", "/nowhere/state")));
        Assert.Equal(LicenseState.Licensed, product.Node.Verdict.State);
        Assert.Single(product.Site.Ledgers());
        Assert.DoesNotContain("SettingIgnored", product.Log.Events);
    }

    [Fact]
    public async Task A_setting_that_nobody_filled_in_is_as_good_as_left_out()
    {
        await using var product = new ProductHost();
        await product.Start(builder => Add(builder, product, new() { ["OfflineLicense:LicenseFolder"] = " ", ["OfflineLicense:StateFolder"] = "" }));
        Assert.Single(product.Site.Ledgers());
    }

    [Fact]
    public async Task A_relative_folder_of_the_operators_stops_the_start_too()
    {
        await using var product = new ProductHost();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => product.Start(builder => Add(builder, product, new() { ["OfflineLicense:StateFolder"] = "state" })));
        Assert.StartsWith("StateFolder is 'state'", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OFFLINE_LICENSE", LicenseState.Licensed)]
    [InlineData("ROOMS_LICENSE", LicenseState.Unlicensed)]
    [InlineData(null, LicenseState.Unlicensed)]
    public async Task A_license_in_the_variable_that_the_product_names_counts_and_in_no_other(string? variable, LicenseState state)
    {
        await using var product = new ProductHost();
        product.Site.Environment["OFFLINE_LICENSE"] = Encoding.UTF8.GetString(Licenses.FileOf(Licenses.Plain));
        await product.Start(builder => Add(builder, product, [], options => options.LicenseVariable = variable));
        Assert.Equal(state, product.Node.Verdict.State);
    }

    [Fact]
    public async Task By_default_it_is_the_variable_that_the_operators_program_reads_too()
    {
        await using var product = new ProductHost();
        product.Site.Environment["OFFLINE_LICENSE"] = Encoding.UTF8.GetString(Licenses.FileOf(Licenses.Plain));
        await product.Start();
        Assert.Equal(LicenseState.Licensed, product.Node.Verdict.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_variable_without_a_name_stops_the_start(string variable)
    {
        await using var product = new ProductHost();
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => product.Start(builder => Add(builder, product, [], options => options.LicenseVariable = variable)));
        Assert.StartsWith("LicenseVariable is empty", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    /// <summary>The attack: the licensee edits the product's configuration so that it believes his own key, or is another product.</summary>
    [Fact]
    public async Task An_attackers_configuration_makes_no_key_trusted_no_other_product_and_no_older_build()
    {
        using var forged = Licenses.KeyOf("licensee.example/licenses/own", 66);
        await using var product = new ProductHost();
        await File.WriteAllBytesAsync(Path.Combine(product.Site.LicenseFolder, "forged.lic"), Licenses.FileOf(Licenses.Plain, forged));
        product.Site.Put(plain => plain with { Id = Licenses.Id(2), Product = "another-product" });
        product.Site.Put(plain => plain with { Id = Licenses.Id(3), BuildsUntil = Licenses.Day(1) });
        await product.Start(builder => Add(builder, product, new()
        {
            ["OfflineLicense:Trust"] = forged.VerifierKey.ToString(),
            ["OfflineLicense:Trust:0"] = forged.VerifierKey.ToString(),
            ["OfflineLicense:Product"] = "another-product",
            ["OfflineLicense:Built"] = "2020-01-01T00:00:00Z",
            ["OfflineLicense:LicenseVariable"] = "FORGED_LICENSE",
            ["OfflineLicense:LookEvery"] = "10000.00:00:00",
        }, options => options.Built = Licenses.Day(2)));
        Assert.Equal(LicenseState.Unlicensed, product.Node.Verdict.State);
        Assert.Equal(
            [ReasonCode.BuildTooNew, ReasonCode.UnknownKey, ReasonCode.WrongProduct],
            product.Node.Verdict.NotCounting.Select(reason => reason.Code).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Built", "LicenseVariable", "LookEvery", "Product", "Trust"],
            product.Log.Lines.Where(line => line.Event.Name == "SettingIgnored").Select(line => line.Text.Split(' ')[0].Split(':')[1]).Order(StringComparer.Ordinal));
    }

    private static void Add(
        HostApplicationBuilder builder, ProductHost product, Dictionary<string, string?> settings, Action<OfflineLicenseOptions>? more = null)
    {
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddOfflineLicense(builder.Configuration.GetSection("OfflineLicense"), options =>
        {
            product.Configure(options);
            more?.Invoke(options);
        });
    }
}
