using System.Diagnostics;
using System.Text;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// The operator's program, killed by the system at the first, second … call of each kind that changes a disk, until it comes
/// to its end: what was there is there, what it was doing is done whole or not at all, and the next one goes on.
/// </summary>
public sealed class KillPointTests(ITestOutputHelper output)
{
    // As .NET calls them on Linux; the counts are of each thread.
    private static readonly string[] Calls = ["mkdir", "pwrite64", "fsync", "rename", "link", "unlink"];

    [KillTheory]
    [InlineData("begin", "run", "--cores", "1", "--", "true")]
    [InlineData("append", "run", "--cores", "1", "--", "true")]
    [InlineData("roll", "run", "--cores", "1", "--", "true")]
    [InlineData("export", "export", "mail.receipts")]
    [InlineData("install", "install", "second.lic")]
    public async Task P5_Killed_at_any_call_the_program_leaves_nothing_half_done(string operation, params string[] words)
    {
        using var template = new TemporaryFolder();
        await Prepare(template.Path, operation);
        var before = Lines(template.Path);
        var killed = 0;
        foreach (var call in Calls)
        {
            for (var number = 1; ; number++)
            {
                using var folder = new TemporaryFolder();
                Copy(template.Path, folder.Path);
                if (!await IsKilled(folder.Path, call, number, words))
                    break;
                killed++;
                await Check(folder.Path, before, Invariant($"{operation}: killed at {call} {number}"));
            }
        }

        output.WriteLine(Invariant($"{operation}: {killed} kill points"));
        Assert.InRange(killed, 3, 1000);
    }

    private static async Task Prepare(string folder, string operation)
    {
        Directory.CreateDirectory(Path.Combine(folder, "licenses"));
        var first = Licenses.Plain with { From = DateTimeOffset.UnixEpoch, Issued = DateTimeOffset.UnixEpoch };
        await File.WriteAllBytesAsync(Path.Combine(folder, "licenses", "first.lic"), Licenses.FileOf(first));
        await File.WriteAllBytesAsync(Path.Combine(folder, "second.lic"), Licenses.FileOf(first with { Id = Licenses.Id(2), Replaces = first.Id }));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "product.anchors"), $"offline-license/anchors/v1\nproduct {Licenses.Product}\nlicense {Licenses.Key.VerifierKey}\n");
        if (operation == "begin")
            return;
        Assert.Equal(0, (await InProcess(folder, "run", "--", "true")).ExitCode);
        if (operation != "roll")
            return;

        // A segment that is full, so that the next append begins another.
        var state = Path.Combine(folder, "state");
        using var key = InstallationKey.Read(LedgerDisk.Real, state);
        var opened = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(LedgerDisk.Real, LedgerFolder.List(LedgerDisk.Real, state).Single(), key));
        using (opened.Writer)
            opened.Writer.Append([.. Enumerable.Range(1, 1100).Select(interval => LedgerSamples.Usage(interval))]);
    }

    private static async Task<bool> IsKilled(string folder, string call, int number, string[] words)
    {
        var start = new ProcessStartInfo("strace") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = folder };
        string[] all =
        [
            "-f", "-qq", "-e", "trace=" + call, "-e", Invariant($"inject={call}:signal=SIGKILL:when={number}"), "-o", Path.Combine(folder, "trace"),
            "dotnet", Path.Combine(AppContext.BaseDirectory, "offline-license.dll"), .. words,
        ];
        Array.ForEach(all, start.ArgumentList.Add);
        foreach (var (name, value) in Variables(folder))
            start.Environment[name] = value;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or 137, Invariant($"{call} {number}: exit {process.ExitCode}\n{await error}"));
        return process.ExitCode != 0;
    }

    private static async Task Check(string folder, Dictionary<string, List<string>> before, string place)
    {
        foreach (var ledger in LedgerFolder.List(LedgerDisk.Real, Path.Combine(folder, "state")))
            Assert.True(new LedgerCheck(LedgerDisk.Real, ledger).Check()?.Damage is null, place);
        var after = Lines(folder);
        foreach (var (ledger, lines) in before)
            Assert.True(lines.SequenceEqual(after[ledger].Take(lines.Count)), $"{place}: a receipt that was written is gone");
        if (File.Exists(Path.Combine(folder, "mail.receipts")))
            Assert.NotEmpty(LedgerSamples.ReadAll(await File.ReadAllBytesAsync(Path.Combine(folder, "mail.receipts"))));
        var installed = Path.Combine(folder, "licenses", Licenses.Id(2) + ".lic");
        if (File.Exists(installed))
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, "second.lic")), await File.ReadAllBytesAsync(installed));

        foreach (var words in (string[][])[["run", "--", "true"], ["export", "again.receipts"], ["install", "second.lic"], ["run", "--", "true"]])
        {
            var next = await InProcess(folder, words);
            Assert.True(next.ExitCode == 0, $"{place}, then {words[0]}: {next.Error}");
            Assert.DoesNotContain("damage", next.Error, StringComparison.Ordinal);
        }
    }

    private static Task<CommandRun> InProcess(string folder, params string[] words) => CommandRun.Of(
        OperatorProgram.Create,
        CommandRun.Console(folder, new ManualTime("2090-01-01T00:00:00Z"), "", [.. Variables(folder).Append(("PATH", "/usr/bin:/bin"))]),
        words);

    private static (string Name, string Value)[] Variables(string folder) =>
    [
        ("OFFLINE_LICENSE_ANCHORS", Path.Combine(folder, "product.anchors")),
        (ProductOptions.LicensesVariable, Path.Combine(folder, "licenses")),
        (ProductOptions.StateVariable, Path.Combine(folder, "state")),
    ];

    private static Dictionary<string, List<string>> Lines(string folder) => LedgerFolder.ScanAll(LedgerDisk.Real, Path.Combine(folder, "state"))
        .ToDictionary(
            static scan => scan.Key!.Name,
            static scan => scan.Receipts(LedgerDisk.Real).Select(static entry => Encoding.ASCII.GetString(entry.Line.Span)).ToList(),
            StringComparer.Ordinal);

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
