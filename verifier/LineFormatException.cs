using System.Globalization;

namespace OfflineLicense.Verifier;

/// <summary>A text of lines (a reply, time reset, installation request or trust anchors) is not what its format asks for.</summary>
internal sealed class LineFormatException : FormatException
{
    internal LineFormatException(int line, string reason, bool needsNewerVersion = false)
        : base(string.Create(CultureInfo.InvariantCulture, $"line {line}: {reason}")) => (Line, Reason, NeedsNewerVersion) = (line, reason, needsNewerVersion);

    /// <summary>The line of the text, from 1.</summary>
    internal int Line { get; }

    /// <summary>What is wrong there: lower case, no full stop.</summary>
    internal string Reason { get; }

    /// <summary>Whether the text bears the name of a later version of its format.</summary>
    internal bool NeedsNewerVersion { get; }
}
