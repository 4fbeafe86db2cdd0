using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>A line is no receipt.</summary>
/// <param name="reason">What is wrong, in lower case and with no full stop.</param>
/// <param name="column">Where: the byte in the line, from 1.</param>
internal sealed class ReceiptFormatException(string reason, int column)
    : FormatException(Invariant($"column {column}: {reason}"))
{
    /// <summary>What is wrong.</summary>
    public string Reason { get; } = reason;

    /// <summary>The byte in the line at which reading stopped, from 1.</summary>
    public int Column { get; } = column;
}
