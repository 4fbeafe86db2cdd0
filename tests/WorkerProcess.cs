using System.Diagnostics;
using System.Globalization;

namespace OfflineLicense.Tests;

/// <summary>A product in a process of its own, on a customer's machine of a test. See <c>tests/worker</c>.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    /// <param name="site">The machine.</param>
    /// <param name="command">What it does.</param>
    /// <param name="words">What the command wants.</param>
    public WorkerProcess(NodeSite site, string command, params string[] words)
        : this(["dotnet", .. Words(site, command, words)])
    {
    }

    private WorkerProcess(string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };

        // What a short life does not pay for: no compiling again, no watching.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
    }

    /// <summary>One whose calls to the system are answered as <c>strace</c> is told to.</summary>
    /// <param name="site">The machine.</param>
    /// <param name="fault">What is put in, as in <c>fsync:error=EIO:when=5</c>; counted in each thread apart.</param>
    /// <param name="command">What it does.</param>
    /// <param name="words">What the command wants.</param>
    public static WorkerProcess WithFault(NodeSite site, string fault, string command, params string[] words) =>
        new(["strace", "-D", "-f", "-qq", "-e", "trace=" + fault.Split(':')[0], "-e", "inject=" + fault, "-o", site["trace"], "dotnet", .. Words(site, command, words)]);

    private static string[] Words(NodeSite site, string command, string[] words) =>
    [
        System.IO.Path.Combine(AppContext.BaseDirectory, "OfflineLicense.Tests.Worker.dll"), command, Licenses.Key.VerifierKey.ToString(),
        site.LicenseFolder, site.StateFolder, site.Time.Wall.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), .. words,
    ];

    /// <summary>Its number to the system.</summary>
    public int Id => _process.Id;

    /// <summary>The next line that it says; null when it has ended.</summary>
    public async Task<string?> Line() => await _process.StandardOutput.ReadLineAsync();

    /// <summary>Lets it end in good order.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> End()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: at once, and it can do nothing about it.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
