using System.Diagnostics;

namespace OfflineLicense.Fuzz;

/// <summary>
/// Runs the inputs in a process of its own: a stack overflow, the end of memory and an endless loop take that process with
/// them, and this one tells at which inputs.
/// </summary>
internal static class Supervisor
{
    // Both threads' 256 MB, and what waits for the collector.
    private const string MemoryLimit = "0x40000000";

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMinutes(5);

    /// <returns>Whether all inputs were read well.</returns>
    internal static bool Execute(FuzzOptions options, IEnumerable<string> words)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var places = Places.Create(path, options.Threads);
            using var child = Start([.. words, "--places", path]);
            var isStuck = IsStuck(child, places);
            if (isStuck) child.Kill();
            child.WaitForExit();
            if (child.ExitCode is 0 or 1) return child.ExitCode == 0;
            Tell(options, places, isStuck ? "it is read without end" : FormattableString.Invariant($"the process ended with {child.ExitCode} while it or another of these was read"));
            return false;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Process Start(string[] words)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Host(), .. words]) { RedirectStandardInput = true, UseShellExecute = false };
        start.Environment["DOTNET_GCHeapHardLimit"] = MemoryLimit;
        return Process.Start(start)!;
    }

    // Started as 'dotnet NAME.dll' the process is dotnet's.
    private static string[] Host() => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(Supervisor).Assembly.Location] : [];

    /// <summary>Of the child: ends it when its parent was killed, and with it the other end of its input.</summary>
    internal static void EndWithParent() => new Thread(static () =>
    {
        Console.In.ReadToEnd();
        Environment.Exit(2);
    })
    { IsBackground = true }.Start();

    private static bool IsStuck(Process child, Places places)
    {
        for (IReadOnlyList<long> before = []; !child.WaitForExit(s_lookEvery);)
        {
            var now = places.Current;
            if (now.Intersect(before).Any()) return true;
            before = now;
        }

        return false;
    }

    private static void Tell(FuzzOptions options, Places places, string failure)
    {
        using var examples = new Examples();
        var inputs = new Inputs(examples, options.Seed);
        foreach (var index in places.Current)
            Console.WriteLine(FailedInput.Save(options, index, inputs.Of(index), failure));
    }
}
