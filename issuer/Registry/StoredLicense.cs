using System.Text;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Registry;

/// <summary>A license that was signed, as the registry keeps it. The byte arrays are not to be changed.</summary>
internal sealed record StoredLicense
{
    private License? _license;

    internal required string Id { get; init; }

    /// <summary>The text's first line's value, <c>offline-license/license/v1</c>.</summary>
    internal required string Format { get; init; }

    /// <summary>Exactly the bytes that were signed: what a receipt's <c>holds</c> proves.</summary>
    internal required byte[] Text { get; init; }

    /// <summary>The whole file: text and signature lines.</summary>
    internal required byte[] Note { get; init; }

    internal required string Product { get; init; }

    internal required string Licensee { get; init; }

    /// <summary>The purpose in force, <c>production</c> where the text names none.</summary>
    internal required string Purpose { get; init; }

    internal required DateTimeOffset Issued { get; init; }

    internal required string? Replaces { get; init; }

    /// <summary>The verifier key, on its one line.</summary>
    internal required string SignedBy { get; init; }

    /// <summary>What the text says. It was read before it was stored.</summary>
    internal License License => _license ??= LicenseFormat.Parse(Encoding.UTF8.GetString(Text));

    /// <summary>What is stored of a license that its own reader accepted.</summary>
    /// <param name="signed">The license.</param>
    /// <param name="note">The file that it was read from.</param>
    internal static StoredLicense Of(SignedLicense signed, byte[] note) => new()
    {
        Id = signed.License.Id,
        Format = signed.Text[LicenseTable.FormatKey.Length..signed.Text.IndexOf('\n', StringComparison.Ordinal)],
        Text = signed.TextBytes,
        Note = note,
        Product = signed.License.Product,
        Licensee = signed.License.Licensee,
        Purpose = signed.License.PurposeInForce,
        Issued = signed.License.Issued,
        Replaces = signed.License.Replaces,
        SignedBy = signed.SignedBy.ToString(),
    };
}
