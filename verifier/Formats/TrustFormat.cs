using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// The text of a trust document, <c>*.trust</c>, a signed note by roots; canonical YAML with these keys in this order:
/// <code>
/// format: offline-license/trust/v1
/// version: 3
/// issued: 2026-11-22T10:00:00Z
/// roots:
///   - vendor.example/roots/a+a1b2c3d4+AT…
///   - vendor.example/roots/b+b1c2d3e4+AX…
/// quorum: 2
/// keys:
///   - key: vendor.example/licenses/2027+c1d2e3f4+AV…
///     role: license
///     from: 2026-11-22T00:00:00Z
///     until: 2028-01-01T00:00:00Z
/// revoked:
///   keys:
///     - key: vendor.example/licenses/2026+d1e2f3a4+AZ…
///       stays-good:
///         - 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
///   licenses:
///     - 01JDA7X0R3Q8N5V2K6T9W4M1ZC
/// </code>
/// Required are <c>format</c>, <c>version</c>, <c>issued</c>, <c>roots</c>, <c>quorum</c>, and of a key all but
/// <c>until</c>; what is absent is left out. <c>verifier/README.md</c>, "Trust document".
/// </summary>
internal static class TrustFormat
{
    internal const string Format = "offline-license/trust/v1";

    // In the order of the enumeration's values.
    private static readonly string[] Roles = ["license", "reply"];

    /// <summary>A role as the text spells it.</summary>
    internal static string Word(TrustedRole role) => Roles[(int)role];

    /// <exception cref="DocumentFormatException">The text is no trust document, or not in the one spelling.</exception>
    internal static TrustDocument Parse(string untrustedText)
    {
        var document = Read(YamlText.Read(untrustedText, Format));
        return OneSpelling.Difference(untrustedText, Print(document)) is var (line, reason)
            ? throw new DocumentFormatException(line, reason)
            : document;
    }

    internal static string Print(TrustDocument document)
    {
        var yaml = new CanonicalYamlWriter();
        yaml.Plain("format", Format);
        yaml.Plain("version", ExactText.FormatNumber(document.Version));
        yaml.Plain("issued", ExactText.FormatTime(document.Issued));
        List(yaml, "roots", document.Roots.Select(static root => root.ToString()));
        yaml.Plain("quorum", ExactText.FormatNumber(document.Quorum));
        Maps(yaml, "keys", document.Keys, static (yaml, key) =>
        {
            yaml.Plain("key", key.Key.ToString());
            yaml.Plain("role", Word(key.Role));
            yaml.Plain("from", ExactText.FormatTime(key.From));
            if (key.Until is { } until) yaml.Plain("until", ExactText.FormatTime(until));
        });
        if (document.RevokedKeys.Count + document.RevokedLicenses.Count == 0) return yaml.ToString();

        yaml.Begin("revoked");
        Maps(yaml, "keys", document.RevokedKeys, static (yaml, revoked) =>
        {
            yaml.Plain("key", revoked.Key.ToString());
            List(yaml, "stays-good", revoked.StaysGood);
        });
        List(yaml, "licenses", document.RevokedLicenses);
        yaml.End();
        return yaml.ToString();
    }

    private static TrustDocument Read(YamlMap map)
    {
        var root = new DocumentFields(map, "", "format", "version", "issued", "roots", "quorum", "keys", "revoked");
        var revoked = root.Map("revoked", "keys", "licenses");
        var document = new TrustDocument
        {
            Version = root.Number("version", least: 1) ?? throw root.Missing("version"),
            Issued = root.Time("issued") ?? throw root.Missing("issued"),
            Roots = Roots(root),
            Quorum = (int)(root.Number("quorum", least: 1, most: Limits.Signatures) ?? throw root.Missing("quorum")),
            Keys = [.. root.Maps("keys", "key", "role", "from", "until").Select(Key)],
            RevokedKeys = [.. revoked?.Maps("keys", "key", "stays-good").Select(Revoked) ?? []],
            RevokedLicenses = revoked is null ? [] : Sorted(revoked, "licenses", FieldForm.UlidProblem),
        };
        if (document.Quorum > document.Roots.Count) throw root.Error("quorum", "is more than there are roots, so nobody could sign the next version");
        return TwoRoles(document) is { } twice
            ? throw root.Error("roots", $"and keys have one public key in two places, {twice.Name}: a public key has one role, or is revoked")
            : document;
    }

    private static VerifierKey[] Roots(DocumentFields root)
    {
        var lines = root.List("roots", static line => FieldForm.PlainKeyProblem(line)
            ?? (VerifierKey.TryParse(line, out _) ? null : "names a key that is no point of prime order; anyone could sign for it"));
        return lines.Length switch
        {
            0 => throw root.Missing("roots"),
            > Limits.Signatures => throw root.Error("roots", $"has more than {Limits.Signatures}, which is how many signatures a file can have"),
            _ => Array.ConvertAll(lines, VerifierKey.Parse),
        };
    }

    private static TrustedKey Key(DocumentFields fields)
    {
        var key = new TrustedKey
        {
            Key = fields.Key("key") ?? throw fields.Missing("key"),
            Role = (TrustedRole)(fields.Choice("role", Roles) ?? throw fields.Missing("role")),
            From = fields.Time("from") ?? throw fields.Missing("from"),
            Until = fields.Time("until"),
        };
        return key.Until <= key.From ? throw fields.Error("until", "is not later than 'from'") : key;
    }

    private static RevokedKey Revoked(DocumentFields fields) => new()
    {
        Key = fields.Key("key") ?? throw fields.Missing("key"),
        StaysGood = Sorted(fields, "stays-good", static name =>
            name.Length == 64 && name.All(char.IsAsciiHexDigitLower) ? null : $"holds '{name}', which is no SHA-256 in lower-case hexadecimal"),
    };

    private static string[] Sorted(DocumentFields fields, string key, Func<string, string?> problem)
    {
        var items = fields.List(key, problem);
        for (var i = 1; i < items.Length; i++)
        {
            if (string.CompareOrdinal(items[i - 1], items[i]) > 0) throw fields.Error(key, "is not in ordinal order, which is the one spelling");
        }

        return items;
    }

    // By the 32 bytes: under another name it is the same key.
    private static VerifierKey? TwoRoles(TrustDocument document)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return document.Roots
            .Concat(document.Keys.Select(static key => key.Key))
            .Concat(document.RevokedKeys.Select(static revoked => revoked.Key))
            .FirstOrDefault(key => !seen.Add(Convert.ToBase64String(key.PublicKey)));
    }

    private static void List(CanonicalYamlWriter yaml, string key, IEnumerable<string> items)
    {
        if (!items.Any()) return;
        yaml.Begin(key);
        foreach (var item in items) yaml.PlainItem(item);
        yaml.End();
    }

    private static void Maps<T>(CanonicalYamlWriter yaml, string key, IReadOnlyList<T> items, Action<CanonicalYamlWriter, T> print)
    {
        if (items.Count == 0) return;
        yaml.Begin(key);
        foreach (var item in items)
        {
            yaml.BeginItem();
            print(yaml, item);
            yaml.End();
        }

        yaml.End();
    }
}
