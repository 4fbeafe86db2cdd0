using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>A timer that tries <c>run</c> every minute of a month that nobody pays for: what the machine has of it.</summary>
public sealed class RefusedRunTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Runs_that_are_refused_write_nothing_and_the_first_that_is_mended_begins()
    {
        Put(plan => plan with { Until = _site.Time.Wall + Hour, Grace = new LicenseGrace { Days = 0 } });
        _site.Work(cores: 1, 26 * Hour);
        var before = Files();
        for (var minute = 0; minute < 3; minute++)
        {
            _site.Time.Advance(TimeSpan.FromMinutes(1));
            await Refused("the license's term ended");
        }

        Assert.Equal(before, Files());
        _site.Put("licenses/next.lic", _site.Vendor.Note(FleetVendor.Plan(2) with { From = _site.Time.Wall, Until = null }));
        Assert.Equal((ExitCode.Ok, ""), await Run());
        Assert.NotEqual(before, Files());
    }

    [Fact]
    public async Task Refused_by_cores_by_minutes_and_by_the_node_s_own_cores_alike()
    {
        Put(plan => plan with { Quota = new LicenseQuota { Cores = 8, NodeCores = 6, NodeMinutes = 120 }, Overage = OverageRule.Refuse });
        using (var node = _site.Open())
        {
            Assert.True(node.TryBegin(6, out var work, out _));
            var before = Files();
            await Refused("3 cores more than the 6 in use would be above the 8 of the license", "--cores", "3");
            await Refused("7 cores more than the 0 in use would be above the 6 of one node", "--cores", "7");
            Assert.Equal(before, Files());
            Assert.Equal((ExitCode.Ok, ""), await Run("--cores", "2"));
            _site.Time.Advance(3 * Hour);
            work.Dispose();
        }

        var used = Files();
        await Refused("node-minutes");
        Assert.Equal(used, Files());
    }

    [Fact]
    public async Task The_first_start_of_all_makes_the_installation_s_key_whatever_it_may_begin()
    {
        File.Delete(_site["state/installation.key"]);
        await Refused("there is no license");
        Assert.True(File.Exists(_site["state/installation.key"]));
        var before = Files();
        await Refused("there is no license");
        Assert.Equal(before, Files());
    }

    private void Put(Func<License, License> change) => _site.Put("licenses/acme.lic", _site.Vendor.Note(change(FleetVendor.Plan(1))));

    private async Task<(int, string)> Run(params string[] options)
    {
        var run = await _site.Run(["run", .. options, "true"]);
        return (run.ExitCode, run.Error);
    }

    private async Task Refused(string why, params string[] options)
    {
        var (code, error) = await Run(options);
        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    /// <summary>All that is in the state folder, by name and bytes; of locks, which hold none, the names.</summary>
    private List<string> Files() => [.. Directory.EnumerateFiles(_site["state"], "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(static file => Path.GetFileName(file) == LedgerWriter.LockName ? file : $"{file} {Convert.ToHexString(Bytes(file))}")];

    private static byte[] Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
