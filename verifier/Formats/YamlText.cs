using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>What the two formats in canonical YAML share: the first line names the format, and only then the rest is read.</summary>
internal static class YamlText
{
    private const string Key = "format: ";

    /// <param name="untrustedText">The signed text.</param>
    /// <param name="format">The format's name, which ends in its version: <c>…/v1</c>.</param>
    /// <exception cref="DocumentFormatException">Another format, a later one, or no canonical YAML.</exception>
    internal static YamlMap Read(string untrustedText, string format)
    {
        if (!untrustedText.StartsWith($"{Key}{format}\n", StringComparison.Ordinal)) throw NotThisFormat(untrustedText, format);
        try
        {
            return CanonicalYaml.Read(untrustedText);
        }
        catch (YamlFormatException exception)
        {
            throw new DocumentFormatException(exception.Line, exception.Reason);
        }
    }

    private static DocumentFormatException NotThisFormat(string untrustedText, string format)
    {
        var line = untrustedText.AsSpan();
        line = line[..Math.Max(0, line.IndexOf('\n'))];
        var family = $"{Key}{format[..^1]}";
        return line.StartsWith(family) && ExactText.TryParseNumber(line[family.Length..], out _)
            ? new DocumentFormatException(1, $"the format is '{line[Key.Length..]}', not '{format}'", needsNewerVersion: true)
            : new DocumentFormatException(1, $"the first line is not '{Key}{format}'");
    }
}
