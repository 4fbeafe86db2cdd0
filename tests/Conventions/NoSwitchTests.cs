using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using OfflineLicense.Hosting;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Conventions;

/// <summary>
/// The real thing cannot be turned off from outside: what a test of the product can do is in another package, by a key
/// that no product trusts, and what a product ships asks nobody whether it is to work.
/// </summary>
public sealed class NoSwitchTests
{
    private static readonly string[] Questions =
    [
        "GetEnvironmentVariable", "GetEnvironmentVariables", "ExpandEnvironmentVariables", "TryGetSwitch", "GetData",
        "GetCommandLineArgs", "OpenSubKey", "GetValueFromRegistry", "LoadFrom", "LoadFile", "UnsafeLoadFrom",
    ];

    [Theory]
    [InlineData(typeof(SigningKey), new string[0])]
    [InlineData(typeof(Node), new[] { "GetEnvironmentVariable" })]
    [InlineData(typeof(OfflineLicenseOptions), new string[0])]
    public void What_a_product_ships_asks_the_environment_nothing_but_where_its_folders_are_and_for_a_signed_license(Type typeInAssembly, string[] allowed)
    {
        using var file = new PEReader(File.OpenRead(typeInAssembly.Assembly.Location));
        var metadata = file.GetMetadataReader();
        var called = metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name));
        Assert.Equal(allowed, called.Intersect(Questions).Order());
    }

    [Fact]
    public void The_environment_is_asked_for_folders_and_a_license_in_two_files_and_by_three_names() =>
        Assert.Equal(
            [
                "verifier/Metering/EnvironmentLicenses.cs: OFFLINE_LICENSE",
                "verifier/NodeFolders.cs: XDG_CONFIG_HOME", "verifier/NodeFolders.cs: XDG_STATE_HOME",
            ],
            Sources.Of("keys", "verifier")
                .Where(source => !source.StartsWith("verifier/Command/", StringComparison.Ordinal))
                .Where(source => Sources.Text(source).Contains("Environment.GetEnvironmentVariable", StringComparison.Ordinal))
                .SelectMany(source => Sources.Text(source).Split('"')
                    .Where(text => text.StartsWith("XDG_", StringComparison.Ordinal) || text.StartsWith("OFFLINE_", StringComparison.Ordinal))
                    .Select(name => $"{source}: {name}"))
                .Order(StringComparer.Ordinal));

    [Fact]
    public void A_product_has_one_disk_and_it_is_the_machines() =>
        Assert.Equal([typeof(RealLedgerDisk)], typeof(Node).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LedgerDisk))));

    [Fact]
    public void A_license_of_the_testing_package_counts_in_no_product()
    {
        using var testing = TestLicensing.Create(Licenses.Product);
        using var site = new NodeSite();
        File.WriteAllBytes(Path.Combine(site.LicenseFolder, "testing.lic"), testing.Issue());
        using var node = site.Open();
        Assert.Equal(LicenseState.Unlicensed, node.Verdict.State);
        Assert.Equal([ReasonCode.UnknownKey], node.Verdict.NotCounting.Select(reason => reason.Code));
    }

    [Fact]
    public void A_license_of_the_testing_package_does_not_even_count_in_another_test()
    {
        using var one = TestLicensing.Create(Licenses.Product);
        using var other = TestLicensing.Create(Licenses.Product);
        Assert.Equal(ReadingOutcome.Good, SignedLicense.Open(one.Issue(), one.Trust).Outcome);
        Assert.Equal(ReadingOutcome.UnknownKey, SignedLicense.Open(one.Issue(), other.Trust).Outcome);
    }
}
