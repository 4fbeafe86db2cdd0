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
/// One or more <c>license</c> lines. <c>verifier/README.md</c>, "Trust anchors". Immutable.
/// </summary>
internal sealed record TrustAnchors
{
    private readonly ValueList<VerifierKey> _licenseKeys = [];

    private const string Format = "offline-license/anchors/v1";

    internal required string Product { get; init; }

    /// <summary>The license keys, in the vendor's order; at least one, each once.</summary>
    internal required IReadOnlyList<VerifierKey> LicenseKeys { get => _licenseKeys; init => _licenseKeys = ValueList.Of(value); }

    /// <exception cref="ArgumentException">There is no key, or one stands twice.</exception>
    internal Trust ToTrust() => Trust.Pinned([.. LicenseKeys]);

    /// <exception cref="DocumentFormatException">The text is no list of trust anchors.</exception>
    internal static TrustAnchors Parse(string text)
    {
        var reader = new LineReader(text, Format);
        var product = reader.Value("product", FieldForm.NameProblem);
        var keys = new List<VerifierKey>();
        do
        {
            var key = reader.Key("license");
            if (keys.Contains(key)) throw reader.Error("this key stands here for the second time");
            keys.Add(key);
        }
        while (reader.NextIs("license"));
        var anchors = new TrustAnchors { Product = product, LicenseKeys = keys };
        reader.End(Print(anchors));
        return anchors;
    }

    internal static string Print(TrustAnchors anchors)
    {
        var text = new StringBuilder($"{Format}\nproduct {anchors.Product}\n");
        foreach (var key in anchors.LicenseKeys)
            text.Append("license ").Append(key).Append('\n');
        return text.ToString();
    }
}
