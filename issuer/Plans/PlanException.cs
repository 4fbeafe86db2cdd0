namespace OfflineLicense.Issuer.Plans;

/// <summary>A plan, or a flag over it, makes no license.</summary>
/// <param name="place">Where: <c>line 7 of acme.yaml</c>, or the flag; empty where no single place is at fault.</param>
/// <param name="reason">What is wrong: lower case, no full stop.</param>
/// <param name="hint">What mends it, where that can be said.</param>
internal sealed class PlanException(string place, string reason, string? hint = null)
    : FormatException(place.Length > 0 ? $"{place}: {reason}" : reason)
{
    /// <summary>What mends it; null where the message says it all.</summary>
    internal string? Hint { get; } = hint;

    /// <summary>Whether a flag is at fault, and not the file.</summary>
    internal bool IsOfFlag { get; } = place.StartsWith("--", StringComparison.Ordinal);
}
