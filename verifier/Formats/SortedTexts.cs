using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// Texts by key, in the ordinal order of their keys, which is the one in which they are written. It never changes and
/// equals another entry by entry.
/// </summary>
internal sealed class SortedTexts : IReadOnlyDictionary<string, string>, IEquatable<SortedTexts>
{
    internal static readonly SortedTexts None = new([]);

    private readonly KeyValuePair<string, string>[] _entries;

    private SortedTexts(KeyValuePair<string, string>[] sortedEntries) => _entries = sortedEntries;

    /// <summary>A sorted copy, or the map itself where it already is one.</summary>
    internal static SortedTexts Of(IReadOnlyDictionary<string, string> texts) => texts as SortedTexts
        ?? (texts.Count == 0 ? None : new SortedTexts([.. texts.OrderBy(static entry => entry.Key, StringComparer.Ordinal)]));

    public int Count => _entries.Length;

    public IEnumerable<string> Keys => _entries.Select(static entry => entry.Key);

    public IEnumerable<string> Values => _entries.Select(static entry => entry.Value);

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no text has the key '{key}'");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        foreach (var entry in _entries)
        {
            if (entry.Key != key) continue;
            value = entry.Value;
            return true;
        }

        value = null;
        return false;
    }

    public bool Equals(SortedTexts? other) => other is not null && _entries.AsSpan().SequenceEqual(other._entries);

    public override bool Equals(object? obj) => Equals(obj as SortedTexts);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var entry in _entries) hash.Add(entry);
        return hash.ToHashCode();
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, string>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
