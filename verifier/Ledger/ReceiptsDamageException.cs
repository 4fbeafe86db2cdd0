using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// A receipts file contradicts itself: form, leaves, root or signature. It says nothing about who did it; what it
/// holds from there on is not believed.
/// </summary>
/// <param name="file">The file, as the reader was told.</param>
/// <param name="line">The line in it, from 1; of a gzipped file, the line of what it expands to.</param>
/// <param name="reason">What is wrong, in lower case and with no full stop.</param>
/// <param name="hint">What probably happened and what mends it, or null.</param>
internal sealed class ReceiptsDamageException(string file, long line, string reason, string? hint = null)
    : Exception(Invariant($"{file}:{line}: {reason}"))
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The line in it, from 1.</summary>
    public long Line { get; } = line;

    /// <summary>What is wrong.</summary>
    public string Reason { get; } = reason;

    /// <summary>What probably happened and what mends it, or null.</summary>
    public string? Hint { get; } = hint;

    /// <summary>Whether nothing else is wrong than that the file ends where more should follow.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>Whether it is in a later version of the format, which may be as whole as it was written.</summary>
    public bool IsNewer { get; init; }
}
