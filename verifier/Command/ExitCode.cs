namespace OfflineLicense.Verifier.Command;

/// <summary>
/// What a command's exit code means, for both programs. Numbers never change their meaning and are never given twice;
/// scripts depend on them. A snapshot test holds the table, and <c>--help</c> prints it.
/// </summary>
internal static class ExitCode
{
    /// <summary>Done as asked.</summary>
    public const int Ok = 0;

    /// <summary>Failed for a reason that has no code of its own.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>A file is not signed by a known key, or was changed after it was signed.</summary>
    public const int NotTrusted = 4;

    /// <summary>A file is not of the form that it should have.</summary>
    public const int Malformed = 5;

    /// <summary>A file or folder cannot be read or written, or is not there.</summary>
    public const int Unreadable = 6;

    /// <summary>A file is genuine and does not fit here: another product, an older number.</summary>
    public const int DoesNotFit = 7;

    /// <summary>Import, check: receipts are damaged.</summary>
    public const int Damage = 10;

    /// <summary>Receipts are missing before others of their ledger. What there is was taken in, or exported, all the same.</summary>
    public const int Gap = 11;

    /// <summary>A ledger contradicts what is known of it: a fork.</summary>
    public const int Fork = 12;

    /// <summary>Import: receipts name a license that was never issued.</summary>
    public const int UnknownLicense = 13;

    /// <summary>Import: receipts name a license whose text was not issued so.</summary>
    public const int AlteredLicense = 14;

    /// <summary>Check: a ledger is whole and signed, and does not add up. Of the registry: what is stored is not as it was written.</summary>
    public const int Inconsistent = 15;

    /// <summary>A fault in the program itself.</summary>
    public const int Internal = 70;

    /// <summary><c>run</c>: new work may not begin. Beside 125 to 127, where commands keep their own codes away from.</summary>
    public const int Refused = 124;

    /// <summary><c>run</c>: failed before the command was started, for another reason than <see cref="Refused"/>.</summary>
    public const int RunFailed = 125;

    /// <summary><c>run</c>: the command is there and cannot be started.</summary>
    public const int CannotExecute = 126;

    /// <summary><c>run</c>: there is no such command.</summary>
    public const int CommandNotFound = 127;

    /// <summary><c>run</c>: added to the number of the signal that ended the command.</summary>
    public const int Signal = 128;

    /// <summary>The codes that both programs use.</summary>
    public static IReadOnlyList<ExitCodeMeaning> Common { get; } =
    [
        new(Ok, "ok", "done as asked"),
        new(Failure, "failure", "failed for a reason that has no code of its own"),
        new(Usage, "usage", "the command line is wrong; nothing was done"),
        new(NotTrusted, "not-trusted", "a file is not signed by a known key, or was changed after it was signed"),
        new(Malformed, "malformed", "a file is not of the form that it should have"),
        new(Unreadable, "unreadable", "a file or folder is not there, or cannot be read or written"),
        new(DoesNotFit, "does-not-fit", "a file is genuine and does not fit here, such as one for another product"),
        new(Damage, "damage", "import, check: receipts are damaged"),
        new(Gap, "gap", "import, export: receipts are missing before others of their ledger; the rest is done"),
        new(Fork, "fork", "import, export, statement, check: a ledger contradicts what is known of it"),
        new(Inconsistent, "inconsistent", "check, registry check: what is kept does not add up"),
        new(Internal, "internal", "a fault in the program itself"),
    ];

    /// <summary>The codes of the operator's program alone.</summary>
    public static IReadOnlyList<ExitCodeMeaning> Operator { get; } =
    [
        new(Refused, "refused", "run: new work may not begin"),
        new(RunFailed, "run-failed", "run: failed before the command was started, for another reason"),
        new(CannotExecute, "cannot-execute", "run: the command is there and cannot be started"),
        new(CommandNotFound, "command-not-found", "run: there is no such command"),
        new(Signal, "signal", "run: 128 + N when signal N ended the command; every other code is the command's own"),
    ];

    /// <summary>The codes of the vendor's program alone.</summary>
    public static IReadOnlyList<ExitCodeMeaning> Issuer { get; } =
    [
        new(UnknownLicense, "unknown-license", "import: receipts name a license that was never issued"),
        new(AlteredLicense, "altered-license", "import: receipts name a license whose text was not issued so"),
    ];
}

/// <summary>One line of the table of exit codes.</summary>
internal sealed record ExitCodeMeaning(int Code, string Name, string Meaning);
