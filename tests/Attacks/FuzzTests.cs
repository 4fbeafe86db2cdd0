using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace OfflineLicense.Tests.Attacks;

/// <summary>Files that strangers could send, given to all that read them, in a process that may die of it. See <c>tests/fuzz</c>.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Five_thousand_spoiled_and_forged_files_are_each_read_or_refused_as_documented()
    {
        using var failed = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OfflineLicense.Fuzz.dll"), "--count", "5000", "--each", "20", "--out", failed["inputs"]])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var run = Process.Start(start)!;
        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        output.WriteLine(said);
        Assert.True(run.ExitCode == 0, said);
        Assert.StartsWith("5,000 fuzz inputs, ", said, StringComparison.Ordinal);
    }
}
