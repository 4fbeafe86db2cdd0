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
/// It is so little of YAML that it is read here, line by line: no YAML parser sees what a node verifies. Any YAML parser
/// reads the same out of it, which tests hold. Order of keys, types and what may be left out are each format's own; it
/// prints what it read and compares.
/// </summary>
internal sealed class CanonicalYaml
{
    /// <summary>Bytes of a key. YAML itself ends at 1024 characters.</summary>
    internal const int MaxKeyBytes = 255;

    private readonly List<Line> _lines = [];
    private int _next;

    /// <summary>Reads canonical text.</summary>
    /// <exception cref="YamlFormatException">A line is not in the one spelling, or not where it can be.</exception>
    internal static YamlMap Read(string untrustedText)
    {
        var yaml = new CanonicalYaml();
        yaml.Split(untrustedText);
        if (yaml._lines[0].Level > 0)
            throw yaml.Misplaced();
        if (yaml._lines[0].IsItem)
            throw new YamlFormatException(1, "the text is no map of keys and values");
        var map = yaml.ReadMap(level: 0);
        return yaml._next == yaml._lines.Count ? map : throw yaml.Misplaced();
    }

    private void Split(string untrustedText)
    {
        if (untrustedText.Length > Limits.DocumentBytes || Encoding.UTF8.GetByteCount(untrustedText) > Limits.DocumentBytes)
            throw new YamlFormatException(1, $"the text is larger than {Limits.DocumentBytes} bytes");
        if (untrustedText.Length == 0 || untrustedText[^1] != '\n')
            throw new YamlFormatException(untrustedText.AsSpan().Count('\n') + 1, "the text does not end with a newline");

        // At U+000A only: whatever else may end a line elsewhere is refused as content.
        var text = untrustedText.AsSpan(0, untrustedText.Length - 1);
        foreach (var range in text.Split('\n'))
            _lines.Add(ReadLine(text[range], _lines.Count + 1));
    }

    private static Line ReadLine(ReadOnlySpan<char> line, int number)
    {
        if (Encoding.UTF8.GetByteCount(line) > Limits.LineBytes)
            throw new YamlFormatException(number, $"the line is longer than {Limits.LineBytes} bytes");
        var content = line.TrimStart(' ');
        var indent = line.Length - content.Length;
        if (indent % 2 != 0 || indent / 2 > Limits.YamlDepth)
            throw Misindented(number);
        var isItem = content.StartsWith("- ");
        if (isItem)
            content = content["- ".Length..];
        var (key, keyLength) = ReadKey(content, number);
        if (key is null)
        {
            return isItem
                ? new Line(number, indent / 2, IsItem: true, Key: null, ReadScalar(content, number))
                : throw new YamlFormatException(number, "the line has no key");
        }

        if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
            throw new YamlFormatException(number, $"the key is longer than {MaxKeyBytes} bytes");
        var value = content[(keyLength + ":".Length)..];
        YamlNode? node = value.IsEmpty ? null : value is " {}" ? new YamlMap(number, []) : ReadScalar(value[" ".Length..], number);
        return new Line(number, indent / 2, isItem, key, node);
    }

    // The key and its length as it stands there; none when the content is a scalar.
    private static (string? Key, int Length) ReadKey(ReadOnlySpan<char> content, int line)
    {
        if (content.StartsWith("\""))
        {
            if (!CanonicalScalar.TryReadQuoted(content, out var text, out var length))
                throw NotInOneSpelling(line);
            if (length == content.Length)
                return default;
            var isKey = content[length..] is ":" || content[length..].StartsWith(": ");
            return isKey && !CanonicalScalar.IsPlainKey(text) ? (text, length) : throw NotInOneSpelling(line);
        }

        var colon = content.IndexOf(": ");
        if (colon < 0 && content.EndsWith(":"))
            colon = content.Length - 1;
        if (colon < 0)
            return default;
        var plain = content[..colon].ToString();
        return CanonicalScalar.IsPlainKey(plain) ? (plain, colon) : throw NotInOneSpelling(line);
    }

    private static YamlScalar ReadScalar(ReadOnlySpan<char> value, int line)
    {
        if (!value.StartsWith("\""))
            return CanonicalScalar.IsPlain(value) ? new YamlScalar(line, value.ToString(), IsPlain: true) : throw NotInOneSpelling(line);
        return CanonicalScalar.TryReadQuoted(value, out var text, out var length)
            && length == value.Length && !CanonicalScalar.IsPlainText(text)
                ? new YamlScalar(line, text, IsPlain: false)
                : throw NotInOneSpelling(line);
    }

    // A map's first line may be a list's item; its others stand where that line's content does.
    private YamlMap ReadMap(int level)
    {
        var first = _lines[_next].Number;
        var entries = new List<YamlEntry>();
        do
        {
            var line = _lines[_next++];
            if (entries.Exists(entry => entry.Key == line.Key))
                throw new YamlFormatException(line.Number, $"the key '{line.Key}' stands twice");
            entries.Add(new YamlEntry(line.Key!, line.Number, line.Value ?? ReadBelow(line, level + 1)));
        }
        while (_next < _lines.Count && _lines[_next].Level == level && !_lines[_next].IsItem);

        return new YamlMap(first, entries);
    }

    private YamlNode ReadBelow(Line key, int level)
    {
        if (level >= Limits.YamlDepth)
            throw new YamlFormatException(key.Number, $"nested more than {Limits.YamlDepth} levels deep");
        if (_next == _lines.Count)
            throw new YamlFormatException(key.Number, "the key has no value");
        if (_lines[_next].Level != level)
            throw Misplaced();
        return _lines[_next].IsItem ? ReadList(level) : ReadMap(level);
    }

    private YamlList ReadList(int level)
    {
        var first = _lines[_next].Number;
        var items = new List<YamlNode>();
        while (_next < _lines.Count && _lines[_next].Level == level && _lines[_next].IsItem)
            items.Add(_lines[_next].Key is null ? _lines[_next++].Value! : ReadMap(level + 1));
        return new YamlList(first, items);
    }

    private YamlFormatException Misplaced() => Misindented(_lines[_next].Number);

    private static YamlFormatException Misindented(int line) => new(line, "the line is not indented by two spaces a level");

    private static YamlFormatException NotInOneSpelling(int line) =>
        new(line, "the line is not in the one spelling of canonical YAML");

    /// <summary>A line by itself: a key and its value, a key whose value is below (no value), or an item (no key).</summary>
    private sealed record Line(int Number, int Level, bool IsItem, string? Key, YamlNode? Value);
}
