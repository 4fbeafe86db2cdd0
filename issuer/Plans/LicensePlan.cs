using System.Collections.Immutable;
using System.Globalization;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Plans;

/// <summary>A value of a plan, as it was written, and where: a line of a file, or a flag.</summary>
/// <param name="Name">The key under a map of texts; empty for all others.</param>
/// <param name="Text">The value.</param>
/// <param name="Place">For messages; empty for what the issuer fills in.</param>
internal readonly record struct PlanValue(string Name, string Text, string Place);

/// <summary>
/// What a vendor asks for in a license, in any YAML (<c>issuer/README.md</c>, "Plan"), with flags over it. It holds texts
/// only; what they must be like is for the license's own reader to say (<see cref="PlanText"/>), so that there is one
/// judge. Immutable.
/// </summary>
internal sealed class LicensePlan
{
    private readonly ImmutableDictionary<string, ImmutableArray<PlanValue>> _values;

    private LicensePlan(string file, ImmutableDictionary<string, ImmutableArray<PlanValue>> values) =>
        (File, _values) = (file, values);

    /// <summary>The file's name, for messages.</summary>
    internal string File { get; }

    /// <summary>The values under a key: none, one, or as many as a list or map has.</summary>
    internal ImmutableArray<PlanValue> this[string path] => _values.GetValueOrDefault(path, []);

    /// <summary>A plan that says nothing.</summary>
    internal static LicensePlan Empty(string file) => new(file, ImmutableDictionary.Create<string, ImmutableArray<PlanValue>>(StringComparer.Ordinal));

    /// <param name="text">The file's text.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="PlanException">No YAML, an unknown key, or a map or list where none belongs.</exception>
    internal static LicensePlan Read(string text, string file) => Read(text, file, isSigned: false);

    /// <summary>The plan that a signed license would be made from again: all that it says but its id and date of issue.</summary>
    /// <param name="text">The signed text.</param>
    /// <param name="file">What messages call it.</param>
    internal static LicensePlan OfSigned(string text, string file) =>
        // A quota that loses its last limit is an empty one, not a missing one.
        Read(text, file, isSigned: true).With("quota", new PlanValue("", "", ""));

    private static LicensePlan Read(string text, string file, bool isSigned)
    {
        try
        {
            var values = ImmutableDictionary.CreateBuilder<string, ImmutableArray<PlanValue>>(StringComparer.Ordinal);
            // What is signed is in its one spelling, where a bracket in a text is no nesting.
            new Reader(file, values, isSigned).Read(isSigned ? CanonicalYaml.Read(text) : YamlTree.ReadAny(text), "");
            return new LicensePlan(file, values.ToImmutable());
        }
        catch (YamlFormatException e)
        {
            throw new PlanException(Place(e.Line, file), e.Reason);
        }
    }

    /// <summary>The plan with these values in place of its own under that key.</summary>
    internal LicensePlan With(string path, params ImmutableArray<PlanValue> values)
    {
        // The two ways to say the end of the term, and names of texts, do not stand side by side.
        var others = path switch
        {
            PlanKey.Days => _values.Remove(PlanKey.Until),
            PlanKey.Until => _values.Remove(PlanKey.Days),
            _ => _values,
        };
        var kept = PlanKey.Find(path)?.Kind == PlanValueKind.Texts
            ? this[path].RemoveAll(value => values.Any(other => other.Name == value.Name))
            : [];
        return new LicensePlan(File, others.SetItem(path, [.. kept, .. values]));
    }

    /// <summary>The plan with what the issuer fills in where nothing is said.</summary>
    internal LicensePlan WithDefault(string path, params IEnumerable<string> texts) =>
        this[path].IsEmpty ? With(path, [.. texts.Select(static text => new PlanValue("", text, ""))]) : this;

    /// <summary>The same plan by another name.</summary>
    internal LicensePlan Named(string file) => new(file, _values);

    /// <summary>The plan with nothing under that key.</summary>
    internal LicensePlan Without(string path) => new(File, _values.Remove(path));

    private static string Place(int line, string file) => string.Create(CultureInfo.InvariantCulture, $"line {line} of {file}");

    private sealed class Reader(string file, ImmutableDictionary<string, ImmutableArray<PlanValue>>.Builder values, bool isSigned)
    {
        internal void Read(YamlMap map, string group)
        {
            foreach (var entry in map.Entries)
            {
                var path = group + entry.Key;
                if (PlanKey.IsGroup(path) && entry.Value is YamlMap { Entries.Count: > 0 } inner)
                    Read(inner, $"{path}.");
                else if (PlanKey.Find(path) is { } key)
                    ReadKey(key, entry);
                else if (PlanKey.IsGroup(path))
                    throw Error(entry.Value, $"'{path}' is no map of keys and values");
                else
                    throw Unknown(entry, path);
            }
        }

        private void ReadKey(PlanKey key, YamlEntry entry)
        {
            if (!key.IsFilledIn)
                values[key.Path] = ValuesOf(key, entry);
            else if (!isSigned)
                throw FilledIn(entry);
        }

        private ImmutableArray<PlanValue> ValuesOf(PlanKey key, YamlEntry entry) => (key.Kind, entry.Value) switch
        {
            (PlanValueKind.Empty, YamlMap) => [new PlanValue("", "", Place(entry.Line, file))],
            (PlanValueKind.Empty, _) => throw Error(entry.Value, $"'{key.Path}' is no map of keys and values; for a license without limits write '{key.Path}: {{}}'"),
            (PlanValueKind.List, YamlList list) => [.. list.Items.Select(item => Single(key.Path, "", item))],
            (PlanValueKind.List, _) => throw Error(entry.Value, $"'{key.Path}' is no list"),
            (PlanValueKind.Texts, YamlMap map) => [.. map.Entries.Select(text => Single($"{key.Path}.{text.Key}", text.Key, text.Value))],
            (PlanValueKind.Texts, _) => throw Error(entry.Value, $"'{key.Path}' is no map of names and texts"),
            _ => [Single(key.Path, "", entry.Value)],
        };

        private PlanValue Single(string path, string name, YamlNode node) => node is YamlScalar scalar
            ? new PlanValue(name, scalar.Value, Place(scalar.Line, file))
            : throw Error(node, $"'{path}' is no single value");

        private PlanException FilledIn(YamlEntry entry) =>
            new(Place(entry.Line, file), $"'{entry.Key}' is filled in when the license is signed; leave it out");

        private PlanException Unknown(YamlEntry entry, string path) => new(
            Place(entry.Line, file), $"'{path}' is no key of a license",
            NearestKey.Of(path) is { } nearest ? $"did you mean '{nearest}'?" : "plans/sample.yaml has every key, explained");

        private PlanException Error(YamlNode node, string reason) => new(Place(node.Line, file), reason);
    }
}
