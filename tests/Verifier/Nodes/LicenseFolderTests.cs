using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>When the license folder is read, and what of it: as rarely as can be, and never once too rarely.</summary>
public sealed class LicenseFolderTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly NodeSite _site = new();
    private readonly FailingDisk _disk = new();
    private readonly LicenseFolder _folder;

    public LicenseFolderTests() => _folder = new LicenseFolder(_disk, _site.LicenseFolder, Licenses.Trust, _site.Time);

    public void Dispose() => _site.Dispose();

    [Fact]
    public void A_file_is_read_until_it_has_stood_for_seconds_and_never_again_while_it_is_the_same()
    {
        _site.Put();
        LookFor(10 * Second);
        var reads = _disk.Reads;
        Assert.InRange(reads, 2, 6);
        LookFor(60 * Second);
        Assert.Equal(reads, _disk.Reads);
        _site.Put(plain => plain with { Id = Licenses.Id(2) });
        Assert.True(_folder.Look());
        Assert.Equal([Licenses.Id(1), Licenses.Id(2)], Ids());
        Assert.Equal(reads + 1, _disk.Reads);
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_told_and_the_license_in_it_counts_again_when_it_may()
    {
        _site.Put();
        _folder.Look();
        _disk.Hides = folder => folder == _site.LicenseFolder;
        Assert.True(_folder.Look());
        var told = Assert.Single(_folder.Licenses);
        Assert.Equal((_site.LicenseFolder, "the license folder cannot be read: permission denied"), (told.File, told.Broken!.Sentence));
        Assert.False(_folder.Look());
        _disk.Hides = static _ => false;
        Assert.True(_folder.Look());
        Assert.Equal([Licenses.Id(1)], Ids());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_file_of_the_same_length_put_in_place_within_one_tick_of_a_coarse_clock_is_found(int secondsLater)
    {
        // FAT keeps times to two seconds, and rsync and tar set them: all that is told of the two is the same.
        _disk.StampOf = static path => path;
        _site.Put(name: "a.lic");
        _folder.Look();
        _site.Time.Advance(secondsLater * Second);
        _folder.Look();
        _site.Put(plain => plain with { Id = Licenses.Id(2) }, name: "a.lic");
        LookFor(5 * Second);
        Assert.Equal([Licenses.Id(2)], Ids());
    }

    [LinuxFact]
    public void A_file_that_brings_the_time_and_length_of_the_one_it_replaces_is_found_at_once()
    {
        var file = Path.Combine(_site.LicenseFolder, "a.lic");
        _site.Put(name: "a.lic");
        var written = File.GetLastWriteTimeUtc(file);
        LookFor(60 * Second);
        _site.Put(plain => plain with { Id = Licenses.Id(2) }, name: "b.tmp");
        File.SetLastWriteTimeUtc(Path.Combine(_site.LicenseFolder, "b.tmp"), written);
        File.Move(Path.Combine(_site.LicenseFolder, "b.tmp"), file, overwrite: true);
        Assert.True(_folder.Look());
        Assert.Equal([Licenses.Id(2)], Ids());
    }

    [Fact]
    public void One_file_that_changes_lets_no_other_be_read_again()
    {
        for (var i = 1; i <= 20; i++)
            _site.Put(plain => plain with { Id = Licenses.Id(i) });
        LookFor(10 * Second);
        var (reads, kept) = (_disk.Reads, _folder.Licenses[0]);
        File.AppendAllText(Path.Combine(_site.LicenseFolder, Licenses.Id(20) + ".lic"), "x");
        LookFor(10 * Second);
        Assert.InRange(_disk.Reads - reads, 2, 6);
        Assert.Same(kept, _folder.Licenses[0]);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_tried_again_though_nothing_of_it_changes()
    {
        _site.Put();
        _disk.Hides = static file => file.EndsWith(".lic", StringComparison.Ordinal);
        LookFor(10 * Second);
        Assert.Equal(
            (ReasonCode.Unreadable, "it cannot be read: permission denied"),
            (_folder.Licenses.Single().Broken!.Code, _folder.Licenses.Single().Broken!.Sentence));
        Assert.False(_folder.Look());
        _disk.Hides = static _ => false;
        Assert.True(_folder.Look());
        Assert.Equal([Licenses.Id(1)], Ids());
    }

    [Theory]
    [InlineData(0.0, ReasonCode.Malformed)]
    [InlineData(0.5, ReasonCode.Malformed)]
    [InlineData(0.9, ReasonCode.Malformed)]
    [InlineData(0.99, ReasonCode.Malformed)]
    public void A_half_copied_file_is_said_to_be_that_until_it_is_whole_or_has_stood_for_seconds(double share, string told)
    {
        _folder.Look();
        var whole = Licenses.FileOf(Licenses.Plain);
        var file = Path.Combine(_site.LicenseFolder, "a.lic");
        File.WriteAllBytes(file, whole[..(int)(whole.Length * share)]);
        Assert.True(_folder.Look());
        Assert.Equal(ReasonCode.StillChanging, _folder.Licenses.Single().Broken?.Code);
        LookFor(5 * Second);
        Assert.Equal(told, _folder.Licenses.Single().Broken?.Code);

        // A touch is no copying.
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.False(_folder.Look());
        File.WriteAllBytes(file, whole);
        Assert.True(_folder.Look());
        Assert.Equal([Licenses.Id(1)], Ids());
    }

    [Fact]
    public void What_a_broken_file_is_is_said_at_once_of_one_that_was_there_before_the_product()
    {
        File.WriteAllText(Path.Combine(_site.LicenseFolder, "a.lic"), "buy milk\n");
        _folder.Look();
        Assert.Equal(ReasonCode.Malformed, _folder.Licenses.Single().Broken?.Code);
        Assert.False(LookFor(10 * Second));
    }

    [Fact]
    public void A_signed_file_by_a_strangers_key_is_whole_and_said_to_be_his_at_once()
    {
        _folder.Look();
        using var stranger = Licenses.KeyOf("vendor.example/licenses/stranger", 2);
        File.WriteAllBytes(Path.Combine(_site.LicenseFolder, "a.lic"), Licenses.FileOf(Licenses.Plain, stranger));
        _folder.Look();
        Assert.Equal(ReasonCode.UnknownKey, _folder.Licenses.Single().Broken?.Code);
    }

    [Fact]
    public void A_file_is_read_to_its_bound_and_one_byte_more_is_too_many()
    {
        File.WriteAllBytes(Path.Combine(_site.LicenseFolder, "a.lic"), new byte[Limits.DocumentBytes + 1]);
        _folder.Look();
        Assert.Contains("is larger than 65,536 bytes", _folder.Licenses.Single().Broken!.Sentence, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_site.LicenseFolder, "a.lic"), new byte[Limits.DocumentBytes]);
        LookFor(10 * Second);
        Assert.Equal(ReasonCode.Malformed, _folder.Licenses.Single().Broken?.Code);
    }

    [Fact]
    public void More_license_files_than_a_person_would_put_there_are_looked_at_up_to_a_bound_and_that_is_said()
    {
        for (var i = 0; i <= LicenseFolder.MostLicenses; i++)
            File.WriteAllText(Path.Combine(_site.LicenseFolder, FormattableString.Invariant($"{i:0000}.lic")), "");
        _folder.Look();
        Assert.Equal(LicenseFolder.MostLicenses + 1, _folder.Licenses.Count);
        Assert.Equal(
            (_site.LicenseFolder, "it holds 1,001 license files, and only the first 1,000 by name are looked at"),
            (_folder.Licenses[^1].File, _folder.Licenses[^1].Broken!.Sentence));
    }

    [Fact]
    public void More_replies_than_a_customer_has_are_looked_at_up_to_a_bound()
    {
        for (var i = 0; i < LicenseFolder.MostReplies + 5; i++)
            File.WriteAllText(Path.Combine(_site.LicenseFolder, FormattableString.Invariant($"{i:000}.reply")), "x");
        _folder.Look();
        Assert.Equal(LicenseFolder.MostReplies, _folder.Replies.Count);
    }

    [LinuxFact]
    public void A_folder_full_of_other_things_is_listed_when_names_change_and_not_at_every_look()
    {
        for (var i = 0; i < 2_100; i++)
            File.WriteAllText(Path.Combine(_site.LicenseFolder, FormattableString.Invariant($"{i:0000}.log")), "");

        // What comes later is to have another time, however coarse the system's are.
        Directory.SetLastWriteTimeUtc(_site.LicenseFolder, DateTime.UnixEpoch);
        LookFor(10 * Second);
        var lists = _disk.Lists;
        Assert.InRange(lists, 2, 6);
        LookFor(40 * Second);
        Assert.Equal(lists, _disk.Lists);
        var license = _site.Put();
        Assert.True(_folder.Look());
        Assert.Equal([license.Id], Ids());
        _site.Remove(license);
        Assert.True(_folder.Look());
        Assert.Empty(_folder.Licenses);
    }

    /// <summary>Looks each second; true if anything was other at any of these looks.</summary>
    private bool LookFor(TimeSpan time)
    {
        var isOther = _folder.Look();
        for (; time > TimeSpan.Zero; time -= Second)
        {
            _site.Time.Advance(Second);
            isOther |= _folder.Look();
        }

        return isOther;
    }

    private IEnumerable<string?> Ids() => _folder.Licenses.Select(static (LicenseCandidate candidate) => candidate.Signed?.License.Id);
}
