using System.Globalization;

namespace OfflineLicense.Keys;

/// <summary>A text is no YAML that is read here.</summary>
internal sealed class YamlFormatException(int line, string reason, Exception? inner = null)
    : FormatException(string.Create(CultureInfo.InvariantCulture, $"line {line}: {reason}"), inner)
{
    /// <summary>The line, from 1 on.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong: lower case, no full stop.</summary>
    public string Reason { get; } = reason;
}
