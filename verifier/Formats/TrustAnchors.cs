using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// What the operator's command believes: a file that the vendor's package puts beside the program, never one from a
/// folder that the licensee fills. It is not signed; whoever can change it can change the program.
/// <code>
/// offline-license/anchors/v1
/// product openvidu-pro
/// license vendor.example/licenses/2026+5bc96b5e+AXPgE0…
/// </code>
/// One or more <c>license</c> lines; or, for a vendor with trust documents, in their place
/// <code>
/// quorum 2
/// root vendor.example/roots/a+a1b2c3d4+AT…
/// root vendor.example/roots/b+b1c2d3e4+AX…
/// </code>
/// <c>verifier/README.md</c>, "Trust anchors". Immutable.
/// </summary>
internal sealed record TrustAnchors
{
    private readonly ValueList<VerifierKey> _licenseKeys = [];
    private readonly ValueList<VerifierKey> _roots = [];

    private const string Format = "offline-license/anchors/v1";

    internal required string Product { get; init; }

    /// <summary>The license keys, in the vendor's order; each once, and none where there are roots.</summary>
    internal IReadOnlyList<VerifierKey> LicenseKeys { get => _licenseKeys; init => _licenseKeys = ValueList.Of(value); }

    /// <summary>The roots, in the vendor's order; each once, 16 at most, and none where there are license keys.</summary>
    internal IReadOnlyList<VerifierKey> Roots { get => _roots; init => _roots = ValueList.Of(value); }

    /// <summary>How many roots must sign a trust document; 0 without roots.</summary>
    internal int Quorum { get; init; }

    /// <exception cref="ArgumentException">There is no key, or one stands twice.</exception>
    internal Trust ToTrust() => Roots.Count > 0 ? Trust.Rooted(Quorum, [.. Roots]) : Trust.Pinned([.. LicenseKeys]);

    /// <exception cref="DocumentFormatException">The text is no list of trust anchors.</exception>
    internal static TrustAnchors Parse(string text)
    {
        var reader = new LineReader(text, Format);
        var product = reader.Value("product", FieldForm.NameProblem);
        var anchors = reader.NextIs("quorum")
            ? new TrustAnchors { Product = product, Quorum = (int)Math.Min(reader.Number("quorum", least: 1), int.MaxValue), Roots = Keys(reader, "root") }
            : new TrustAnchors { Product = product, LicenseKeys = Keys(reader, "license") };
        reader.End(Print(anchors));
        if (anchors.Roots.Count > Limits.Signatures) throw reader.Error($"it has more than {Limits.Signatures} roots");
        return anchors.Quorum > anchors.Roots.Count ? throw reader.Error("the quorum is more than there are roots") : anchors;
    }

    internal static string Print(TrustAnchors anchors)
    {
        var text = new StringBuilder($"{Format}\nproduct {anchors.Product}\n");
        foreach (var key in anchors.LicenseKeys)
            text.Append("license ").Append(key).Append('\n');
        if (anchors.Roots.Count > 0)
            text.Append("quorum ").Append(ExactText.FormatNumber(anchors.Quorum)).Append('\n');
        foreach (var root in anchors.Roots)
            text.Append("root ").Append(root).Append('\n');
        return text.ToString();
    }

    private static List<VerifierKey> Keys(LineReader reader, string name)
    {
        var keys = new List<VerifierKey>();
        do
        {
            var key = reader.Key(name);
            if (keys.Exists(other => other.PublicKey.SequenceEqual(key.PublicKey))) throw reader.Error("this key stands here for the second time");
            keys.Add(key);
        }
        while (reader.NextIs(name));
        return keys;
    }
}
