using OfflineLicense.Tests.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Deploy;

/// <summary>The systemd units, read by systemd itself, and what they run.</summary>
public sealed class UnitTests
{
    private static readonly string Folder = Path.Combine(Snapshot.Repository(), "verifier", "deploy", "systemd");

    [ToolFact("systemd-analyze")]
    public async Task Systemd_finds_nothing_wrong_with_the_units()
    {
        using var root = new TemporaryFolder();
        Directory.CreateDirectory(root["etc/systemd/system"]);
        Directory.CreateDirectory(root["usr/lib/streaming-rooms"]);
        foreach (var unit in Directory.GetFiles(Folder).Where(file => !file.EndsWith(".sysusers", StringComparison.Ordinal)))
        {
            File.Copy(unit, root[$"etc/systemd/system/{Path.GetFileName(unit)}"]);
            // What is to be started must be there, and may be anything.
            if (Value(unit, "ExecStart") is { } line)
                File.Copy("/bin/true", root[line.Split(' ')[0][1..]]);
        }

        var units = Directory.GetFiles(root["etc/systemd/system"]).Select(unit => Path.GetFileName(unit)!);
        var run = await ToolRun.Of("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", $"--root={root.Path}", .. units]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    [ToolFact("systemd-analyze")]
    public async Task Systemd_counts_both_services_among_the_well_guarded()
    {
        foreach (var (unit, tenthsAtMost) in new[] { ("streaming-rooms.service", "20"), ("streaming-rooms-export.service", "10") })
        {
            var run = await ToolRun.Of("systemd-analyze", ["security", "--no-pager", "--offline=true", $"--threshold={tenthsAtMost}", Path.Combine(Folder, unit)]);
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
        }
    }

    [Fact]
    public void Both_services_run_as_the_user_that_is_made_for_them()
    {
        var made = File.ReadAllText(Path.Combine(Folder, "streaming-rooms.sysusers")).Split(' ')[1];
        Assert.Equal(made, Value("streaming-rooms.service", "User"));
        Assert.Equal(made, Value("streaming-rooms-export.service", "User"));
    }

    [Fact]
    public void The_product_and_its_export_have_the_same_folders_and_systemd_makes_them()
    {
        var product = File.ReadAllText(Path.Combine(Folder, "streaming-rooms.service"));
        var export = Value("streaming-rooms-export.service", "ExecStart")!;
        foreach (var (option, setting, root, directory) in new[]
        {
            ("--licenses", "LicenseFolder", "%E", "ConfigurationDirectory"), ("--state", "StateFolder", "%S", "StateDirectory"),
        })
        {
            var folder = $"{root}/{Value("streaming-rooms.service", directory)}";
            Assert.Contains($"Environment=OfflineLicense__{setting}={folder}\n", product, StringComparison.Ordinal);
            Assert.Contains($"{option} {folder} ", export, StringComparison.Ordinal);
        }

        Assert.EndsWith($"--out %S/{Value("streaming-rooms-export.service", "StateDirectory")}", export, StringComparison.Ordinal);
        Assert.Equal($"-%S/{Value("streaming-rooms.service", "StateDirectory")}", Value("streaming-rooms-export.service", "ReadWritePaths"));
    }

    [Fact]
    public async Task The_monthly_unit_exports_what_the_product_wrote()
    {
        using var site = new OperatorSite();
        await site.Run("install", "mail/acme.lic");
        site.Work(cores: 4, TimeSpan.FromHours(2));
        Directory.CreateDirectory(site["exports"]);
        var line = Value("streaming-rooms-export.service", "ExecStart")!
            .Replace("%E/offline-license/streaming-rooms", site["licenses"], StringComparison.Ordinal)
            .Replace("%S/offline-license/streaming-rooms", site["state"], StringComparison.Ordinal)
            .Replace("%S/streaming-rooms-exports", site["exports"], StringComparison.Ordinal);

        var run = await site.Run(line.Split(' ')[1..]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Single(Directory.GetFiles(site["exports"], "*.receipts"));
    }

    private static string? Value(string unit, string key) => File.ReadLines(Path.Combine(Folder, unit))
        .Where(line => line.StartsWith(key + "=", StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..]).FirstOrDefault();
}
