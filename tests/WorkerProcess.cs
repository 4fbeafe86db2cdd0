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
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        var now = site.Time.Wall.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        foreach (var word in (string[])
        [
            System.IO.Path.Combine(AppContext.BaseDirectory, "OfflineLicense.Tests.Worker.dll"),
            command, Licenses.Key.VerifierKey.ToString(), site.LicenseFolder, site.StateFolder, now, .. words,
        ])
        {
            start.ArgumentList.Add(word);
        }

        // What a short life does not pay for: no compiling again, no watching.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start)!;
    }

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
