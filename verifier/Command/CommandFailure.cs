namespace OfflineLicense.Verifier.Command;

/// <summary>
/// A command could not do what it was asked. The host prints <c>error:</c> and <c>hint:</c> on standard error and ends
/// with the code.
/// </summary>
internal sealed class CommandFailure : Exception
{
    /// <param name="message">What is wrong and where: lower case, no full stop, one line. Text out of files may stand in it as it is.</param>
    /// <param name="hint">What mends it, spelled likewise; null where the message says it all.</param>
    /// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
    public CommandFailure(string message, string? hint = null, int exitCode = Command.ExitCode.Failure)
        : base(message) => (Hint, ExitCode) = (hint, exitCode);

    public string? Hint { get; }

    public int ExitCode { get; }
}
