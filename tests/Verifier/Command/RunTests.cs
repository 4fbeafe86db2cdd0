using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>The program as a process of its own, with a real command in it. By the real clock, to which the license holds.</summary>
public sealed partial class RunTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public RunTests()
    {
        var plan = FleetVendor.Plan(5) with { From = DateTimeOffset.UnixEpoch, Until = null, Issued = DateTimeOffset.UnixEpoch };
        _site.Put("licenses/perpetual.lic", _site.Vendor.Note(plan));
    }

    public void Dispose() => _site.Dispose();

    [ToolFact("sh")]
    public async Task The_command_s_exit_code_and_output_are_passed_on_and_its_arguments_are_its_own()
    {
        var (code, output, error) = await Run("--cores", "3", "--", "sh", "-c", "echo $1; exit 9", "name", "--help");
        Assert.Equal((9, "--help\n", ""), (code, output, error));
        var usage = Receipts().OfType<UsageReceipt>().Last();
        Assert.Equal(3, usage.Cores);
        Assert.IsType<StopReceipt>(Receipts()[^1]);
    }

    [ToolFact("sh")]
    public async Task A_command_that_a_signal_ended_gives_128_and_its_number()
    {
        var (code, _, _) = await Run("sh", "-c", "kill -9 $$");
        Assert.Equal(ExitCode.Signal + 9, code);
    }

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("INT", 2)]
    [InlineData("HUP", 1)]
    [InlineData("QUIT", 3)]
    public async Task A_signal_reaches_the_command_which_ends_in_its_own_way_and_the_last_receipt_is_written(string name, int number)
    {
        if (OperatingSystem.IsWindows()) return;
        using var process = Start("sh", "-c", $"trap 'kill $!; exit 42' {name}; sleep 100000 & echo ready; wait");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        Assert.Equal(0, Kill(process.Id, number));
        await process.WaitForExitAsync();
        Assert.Equal(42, process.ExitCode);
        Assert.IsType<StopReceipt>(Receipts()[^1]);
    }

    private List<Receipt> Receipts() => [.. LedgerFolder.ScanAll(LedgerDisk.Real, _site["state"])
        .SelectMany(static scan => scan.Receipts(LedgerDisk.Real)).Select(static entry => entry.Receipt)];

    private async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        using var process = Start(args);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private Process Start(params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "offline-license.exe" : "offline-license");
        string[] words = [.. AsAtATerminal(), program, "run", .. args];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _site.Path,
        };
        start.Environment[ProductOptions.AnchorsVariable] = "openvidu-pro.anchors";
        start.Environment[ProductOptions.LicensesVariable] = "licenses";
        start.Environment[ProductOptions.StateVariable] = "state";
        return Process.Start(start)!;
    }

    // Tests that are begun by nohup or behind a shell's '&' ignore signals, and so does all that they start; no shell can trap those.
    private static string[] AsAtATerminal() => OperatingSystem.IsLinux() && IgnoredSignals() != 0 ? ["env", "--default-signal=HUP,INT,QUIT,TERM"] : [];

    private static ulong IgnoredSignals()
    {
        const string Name = "SigIgn:";
        var line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith(Name, StringComparison.Ordinal));
        var ignored = ulong.Parse(line.AsSpan(Name.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return ignored & 0b100_0000_0000_0111;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
