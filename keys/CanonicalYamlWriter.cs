using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// Prints canonical YAML (<see cref="CanonicalYaml"/>), which <see cref="CanonicalYaml.Read"/> reads back to the
/// same values. The caller brings order and types: what is *typed* (time, number, id, name of a key) is plain always,
/// what is *text* by its content. Not thread-safe.
/// </summary>
internal sealed class CanonicalYamlWriter
{
    private readonly StringBuilder _text = new();
    private int _level;
    private bool _isFirstOfItem;
    private bool _isOpen;

    /// <summary>A key with a typed value.</summary>
    /// <exception cref="ArgumentException">The value cannot stand plain, or the key is no good one.</exception>
    internal void Plain(string key, string value)
    {
        CheckPlain(value);
        Line(key).Append(' ').Append(value).Append('\n');
    }

    /// <summary>A key with a text.</summary>
    /// <exception cref="ArgumentException">Key or text is not valid Unicode, or the key too long.</exception>
    internal void Text(string key, string value)
    {
        CanonicalScalar.AppendText(Line(key).Append(' '), value);
        _text.Append('\n');
    }

    /// <summary>A key with an empty map, <c>{}</c>.</summary>
    internal void EmptyMap(string key) => Line(key).Append(" {}\n");

    /// <summary>A key whose map or list follows, of at least one entry, up to <see cref="End"/>.</summary>
    internal void Begin(string key)
    {
        Line(key).Append('\n');
        _level++;
        _isOpen = true;
    }

    /// <summary>An item with a typed value.</summary>
    /// <exception cref="ArgumentException">The value cannot stand plain.</exception>
    internal void PlainItem(string value)
    {
        CheckPlain(value);
        Indent().Append("- ").Append(value).Append('\n');
    }

    /// <summary>An item with a text.</summary>
    /// <exception cref="ArgumentException">The text is not valid Unicode.</exception>
    internal void TextItem(string value)
    {
        CanonicalScalar.AppendText(Indent().Append("- "), value);
        _text.Append('\n');
    }

    /// <summary>An item that is a map of at least one entry, up to <see cref="End"/>.</summary>
    internal void BeginItem()
    {
        _level++;
        _isFirstOfItem = true;
        _isOpen = true;
    }

    /// <summary>Ends the innermost map or list.</summary>
    /// <exception cref="InvalidOperationException">None was begun, or nothing is in it.</exception>
    internal void End()
    {
        if (_level == 0)
            throw new InvalidOperationException("no map or list was begun");
        if (_isOpen)
            throw new InvalidOperationException("an empty map or list is left out");
        _level--;
    }

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.ToString();

    private StringBuilder Line(string key)
    {
        if (Encoding.UTF8.GetByteCount(key) > CanonicalYaml.MaxKeyBytes)
            throw new ArgumentException($"the key is longer than {CanonicalYaml.MaxKeyBytes} bytes", nameof(key));
        CanonicalScalar.AppendKey(Indent(), key);
        return _text.Append(':');
    }

    // An item's dash takes the place of its first key's last level: "- " is as wide as a level.
    private StringBuilder Indent()
    {
        _text.Append(' ', 2 * (_isFirstOfItem ? _level - 1 : _level)).Append(_isFirstOfItem ? "- " : "");
        _isFirstOfItem = false;
        _isOpen = false;
        return _text;
    }

    private static void CheckPlain(string value)
    {
        if (!CanonicalScalar.IsPlain(value))
            throw new ArgumentException($"'{value}' cannot stand plain in YAML", nameof(value));
    }
}
