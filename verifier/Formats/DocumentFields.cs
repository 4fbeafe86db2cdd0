using System.Globalization;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// One map of the canonical YAML of a license or trust document, whose keys are all known: reads each value in its form, and refuses with the line and
/// the key's full name.
/// </summary>
internal sealed class DocumentFields
{
    private readonly YamlMap _map;
    private readonly string _path;

    /// <param name="map">The map.</param>
    /// <param name="path">What stands before its keys in a message: nothing, or the map's name and a dot.</param>
    /// <param name="known">The keys that this version knows. Any other one belongs to a later version.</param>
    /// <exception cref="DocumentFormatException">There is a key that is not known.</exception>
    internal DocumentFields(YamlMap map, string path, params ReadOnlySpan<string> known)
    {
        (_map, _path) = (map, path);
        foreach (var entry in map.Entries)
        {
            if (!known.Contains(entry.Key))
                throw new DocumentFormatException(entry.Line, $"unknown key '{path}{entry.Key}'", needsNewerVersion: true);
        }
    }

    internal string? Text(string key, Func<string, string?> problem)
    {
        if (Scalar(key) is not { } scalar) return null;
        return problem(scalar.Value) is { } reason ? throw Error(scalar, key, reason) : scalar.Value;
    }

    internal DateTimeOffset? Time(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        return ExactText.TryParseTime(scalar.Value, out var time)
            ? time
            : throw Error(scalar, key, $"is no time such as 2026-11-22T10:00:00Z: '{scalar.Value}'");
    }

    internal long? Number(string key, long least, long most = Limits.Number)
    {
        if (Scalar(key) is not { } scalar) return null;
        return ExactText.TryParseNumber(scalar.Value, out var number) && number >= least && number <= most
            ? number
            : throw Error(scalar, key, string.Create(CultureInfo.InvariantCulture, $"is no whole number from {least} to {most}: '{scalar.Value}'"));
    }

    internal Duration? Duration(string key)
    {
        if (Scalar(key) is not { } scalar) return null;
        return Verifier.Duration.TryParse(scalar.Value, out var duration)
            ? duration
            : throw Error(scalar, key, $"is no duration such as 30s, 5m, 12h or 90d, at most 3650d: '{scalar.Value}'");
    }

    /// <summary>The place of the value among the words; null where the key is absent.</summary>
    internal int? Choice(string key, string[] words)
    {
        if (Scalar(key) is not { } scalar) return null;
        var index = Array.IndexOf(words, scalar.Value);
        return index >= 0 ? index : throw Error(scalar, key, $"is none of {string.Join(", ", words)}: '{scalar.Value}'");
    }

    internal DocumentFields? Map(string key, params ReadOnlySpan<string> known) => Node<YamlMap>(key, "a map") is { } map
        ? new DocumentFields(map, $"{key}.", known)
        : null;

    /// <summary>A list of maps, in the text's order; empty where the key is absent.</summary>
    internal DocumentFields[] Maps(string key, params ReadOnlySpan<string> known)
    {
        if (Node<YamlList>(key, "a list") is not { } list) return [];
        var maps = new DocumentFields[list.Items.Count];
        for (var i = 0; i < maps.Length; i++)
        {
            maps[i] = list.Items[i] is YamlMap map
                ? new DocumentFields(map, $"{_path}{key}.", known)
                : throw Error(list.Items[i], key, "has an item that is no map");
        }

        return maps;
    }

    internal VerifierKey? Key(string key) => Text(key, FieldForm.PlainKeyProblem) is { } line
        ? VerifierKey.TryParse(line, out var verifier) ? verifier : throw Error(key, "is no point of prime order; anyone could sign for it")
        : null;

    internal string[] List(string key, Func<string, string?> problem)
    {
        if (Node<YamlList>(key, "a list") is not { } list) return [];
        var items = new string[list.Items.Count];
        for (var i = 0; i < items.Length; i++)
        {
            if (list.Items[i] is not YamlScalar item) throw Error(list.Items[i], key, "has an item that is no single value");
            if (problem(item.Value) is { } reason) throw Error(item, key, reason);
            if (items.AsSpan(0, i).Contains(item.Value)) throw Error(item, key, "has this item for the second time");
            items[i] = item.Value;
        }

        return items;
    }

    internal IReadOnlyDictionary<string, string> Texts(string key)
    {
        if (Node<YamlMap>(key, "a map") is not { } map) return SortedTexts.None;
        var texts = new Dictionary<string, string>(map.Entries.Count, StringComparer.Ordinal);
        foreach (var entry in map.Entries)
        {
            if (FieldForm.KeyProblem(entry.Key) is { } keyReason) throw Error(entry.Value, key, $"has the key '{entry.Key}', which {keyReason}");
            if (entry.Value is not YamlScalar text) throw Error(entry.Value, $"{key}.{entry.Key}", "is no text");
            if (FieldForm.TextProblem(text.Value) is { } reason) throw Error(text, $"{key}.{entry.Key}", reason);
            texts.Add(entry.Key, text.Value);
        }

        return SortedTexts.Of(texts);
    }

    internal DocumentFormatException Missing(string key) => new(_map.Line, $"the key '{_path}{key}' is missing");

    /// <summary>For a rule between two keys: the second of them, and what is wrong with it.</summary>
    internal DocumentFormatException Error(string key, string reason) => Error(_map.Find(key) ?? _map, key, reason);

    private YamlScalar? Scalar(string key) => Node<YamlScalar>(key, "a single value");

    private T? Node<T>(string key, string kind) where T : YamlNode => _map.Find(key) switch
    {
        null => null,
        T node => node,
        var other => throw Error(other, key, $"is not {kind}"),
    };

    private DocumentFormatException Error(YamlNode at, string key, string reason) => new(at.Line, $"'{_path}{key}' {reason}");
}
