namespace OfflineLicense.Verifier.Check;

/// <summary>A receipts file is not what its format's page asks for.</summary>
/// <param name="line">The line, from 1; of a gzipped file, the line of what it expands to.</param>
/// <param name="reason">What is wrong, in lower case and with no full stop.</param>
internal sealed class DamageException(long line, string reason) : Exception(reason)
{
    /// <summary>The line, from 1.</summary>
    internal long Line { get; } = Math.Max(line, 1);

    /// <summary>Whether nothing else is wrong than that the file ends where more should follow.</summary>
    internal bool IsCutOff { get; init; }

    /// <summary>Whether it is no receipts file at all, by its very first line.</summary>
    internal bool IsOtherFormat { get; init; }
}

/// <summary>Where a receipts file is damaged, and how. Immutable.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line in it, from 1.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="IsCutOff">Whether it only ends where more should follow.</param>
/// <param name="IsOtherFormat">Whether it is no receipts file at all.</param>
internal sealed record DamageFound(string File, long Line, string Reason, bool IsCutOff = false, bool IsOtherFormat = false)
{
    internal static DamageFound In(string file, DamageException damage) =>
        new(file, damage.Line, damage.Message, damage.IsCutOff, damage.IsOtherFormat);
}
