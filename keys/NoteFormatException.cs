using System.Globalization;

namespace OfflineLicense.Keys;

/// <summary>Bytes that should be a signed note are not one (c2sp.org/signed-note).</summary>
public sealed class NoteFormatException : FormatException
{
    internal NoteFormatException(int line, string reason, string? hint = null)
        : base(line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {line}: {reason}") : reason)
    {
        Line = line;
        Reason = reason;
        Hint = hint;
    }

    /// <summary>The line, from 1 on; 0 when it is about no line in particular.</summary>
    public int Line { get; }

    /// <summary>What is wrong: lower case, no full stop.</summary>
    public string Reason { get; }

    /// <summary>What probably happened to the file and what mends it, or null.</summary>
    public string? Hint { get; }
}
