using System.Runtime.InteropServices;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// Time used, in seconds. One receipt says up to 2^53 - 1 of each, and a file holds millions: 127 bits are never too few,
/// so no stranger's number can end a statement.
/// </summary>
/// <param name="Seconds">With at least one core in use, summed over nodes.</param>
/// <param name="CoreSeconds">Cores times seconds in use.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StatementUse(Int128 Seconds, Int128 CoreSeconds)
{
    public static StatementUse operator +(StatementUse one, StatementUse other) =>
        new(one.Seconds + other.Seconds, one.CoreSeconds + other.CoreSeconds);

    /// <summary>The sum of many.</summary>
    public static StatementUse Sum(IEnumerable<StatementUse> uses) => uses.Aggregate(default(StatementUse), (sum, use) => sum + use);
}

/// <summary>Why use is named by a statement and not counted.</summary>
internal enum NotCountedReason
{
    /// <summary>No license was active: nothing is ever billed for that.</summary>
    NoLicense,

    /// <summary>The license is none of the statement's chain.</summary>
    OtherLicense,

    /// <summary>The chain names the license, and its issued text is not at hand.</summary>
    NoText,

    /// <summary>The license is bound to installations of which the ledger's is none.</summary>
    WrongInstallation,

    /// <summary>No <c>license</c> receipt came before the use.</summary>
    NoProof,

    /// <summary>The newest <c>license</c> receipt proves another text than the issued one: a stolen key, or a damaged writer.</summary>
    Altered,
}
