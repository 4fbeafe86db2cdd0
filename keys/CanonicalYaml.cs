using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// The layout of canonical YAML: block style, two spaces a level, lists indented under their key, each line a key, a
/// key and a value, or an item, and nothing else.
/// <code>
/// format: offline-license/license/v1
/// quota: {}
/// installations:
///   - offline-license/mfrggzdfmztwq2lknnwg23tpoa
/// features:
///   recording: "true"
/// </code>
/// Here lines are checked one by one, before a YAML parser sees them. Order of keys, types and what may be left out
/// are each format's own; it prints what it read and compares.
/// </summary>
internal static class CanonicalYaml
{
    /// <summary>Bytes of a key. YAML itself ends at 1024 characters.</summary>
    internal const int MaxKeyBytes = 255;

    /// <exception cref="YamlFormatException">A line is not in the one spelling.</exception>
    internal static void Check(ReadOnlySpan<char> untrustedText)
    {
        int number = 0, maxLevel = 0, minLevel = 0;
        if (untrustedText.IsEmpty || untrustedText[^1] != '\n')
            throw new YamlFormatException(untrustedText.Count('\n') + 1, "the text does not end with a newline");
        // At U+000A only: whatever else may end a line elsewhere is refused as content.
        foreach (var range in untrustedText[..^1].Split('\n'))
        {
            var line = untrustedText[range];
            number++;
            if (Encoding.UTF8.GetByteCount(line) > Limits.LineBytes)
                throw new YamlFormatException(number, $"the line is longer than {Limits.LineBytes} bytes");
            var content = line.TrimStart(' ');
            var indent = line.Length - content.Length;
            var level = indent / 2;
            if (indent % 2 != 0 || level < minLevel || level > maxLevel || level > Limits.YamlDepth)
                throw new YamlFormatException(number, "the line is not indented by two spaces a level");
            var isItem = content.StartsWith("- ");
            if (isItem)
            {
                content = content["- ".Length..];
                level++;
            }

            var opens = CheckContent(content, isItem, number);
            maxLevel = opens ? level + 1 : level;
            minLevel = opens ? level + 1 : 0;
        }

        if (minLevel > 0)
            throw new YamlFormatException(number, "the key has no value");
    }

    /// <returns>Whether it is a key alone, whose value follows on the next lines.</returns>
    private static bool CheckContent(ReadOnlySpan<char> content, bool isItem, int line)
    {
        var key = KeyOf(content, line);
        if (key.IsEmpty)
        {
            if (!isItem)
                throw new YamlFormatException(line, "the line has no key");
            CheckScalar(content, line);
            return false;
        }

        if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
            throw new YamlFormatException(line, $"the key is longer than {MaxKeyBytes} bytes");
        var value = content[(key.Length + ":".Length)..];
        if (value.IsEmpty)
            return true;
        if (value is not " {}")
            CheckScalar(value[" ".Length..], line);
        return false;
    }

    // The key as it stands there, or nothing when the content is a scalar.
    private static ReadOnlySpan<char> KeyOf(ReadOnlySpan<char> content, int line)
    {
        if (content.StartsWith("\""))
        {
            if (!CanonicalScalar.TryReadQuoted(content, out var text, out var length))
                throw NotInOneSpelling(line);
            if (length == content.Length)
                return default;
            var isKey = content[length..] is ":" || content[length..].StartsWith(": ");
            return isKey && !CanonicalScalar.IsPlainKey(text) ? content[..length] : throw NotInOneSpelling(line);
        }

        var colon = content.IndexOf(": ");
        if (colon < 0 && content.EndsWith(":"))
            colon = content.Length - 1;
        if (colon < 0)
            return default;
        return CanonicalScalar.IsPlainKey(content[..colon].ToString()) ? content[..colon] : throw NotInOneSpelling(line);
    }

    private static void CheckScalar(ReadOnlySpan<char> value, int line)
    {
        var isOne = value.StartsWith("\"")
            ? CanonicalScalar.TryReadQuoted(value, out var text, out var length)
                && length == value.Length && !CanonicalScalar.IsPlainText(text)
            : CanonicalScalar.IsPlain(value);
        if (!isOne)
            throw NotInOneSpelling(line);
    }

    private static YamlFormatException NotInOneSpelling(int line) =>
        new(line, "the line is not in the one spelling of canonical YAML");
}
