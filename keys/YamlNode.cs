namespace OfflineLicense.Keys;

/// <summary>A node of a YAML text, with the line on which it begins, from 1 on. Immutable.</summary>
internal abstract record YamlNode(int Line);

/// <summary>A scalar. Its type is the reader's to say; nothing is resolved here, so <c>no</c> is the text "no".</summary>
/// <param name="Line">The line, from 1 on.</param>
/// <param name="Value">The text, without quotes and escapes; empty for a value that is left out.</param>
/// <param name="IsPlain">Whether it stood there without quotes.</param>
internal sealed record YamlScalar(int Line, string Value, bool IsPlain) : YamlNode(Line);

/// <summary>A list, in the text's order.</summary>
internal sealed record YamlList(int Line, IReadOnlyList<YamlNode> Items) : YamlNode(Line);

/// <summary>An entry of a map, with the line of its key.</summary>
internal sealed record YamlEntry(string Key, int Line, YamlNode Value);

/// <summary>A map, in the text's order; no key stands twice.</summary>
internal sealed record YamlMap(int Line, IReadOnlyList<YamlEntry> Entries) : YamlNode(Line)
{
    /// <summary>The value under the key, or null.</summary>
    internal YamlNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key)
                return entry.Value;
        }

        return null;
    }
}
