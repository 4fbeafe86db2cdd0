using OfflineLicense.Issuer.Plans;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Home;

/// <summary>
/// The file <c>issuer.yaml</c>, which makes a folder a vendor's home; any YAML with these keys:
/// <code>
/// format: offline-license/issuer/v1
/// vendor: vendor.example
/// product: openvidu-pro
/// registry: registry.db
/// keys:
///   license:
///     - keys/licenses-2026.key
///   reply:
///     - keys/replies-2026.key
/// </code>
/// Files are named from the home's folder. The first key of a role signs; the others are trusted too. Immutable.
/// </summary>
internal sealed record HomeSettings
{
    internal const string FileName = "issuer.yaml";

    private const string Format = "offline-license/issuer/v1";

    internal required string Vendor { get; init; }

    internal required string Product { get; init; }

    internal required string Registry { get; init; }

    internal required IReadOnlyList<string> LicenseKeys { get; init; }

    internal required IReadOnlyList<string> ReplyKeys { get; init; }

    /// <summary>The roots' files; empty for a vendor whose products pin license keys.</summary>
    internal IReadOnlyList<string> RootKeys { get; init; } = [];

    /// <summary>What is wrong with a vendor's name, or null. Names of keys begin with it.</summary>
    internal static string? VendorProblem(string vendor) =>
        vendor == InstallationName.Prefix.TrimEnd('/') ? "is the beginning of customers' names" : FieldForm.NameProblem(vendor);

    /// <exception cref="HomeFormatException">A key is missing or not known, or a value is no good one.</exception>
    internal static HomeSettings Parse(string text)
    {
        try
        {
            var root = YamlTree.ReadAny(text);
            CheckKeys(root, "", "format", "vendor", "product", "registry", "keys");
            if (Single(root, "format").Value != Format)
                throw new HomeFormatException(root.Line, $"the format is not '{Format}'; a newer issuer may have written it");
            if (root.Find("keys") is not YamlMap keys)
                throw new HomeFormatException(root.Line, "'keys' is missing, or no map of roles");
            CheckKeys(keys, "keys.", "license", "reply", "root");
            return new HomeSettings
            {
                Vendor = Good(Single(root, "vendor"), VendorProblem),
                Product = Good(Single(root, "product"), FieldForm.NameProblem),
                Registry = Single(root, "registry").Value,
                LicenseKeys = Files(keys, "license"),
                ReplyKeys = Files(keys, "reply"),
                RootKeys = keys.Find("root") is null ? [] : Files(keys, "root"),
            };
        }
        catch (YamlFormatException e)
        {
            throw new HomeFormatException(e.Line, e.Reason);
        }
    }

    /// <summary>The text of a new home's file.</summary>
    internal static string Print(HomeSettings settings) => $"""
        # This folder is a vendor's home: here 'issuer' signs licenses and keeps the books. See issuer/README.md.
        format: {Format}
        # Names of keys begin with the vendor's.
        vendor: {settings.Vendor}
        product: {settings.Product}
        registry: {settings.Registry}
        # Which key file has which role. The first of a role signs; the others are trusted too.
        keys:
          license:
        {Lines(settings.LicenseKeys)}  reply:
        {Lines(settings.ReplyKeys)}
        """;

    /// <summary>The text with one more key file at the end of a role's list; all else, comments too, stays as it is.</summary>
    /// <exception cref="HomeFormatException">The list is written in a way that no line can be added to.</exception>
    internal static string AddKey(string text, KeyRole role, string file)
    {
        Parse(text);
        var name = VendorHome.Word(role);
        if (((YamlMap)YamlTree.ReadAny(text).Find("keys")!).Find(name) is null)
            return AddRole(text, name, file);
        var list = (YamlList)((YamlMap)YamlTree.ReadAny(text).Find("keys")!).Find(name)!;
        var last = list.Items[^1].Line;
        var lines = text.Split('\n').ToList();
        var indent = lines[last - 1].Length - lines[last - 1].TrimStart().Length;
        if (!lines[last - 1].TrimStart().StartsWith("- ", StringComparison.Ordinal))
            throw new HomeFormatException(list.Line, $"no line can be added to the list 'keys.{name}'; write it with one '- FILE' a line");

        lines.Insert(last, $"{lines[last - 1][..indent]}- {file}");
        return string.Join('\n', lines);
    }

    // Roots come later than the file: after the last key of the roles that are there.
    private static string AddRole(string text, string role, string file)
    {
        var roles = (YamlMap)YamlTree.ReadAny(text).Find("keys")!;
        var (key, last) = (roles.Entries[0].Line, roles.Entries.Select(static entry => entry.Value).OfType<YamlList>().Max(static list => list.Items[^1].Line));
        var lines = text.Split('\n').ToList();
        var indent = lines[key - 1][..(lines[key - 1].Length - lines[key - 1].TrimStart().Length)];
        if (indent.Length == 0)
            throw new HomeFormatException(key, $"no line can be added under 'keys'; write it with one role a line");
        lines.InsertRange(last, [$"{indent}{role}:", $"{indent}  - {file}"]);
        return string.Join('\n', lines);
    }

    private static string Lines(IEnumerable<string> files) => string.Concat(files.Select(static file => $"    - {file}\n"));

    private static void CheckKeys(YamlMap map, string path, params ReadOnlySpan<string> known)
    {
        foreach (var entry in map.Entries)
        {
            if (!known.Contains(entry.Key))
                throw new HomeFormatException(entry.Line, $"'{path}{entry.Key}' is not known here");
        }
    }

    private static YamlScalar Single(YamlMap map, string key) => map.Find(key) is YamlScalar { Value.Length: > 0 } scalar
        ? scalar
        : throw new HomeFormatException(map.Line, $"'{key}' is missing, or no single value");

    private static string Good(YamlScalar scalar, Func<string, string?> problem) => problem(scalar.Value) is { } reason
        ? throw new HomeFormatException(scalar.Line, $"'{scalar.Value}' {reason}")
        : scalar.Value;

    private static string[] Files(YamlMap keys, string role) => keys.Find(role) is YamlList { Items.Count: > 0 } list
        ? [.. list.Items.Select(item => item is YamlScalar { Value: { } file } && file.EndsWith(HomeKey.Extension, StringComparison.Ordinal)
            ? file
            : throw new HomeFormatException(item.Line, $"'keys.{role}' has an item that is no file *{HomeKey.Extension}"))]
        : throw new HomeFormatException(keys.Line, $"'keys.{role}' is missing, or no list of key files");
}
