using System.Globalization;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// The text of a license, reply, time reset, installation request or list of trust anchors is not what its format asks
/// for. Whose signature it bears is not said here.
/// </summary>
internal sealed class DocumentFormatException : FormatException
{
    internal DocumentFormatException(int line, string reason, bool needsNewerVersion = false)
        : base(string.Create(CultureInfo.InvariantCulture, $"line {line}: {reason}")) =>
        (Line, Reason, NeedsNewerVersion) = (line, reason, needsNewerVersion);

    /// <summary>The line of the text, from 1.</summary>
    internal int Line { get; }

    /// <summary>What is wrong there: lower case, no full stop.</summary>
    internal string Reason { get; }

    /// <summary>
    /// Whether a later version of the product may understand the text: it bears a later format's name, or a key that
    /// this version does not know.
    /// </summary>
    internal bool NeedsNewerVersion { get; }
}
