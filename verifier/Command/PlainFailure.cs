using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>Turns what libraries throw into one clear line. What nobody foresaw is a fault in the program and says so.</summary>
internal static class PlainFailure
{
    public static CommandFailure Of(Exception exception) => exception switch
    {
        ReceiptsDamageException damage => OfDamage(damage),
        LedgerForkException fork => new CommandFailure(
            fork.Message, "keep both as they are, and mail both to your vendor, each by itself; nothing was written", ExitCode.Fork),
        LedgerDiskException refused => At(refused.What, refused.Path, refused),
        KeyFileException key => new CommandFailure(Sentence(key.Message), key.Mend, ExitCode.Malformed),
        FormatException => new CommandFailure(Sentence(exception.Message), null, ExitCode.Malformed),
        IOException or UnauthorizedAccessException => new CommandFailure(Sentence(exception.Message), HintOf(exception), ExitCode.Unreadable),
        _ => new CommandFailure(
            $"internal error: {exception.GetType().Name}: {exception.Message}",
            "this is a fault in the program; report it with the command line that led to it", ExitCode.Internal),
    };

    /// <summary>A failed read or write of a file or folder, by name and in words.</summary>
    /// <param name="verb">What was tried: <c>read</c>, <c>write</c>; of a folder <c>list</c>, <c>make folder</c>.</param>
    /// <param name="path">The file or folder as the user knows it.</param>
    /// <param name="exception">An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static CommandFailure At(string verb, string path, Exception exception) =>
        new($"cannot {verb} '{path}': {Sentence(DiskWords.Of(verb, path, exception))}", HintOf(exception), ExitCode.Unreadable);

    private static string? HintOf(Exception exception) => exception switch
    {
        _ when DiskMend.IsOfFullDisk(exception) => FullDisk,
        LedgerDiskException { Mend: { } mend } => mend,
        LedgerDiskException { Reason: DiskWords.Denied } => Denied,
        UnauthorizedAccessException => Denied,
        _ => null,
    };

    /// <summary>What mends a full disk under a file that the user named.</summary>
    public const string FullDisk = "the disk is full: free some space, or name another place";

    private const string Denied = "run this as a user who may, or let this user";

    /// <summary>Damage in a receipts file, in the spelling of all other errors in files.</summary>
    public static CommandFailure OfDamage(ReceiptsDamageException damage) => new(
        $"{damage.File}: line {Words.Number(damage.Line)}: {damage.Reason}", damage.Hint, ExitCode.Malformed);

    public static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>A message in our own spelling: no capital at the beginning, no full stop, one line.</summary>
    public static string Sentence(string message) => DiskWords.Sentence(message);
}
