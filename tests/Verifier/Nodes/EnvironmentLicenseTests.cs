using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>A license in an environment variable, as operators of containers give one, and what happens to it on the way.</summary>
public sealed class EnvironmentLicenseTests : IDisposable
{
    private const string Source = "the environment variable OFFLINE_LICENSE";

    private readonly NodeSite _site = new();

    public void Dispose() => _site.Dispose();

    /// <summary>What shells, files of variables, YAML and orchestrators make of a text.</summary>
    private static readonly Dictionary<string, Func<string>> Forms = new(StringComparer.Ordinal)
    {
        ["as it is"] = static () => Text(Licenses.Plain),
        ["without its last newline"] = static () => Text(Licenses.Plain).TrimEnd('\n'),
        ["with CRLF"] = static () => Text(Licenses.Plain).Replace("\n", "\r\n", StringComparison.Ordinal),
        ["armored"] = static () => Armored(Licenses.Plain),
        ["armored, folded to one line"] = static () => Armored(Licenses.Plain).Replace('\n', ' '),
        ["armored, newlines gone"] = static () => Armored(Licenses.Plain).Replace("\n", "", StringComparison.Ordinal),
        ["armored, newlines as \\n"] = static () => Armored(Licenses.Plain).Replace("\n", "\\n", StringComparison.Ordinal),
        ["armored, newlines as \\r\\n"] = static () => Armored(Licenses.Plain).Replace("\n", "\\r\\n", StringComparison.Ordinal),
        ["armored, in quotes that stayed"] = static () => $"\"{Armored(Licenses.Plain).Replace('\n', ' ')}\"",
        ["armored, indented"] = static () => "\n   " + Armored(Licenses.Plain).Replace("\n", "\n   ", StringComparison.Ordinal),
    };

    public static TheoryData<string> FormNames => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(FormNames))]
    public void A_license_in_the_environment_counts_with_no_file_at_all(string form)
    {
        _site.Environment["OFFLINE_LICENSE"] = Forms[form]();
        using var node = _site.Open();
        Assert.Equal((LicenseState.Licensed, Licenses.Plain.Id, 0), (node.Verdict.State, node.Verdict.License?.Id, node.Verdict.NotCounting.Count));
        Assert.Equal(Source, node.Verdict.LicenseSource);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\\n")]
    [InlineData("")]
    public void Of_a_plain_license_that_lost_its_lines_the_mend_is_armor(string newline)
    {
        _site.Environment["OFFLINE_LICENSE"] = Text(Licenses.Plain).Replace("\n", newline, StringComparison.Ordinal);
        using var node = _site.Open();
        var reason = Assert.Single(node.Verdict.NotCounting);
        Assert.Equal((LicenseState.Unlicensed, ReasonCode.Malformed, Source), (node.Verdict.State, reason.Code, reason.File));
        Assert.StartsWith("its lines were lost on the way: give it armored", reason.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plain_license_whose_lines_are_there_and_which_is_broken_is_to_be_given_whole()
    {
        _site.Environment["OFFLINE_LICENSE"] = Text(Licenses.Plain).Replace("Acme", "Acne", StringComparison.Ordinal);
        using var node = _site.Open();
        var reason = Assert.Single(node.Verdict.NotCounting);
        Assert.Equal((ReasonCode.BadSignature, "set it to the whole text of a license, best armored, and start the product again"), (reason.Code, reason.Mend));
    }

    [Theory]
    [InlineData("buy milk")]
    [InlineData("-----BEGIN OFFLINE LICENSE-----")]
    [InlineData("-----BEGIN OFFLINE LICENSE----- AAAA")]
    [InlineData("0123456789abcdef -----BEGIN OFFLINE LICENSE----- AAAA -----END OFFLINE LICENSE-----")]
    [InlineData("\ud800")]
    public void A_text_that_is_no_license_displaces_no_file(string text)
    {
        _site.Put();
        _site.Environment["OFFLINE_LICENSE"] = text;
        using var node = _site.Open();
        Assert.Equal((LicenseState.Licensed, Licenses.Plain.Id), (node.Verdict.State, node.Verdict.License?.Id));
        Assert.Equal((ReasonCode.Malformed, Source), node.Verdict.NotCounting.Select(reason => (reason.Code, reason.File)).Single());
    }

    [Fact]
    public void A_strangers_license_in_the_environment_is_a_strangers()
    {
        using var stranger = Licenses.KeyOf("vendor.example/licenses/stranger", 2);
        _site.Environment["OFFLINE_LICENSE"] = Encoding.ASCII.GetString(Armor.Wrap(Licenses.FileOf(Licenses.Plain, stranger)));
        using var node = _site.Open();
        Assert.Equal((LicenseState.Unlicensed, ReasonCode.UnknownKey), (node.Verdict.State, node.Verdict.NotCounting.Single().Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    [InlineData("\"\"")]
    public void An_empty_variable_is_none(string text)
    {
        _site.Environment["OFFLINE_LICENSE"] = text;
        using var node = _site.Open();
        Assert.Equal((LicenseState.Unlicensed, 0), (node.Verdict.State, node.Verdict.NotCounting.Count));
    }

    [Fact]
    public void Several_licenses_follow_each_other_armored_and_each_is_named()
    {
        var next = Licenses.Plain with { Id = Licenses.Id(2), From = Licenses.Day(300) };
        var others = Licenses.Plain with { Id = Licenses.Id(3), Product = "another" };
        _site.Environment["OFFLINE_LICENSE"] = string.Concat(new[] { next, Licenses.Plain, others }.Select(Armored)).Replace('\n', ' ');
        using var node = _site.Open();
        Assert.Equal((Licenses.Plain.Id, $"license 2 in {Source}"), (node.Verdict.License?.Id, node.Verdict.LicenseSource));
        Assert.Equal(
            [(ReasonCode.NotYetValid, $"license 1 in {Source}"), (ReasonCode.WrongProduct, $"license 3 in {Source}")],
            node.Verdict.NotCounting.Select(reason => (reason.Code, reason.File!)));
    }

    [Fact]
    public void A_variable_is_read_to_its_bounds()
    {
        _site.Environment["OFFLINE_LICENSE"] = new string('x', EnvironmentLicenses.MostCharacters + 1);
        using (var node = _site.Open())
            Assert.Equal("it has more than 131,072 characters", Assert.Single(node.Verdict.NotCounting).Sentence);
        _site.Environment["OFFLINE_LICENSE"] = string.Concat(Enumerable.Repeat("-----BEGIN OFFLINE LICENSE-----", 1_000));
        using var again = _site.Open();
        Assert.Equal(EnvironmentLicenses.MostLicenses + 1, again.Verdict.NotCounting.Count);
        Assert.Equal("it holds 1,000 licenses, and only the first 16 are looked at", again.Verdict.NotCounting[^1].Sentence);
    }

    [Fact]
    public void The_newest_issued_counts_wherever_it_comes_from()
    {
        _site.Environment["OFFLINE_LICENSE"] = Armored(Licenses.Plain);
        using var node = _site.Open();
        var newer = _site.Put(plain => plain with { Id = Licenses.Id(2), Issued = Licenses.Day(0) });
        _site.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(newer.Id, node.Verdict.License?.Id);
    }

    [Fact]
    public void A_license_that_counted_from_the_environment_counts_on_without_it_by_the_copy_that_was_kept()
    {
        _site.Environment["OFFLINE_LICENSE"] = Armored(Licenses.Plain);
        _site.Open().Dispose();
        _site.Environment.Clear();
        using var node = _site.Open();
        Assert.Equal((LicenseState.Licensed, Licenses.Plain.Id), (node.Verdict.State, node.Verdict.License?.Id));
        Assert.StartsWith(_site.StateFolder, node.Verdict.LicenseSource, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_is_read_when_the_node_opens_and_not_again()
    {
        using var node = _site.Open();
        _site.Environment["OFFLINE_LICENSE"] = Armored(Licenses.Plain);
        _site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LicenseState.Unlicensed, node.Verdict.State);
    }

    [Fact]
    public void A_product_names_another_variable_or_none()
    {
        _site.Environment["STREAMING_LICENSE"] = Armored(Licenses.Plain);
        using (var node = Node.Open(_site.Options with { LicenseVariable = "STREAMING_LICENSE" }))
            Assert.Equal("the environment variable STREAMING_LICENSE", node.Verdict.LicenseSource);
        _site.Environment["OFFLINE_LICENSE"] = Armored(Licenses.Plain with { Id = Licenses.Id(2), Issued = Licenses.Day(0) });
        using var none = Node.Open(_site.Options with { LicenseVariable = null, StateFolder = _site["another"] });
        Assert.Equal(LicenseState.Unlicensed, none.Verdict.State);
        Assert.Throws<ArgumentException>(() => Node.Open(_site.Options with { LicenseVariable = "" }));
    }

    private static string Text(License license) => Encoding.UTF8.GetString(Licenses.FileOf(license));

    private static string Armored(License license) => Encoding.ASCII.GetString(Armor.Wrap(Licenses.FileOf(license)));
}
