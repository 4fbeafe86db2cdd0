using System.Diagnostics;
using Xunit;

namespace OfflineLicense.Tests.Conventions;

/// <summary>Promise P4, seen from outside: what the operator's program asks of the system.</summary>
public sealed class NetworkTests
{
    [ToolFact("strace")]
    public async Task P4_No_command_of_the_operator_opens_an_internet_socket()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["licenses"]);
        var vendor = Licenses.FileOf(Licenses.Plain with { From = DateTimeOffset.UnixEpoch });
        await File.WriteAllBytesAsync(folder["a.lic"], vendor);
        await File.WriteAllTextAsync(
            folder["product.anchors"],
            $"offline-license/anchors/v1\nproduct {Licenses.Product}\nlicense {Licenses.Key.VerifierKey}\n");

        string[][] commands =
        [
            ["install", folder["a.lic"]],
            ["status"],
            ["run", "--cores", "2", "--", "true"],
            ["status", "--json"],
            ["receipts"],
            ["export", folder["out.receipts"]],
            ["statement", folder["out.receipts"]],
            ["inspect", folder["out.receipts"]],
        ];
        foreach (var command in commands)
        {
            var (code, calls, answer) = await Trace(folder, command);
            Assert.True(code == 0, FormattableString.Invariant($"{string.Join(' ', command)} ended with {code}: {answer}"));
            Assert.DoesNotContain(calls, call => call.Contains("AF_INET", StringComparison.Ordinal));
            Assert.Contains(calls, call => call.Contains("exited with", StringComparison.Ordinal)); // strace saw it to its end
        }
    }

    private static async Task<(int Code, string[] Calls, string Answer)> Trace(TemporaryFolder folder, string[] command)
    {
        var log = folder["trace"];
        var start = new ProcessStartInfo("strace") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in (string[])["-f", "-e", "trace=network", "-o", log, "dotnet", Path.Combine(AppContext.BaseDirectory, "offline-license.dll"), .. command])
            start.ArgumentList.Add(word);
        start.Environment["OFFLINE_LICENSE_ANCHORS"] = folder["product.anchors"];
        start.Environment["OFFLINE_LICENSE_LICENSES"] = folder["licenses"];
        start.Environment["OFFLINE_LICENSE_STATE"] = folder["state"];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await File.ReadAllLinesAsync(log), await output + await error);
    }
}
