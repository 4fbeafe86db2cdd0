using System.Diagnostics;
using System.Net.Sockets;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>What an operator, a script or an orchestrator does to the license folder while the product runs.</summary>
public sealed class FilesTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly NodeSite _site = new() { LookEvery = TimeSpan.FromSeconds(1) };

    public void Dispose() => _site.Dispose();

    [Fact]
    public void A_license_that_is_copied_in_pieces_counts_when_it_is_whole_and_displaces_nothing_before()
    {
        var old = _site.Put();
        using var node = _site.Open();
        var newer = Licenses.Plain with { Id = Licenses.Id(2), Replaces = old.Id };
        var whole = Licenses.FileOf(newer);
        for (var length = 0; length < whole.Length; length += 200)
        {
            File.WriteAllBytes(File_("b.lic"), whole[..length]);
            _site.Time.Advance(Second);
            Assert.Equal((LicenseState.Licensed, old.Id), (node.Verdict.State, node.Verdict.License?.Id));
            Assert.Equal([ReasonCode.StillChanging], node.Verdict.NotCounting.Select(reason => reason.Code));
        }

        File.WriteAllBytes(File_("b.lic"), whole);
        _site.Time.Advance(Second);
        Assert.Equal(newer.Id, node.Verdict.License?.Id);
    }

    [Fact]
    public void A_license_written_over_the_active_one_in_pieces_leaves_that_in_force_until_it_is_whole()
    {
        var old = _site.Put(name: "a.lic");
        using var node = _site.Open();
        var newer = Licenses.Plain with { Id = Licenses.Id(2) };
        var whole = Licenses.FileOf(newer);
        foreach (var length in (int[])[0, 100, whole.Length - 10])
        {
            File.WriteAllBytes(File_("a.lic"), whole[..length]);
            _site.Time.Advance(Second);
            Assert.Equal((LicenseState.Licensed, old.Id), (node.Verdict.State, node.Verdict.License?.Id));
        }

        File.WriteAllBytes(File_("a.lic"), whole);
        _site.Time.Advance(Second);
        Assert.Equal(newer.Id, node.Verdict.License?.Id);
    }

    [Fact]
    public void A_license_without_its_last_newline_counts()
    {
        using var node = _site.Open();
        File.WriteAllBytes(File_("a.LIC"), Licenses.FileOf(Licenses.Plain)[..^1]);
        _site.Time.Advance(Second);
        Assert.Equal((LicenseState.Licensed, 0), (node.Verdict.State, node.Verdict.NotCounting.Count));
    }

    [Theory]
    [InlineData("an older one")]
    [InlineData("one for another product")]
    [InlineData("nothing")]
    public void The_active_license_counts_on_whatever_its_file_becomes(string what)
    {
        var license = _site.Put(plain => plain with { Issued = Licenses.Day(0.5) }, name: "a.lic");
        _site.Time.Advance(TimeSpan.FromDays(1));
        using var node = _site.Open();
        switch (what)
        {
            case "an older one":
                _site.Put(plain => plain with { Id = Licenses.Id(2) }, name: "a.lic");
                break;
            case "one for another product":
                _site.Put(plain => plain with { Id = Licenses.Id(2), Issued = Licenses.Day(0.6), Product = "another" }, name: "a.lic");
                break;
            default:
                File.Delete(File_("a.lic"));
                break;
        }

        _site.Time.Advance(10 * Second);
        Assert.Equal((LicenseState.Licensed, license.Id), (node.Verdict.State, node.Verdict.License?.Id));
        node.Dispose();
        using var again = _site.Open();
        Assert.Equal((LicenseState.Licensed, license.Id), (again.Verdict.State, again.Verdict.License?.Id));
    }

    [Theory]
    [InlineData("folder", null)]
    [InlineData("pipe", "a pipe, a socket or a device")]
    [InlineData("socket", "a pipe, a socket or a device")]
    [InlineData("device", "a pipe, a socket or a device")]
    [InlineData("endless device", "a pipe, a socket or a device")]
    [InlineData("link to nothing", "No such file or directory")]
    [InlineData("link to itself", "Too many levels of symbolic links")]
    public async Task What_is_no_file_at_all_keeps_nobody_waiting_and_says_what_it_is(string what, string? said)
    {
        if (!OperatingSystem.IsLinux())
            return;
        _site.Put(name: "a.lic");
        using var node = _site.Open();
        var (file, reply) = (File_("a.lic"), File_("a.reply"));
        File.Delete(file);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        switch (what)
        {
            case "folder":
                Directory.CreateDirectory(file);
                Directory.CreateDirectory(reply);
                break;
            case "pipe":
                using (var made = Process.Start("mkfifo", [file, reply]))
                    await made.WaitForExitAsync();
                break;
            case "socket":
                socket.Bind(new UnixDomainSocketEndPoint(file));
                break;
            case "device":
                File.CreateSymbolicLink(file, "/dev/null");
                break;
            case "endless device":
                File.CreateSymbolicLink(file, "/dev/zero");
                File.CreateSymbolicLink(reply, "/dev/zero");
                break;
            case "link to nothing":
                File.CreateSymbolicLink(file, "gone");
                File.CreateSymbolicLink(reply, "gone");
                break;
            default:
                File.CreateSymbolicLink(file, file);
                File.CreateSymbolicLink(reply, reply);
                break;
        }

        _site.Time.Advance(10 * Second);
        Assert.Equal((LicenseState.Licensed, Licenses.Plain.Id), (node.Verdict.State, node.Verdict.License?.Id));
        if (said is null)
        {
            Assert.Empty(node.Verdict.NotCounting);
            return;
        }

        var reason = Assert.Single(node.Verdict.NotCounting);
        Assert.Contains(said, reason.Sentence, StringComparison.Ordinal);
        Assert.Equal((file, "make it a file that the user whom the product runs as can read, or remove it"), (reason.File, reason.Mend));
    }

    [LinuxFact]
    public async Task A_secret_that_an_orchestrator_swaps_by_one_link_is_taken_up()
    {
        // As Kubernetes mounts secrets: a.lic -> ..data/a.lic, ..data -> ..2026_1, and an update is one rename of ..data.
        Version("..2026_1", Licenses.Plain);
        File.CreateSymbolicLink(File_("..data"), "..2026_1");
        File.CreateSymbolicLink(File_("a.lic"), Path.Combine("..data", "a.lic"));
        using var node = _site.Open();
        Assert.Equal(Licenses.Plain.Id, node.Verdict.License?.Id);
        _site.Time.Advance(10 * Second);

        Version("..2026_2", Licenses.Plain with { Id = Licenses.Id(2) });
        File.SetLastWriteTimeUtc(File_("..2026_2/a.lic"), File.GetLastWriteTimeUtc(File_("..2026_1/a.lic")));
        File.CreateSymbolicLink(File_("..data_tmp"), "..2026_2");
        using (var rename = Process.Start("mv", ["-T", File_("..data_tmp"), File_("..data")]))
            await rename.WaitForExitAsync();
        Directory.Delete(File_("..2026_1"), recursive: true);
        _site.Time.Advance(Second);
        Assert.Equal((Licenses.Id(2), 0), (node.Verdict.License?.Id, node.Verdict.NotCounting.Count));

        void Version(string folder, License license)
        {
            Directory.CreateDirectory(File_(folder));
            File.WriteAllBytes(Path.Combine(File_(folder), "a.lic"), Licenses.FileOf(license));
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_may_come_go_and_come_again()
    {
        Directory.Delete(_site.LicenseFolder);
        using var node = _site.Open();
        Assert.Equal((LicenseState.Unlicensed, 0), (node.Verdict.State, node.Verdict.NotCounting.Count));
        Directory.CreateDirectory(_site.LicenseFolder);
        _site.Put();
        _site.Time.Advance(Second);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);

        Directory.Delete(_site.LicenseFolder, recursive: true);
        _site.Time.Advance(Second);
        Assert.Equal((LicenseState.Licensed, Licenses.Plain.Id), (node.Verdict.State, node.Verdict.License?.Id));

        File.WriteAllText(_site.LicenseFolder, "in the way");
        _site.Time.Advance(Second);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);

        File.Delete(_site.LicenseFolder);
        Directory.CreateDirectory(_site.LicenseFolder);
        _site.Put(plain => plain with { Id = Licenses.Id(2) });
        _site.Time.Advance(Second);
        Assert.Equal(Licenses.Id(2), node.Verdict.License?.Id);
    }

    [Fact]
    public void A_name_that_no_person_would_give_is_a_name()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var node = _site.Open();
        _site.Put(name: "a\n\u001b[31mb.lic");
        _site.Time.Advance(Second);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    private string File_(string name) => Path.Combine(_site.LicenseFolder, name);
}
