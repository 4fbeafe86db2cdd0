using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// A command run as a shell would: same terminal, same streams, same folder, signals passed on, its exit code as ours.
/// </summary>
internal static partial class ChildProcess
{
    // Where signals have numbers, these four have the same on every system.
    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
    [
        (PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15), .. OfUsers(),
    ];

    private const int NoSuchFile = 2;

    /// <summary>
    /// The file that a command's name stands for. .NET itself would look beside this program and in the current folder
    /// before <c>PATH</c>, which no shell does.
    /// </summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static string Find(string command, CommandConsole console)
    {
        // Windows adds extensions and searches by rules of its own, which are what people there expect.
        if (OperatingSystem.IsWindows()) return command;
        if (command.Contains('/', StringComparison.Ordinal))
        {
            var path = console.PathOf(command);
            return File.Exists(path) ? path : Directory.Exists(path)
                ? throw new CommandFailure($"'{command}' is a folder", null, ExitCode.CannotExecute)
                : throw NotFound(command);
        }

        var folders = (console.Environment("PATH") ?? "").Split(':');
        var found = folders.Select(folder => Path.Combine(console.PathOf(folder.Length == 0 ? "." : folder), command)).Where(File.Exists).ToList();
        return command.Length == 0 || found.Count == 0 ? throw NotFound(command) : found.Find(IsExecutable) ?? found[0];
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">The file.</param>
    /// <param name="words">The command as it was called, and its arguments.</param>
    /// <param name="folder">The folder that it starts in.</param>
    /// <returns>Its exit code; 128 + N if signal N ended it.</returns>
    /// <exception cref="CommandFailure">It cannot be started.</exception>
    public static async Task<int> Run(string program, string[] words, string folder)
    {
        var start = new ProcessStartInfo(program, words.Skip(1)) { UseShellExecute = false, WorkingDirectory = folder };
        using var process = new Process { StartInfo = start };
        using var signals = new SignalPass();
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw exception.NativeErrorCode == NoSuchFile
                ? NotFound(words[0])
                : new CommandFailure($"cannot start '{words[0]}': {PlainFailure.Sentence(Reason(exception))}", null, ExitCode.CannotExecute);
        }

        signals.PassTo(process.Id);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    // SIGUSR1 and SIGUSR2, with which programs are told to open their logs anew; .NET takes them by number only.
    private static IEnumerable<(PosixSignal Signal, int Number)> OfUsers()
    {
        int[] numbers = OperatingSystem.IsWindows() ? [] : OperatingSystem.IsLinux() ? [10, 12] : [30, 31];
        return numbers.Select(static number => ((PosixSignal)number, number));
    }

    private static bool IsExecutable(string path) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None;

    private static CommandFailure NotFound(string command) => new(
        $"there is no command '{command}'", "give the command's name as on PATH, or the path of its file", ExitCode.CommandNotFound);

    // Without .NET's sentence around it.
    private static string Reason(Win32Exception exception) => new Win32Exception(exception.NativeErrorCode).Message;

    /// <summary>Catches the signals that ask a process to end, and passes them on to the command.</summary>
    private sealed class SignalPass : IDisposable
    {
        private readonly List<PosixSignalRegistration> _registrations = [];
        private readonly Queue<int> _early = [];
        private readonly Lock _gate = new();
        private int _process;

        public SignalPass()
        {
            foreach (var (signal, number) in Forwarded)
                _registrations.Add(PosixSignalRegistration.Create(signal, context => Take(context, number)));
        }

        /// <summary>From now on signals go to this process; those that came before it was there go first.</summary>
        public void PassTo(int process)
        {
            lock (_gate)
            {
                _process = process;
                while (_early.TryDequeue(out var number)) Send(number);
            }
        }

        public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

        private void Take(PosixSignalContext context, int number)
        {
            // This process ends when the command does: only then the last receipt can be written.
            context.Cancel = true;
            // A key on the terminal reaches the command without us; twice, it would mean something else to it.
            if (OperatingSystem.IsWindows() || (context.Signal is PosixSignal.SIGINT or PosixSignal.SIGQUIT && IsInForeground())) return;
            lock (_gate)
            {
                if (_process == 0)
                    _early.Enqueue(number);
                else
                    Send(number);
            }
        }

        // It may be gone already; then there is nothing to pass on.
        private void Send(int number) => _ = Kill(_process, number);

        private static bool IsInForeground()
        {
            const int standardInput = 0;
            var foreground = ForegroundGroup(standardInput);
            return foreground > 0 && foreground == OwnGroup();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int OwnGroup();
}
