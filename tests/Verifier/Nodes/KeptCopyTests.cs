using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>
/// What may become of the node's own copy of a license, in the state folder: it is worth nothing then, no more and no less.
/// A file in the license folder counts beside it and makes it anew.
/// </summary>
public sealed class KeptCopyTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly NodeSite _site = new() { LookEvery = Minute };
    private readonly License _license;

    public KeptCopyTests()
    {
        _license = _site.Put();
        using var node = _site.Open();
        _site.Time.Advance(10 * Minute);
        Assert.True(File.Exists(Copy));
    }

    public static TheoryData<string> Harms => ["emptied", "truncated", "changed", "removed", "a folder", "of another product", "by a stranger", "huge"];

    private string Folder => Path.Combine(_site.StateFolder, "licenses");

    private string Copy => Path.Combine(Folder, _license.Id + ".lic");

    public void Dispose() => _site.Dispose();

    [Theory]
    [MemberData(nameof(Harms))]
    public void With_the_file_there_the_node_is_licensed_and_a_copy_that_can_be_put_is_whole_again(string harm)
    {
        Harm(harm);
        using (var node = _site.Open())
        {
            _site.Time.Advance(10 * Minute);
            Assert.Equal((LicenseState.Licensed, _license.Id, 0), (node.Verdict.State, node.Verdict.License?.Id, node.Verdict.NotCounting.Count));
        }

        _site.Remove(_license);
        using var again = _site.Open();
        var cannotBePut = harm is "a folder" or "of another product"; // what the vendor signed under this id is left alone
        Assert.Equal(cannotBePut ? LicenseState.Grace : LicenseState.Licensed, again.Verdict.State);
    }

    [Theory]
    [MemberData(nameof(Harms))]
    public void Without_the_file_the_node_goes_on_in_grace_by_the_defaults_and_any_license_mends_it(string harm)
    {
        _site.Remove(_license);
        Harm(harm);
        using var node = _site.Open();
        var reason = Assert.Single(node.Verdict.Reasons);
        Assert.Equal((LicenseState.Grace, ReasonCode.NoLicenseCounts, true), (node.Verdict.State, reason.Code, node.Verdict.MayBegin));
        Assert.Equal(_site.Time.Wall + TimeSpan.FromDays(14), node.Verdict.GraceEnds);
        Assert.Equal("install a license that counts: offline-license install FILE", reason.Mend);
        Assert.Empty(node.Verdict.NotCounting);

        _site.Put();
        _site.Time.Advance(Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Theory]
    [MemberData(nameof(Harms))]
    public void A_node_that_runs_has_it_in_memory(string harm)
    {
        using var node = _site.Open();
        _site.Remove(_license);
        Harm(harm);
        _site.Time.Advance(30 * Minute);
        Assert.Equal((LicenseState.Licensed, _license.Id), (node.Verdict.State, node.Verdict.License?.Id));
    }

    [Fact]
    public void A_copy_that_may_not_be_read_is_as_good_as_none()
    {
        _site.Remove(_license);
        using (var node = _site.Open(new FailingDisk { Hides = file => file == Copy }))
            Assert.Equal((LicenseState.Grace, ReasonCode.NoLicenseCounts), (node.Verdict.State, node.Verdict.Reasons.Single().Code));
        using var again = _site.Open();
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
    }

    [Fact]
    public void A_copy_that_cannot_be_put_is_put_as_soon_as_it_can_and_the_license_counts_all_the_while()
    {
        Directory.Delete(Folder, recursive: true);
        File.WriteAllText(Folder, "in the way");
        using (var node = _site.Open())
        {
            _site.Time.Advance(10 * Minute);
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            File.Delete(Folder);
            _site.Time.Advance(2 * Minute);
            Assert.True(File.Exists(Copy));
        }

        _site.Remove(_license);
        using var again = _site.Open();
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
    }

    private void Harm(string harm)
    {
        var whole = File.ReadAllBytes(Copy);
        File.Delete(Copy);
        switch (harm)
        {
            case "emptied":
                File.WriteAllBytes(Copy, []);
                break;
            case "truncated":
                File.WriteAllBytes(Copy, whole[..(whole.Length / 2)]);
                break;
            case "changed":
                whole[whole.Length / 3] ^= 1;
                File.WriteAllBytes(Copy, whole);
                break;
            case "removed":
                break;
            case "a folder":
                Directory.CreateDirectory(Copy);
                break;
            case "of another product":
                File.WriteAllBytes(Copy, Licenses.FileOf(_license with { Product = "another" }));
                break;
            case "by a stranger":
                using (var stranger = Licenses.KeyOf("vendor.example/licenses/stranger", 2))
                    File.WriteAllBytes(Copy, Licenses.FileOf(_license, stranger));
                break;
            default:
                File.WriteAllBytes(Copy, new byte[1 << 20]);
                break;
        }
    }
}
