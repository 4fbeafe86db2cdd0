using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// Asks for a license that is bound to an installation, <c>*.request</c>, a signed note by the installation's key
/// under the installation's name:
/// <code>
/// offline-license/request/v1
/// product openvidu-pro
/// installation offline-license/mfrggzdfmztwq2lknnwg23tpoa
/// key offline-license/mfrggzdfmztwq2lknnwg23tpoa+1a2b3c4d+AX…
/// </code>
/// Nobody needs to know the key before: its name is a hash of it. <c>verifier/README.md</c>, "Installation request".
/// Immutable.
/// </summary>
internal sealed record InstallationRequest
{
    private const string Format = "offline-license/request/v1";

    internal required string Product { get; init; }

    /// <summary>The installation's key, under the installation's name.</summary>
    internal required VerifierKey Key { get; init; }

    /// <summary>The installation's name.</summary>
    internal string Installation => Key.Name;

    /// <summary>
    /// Reads a request file. A good one proves that whoever wrote it holds the key that the name is made of, and
    /// nothing about who that is.
    /// </summary>
    /// <param name="untrustedFile">The file's bytes, at most 64 KiB.</param>
    internal static DocumentReading<InstallationRequest> Open(ReadOnlyMemory<byte> untrustedFile)
    {
        // The key stands in the text, so here the text comes before the signature that it is then checked with.
        try
        {
            var untrusted = Parse(SignedNote.SplitFile(untrustedFile, Limits.DocumentBytes).UntrustedText);
            return DocumentReading<InstallationRequest>.Open(untrustedFile, [untrusted.Key], Limits.DocumentBytes, Parse);
        }
        catch (NoteFormatException exception)
        {
            return DocumentReading<InstallationRequest>.Malformed(exception.Line, exception.Reason, exception.Hint);
        }
        catch (DocumentFormatException exception)
        {
            // Also for a later format: whose signature it would bear, this version cannot know.
            return DocumentReading<InstallationRequest>.Malformed(exception.Line, exception.Reason);
        }
    }

    /// <summary>What the installation with this key asks for.</summary>
    /// <param name="product">The product's name.</param>
    /// <param name="installationKey">The installation's key, under any name.</param>
    /// <exception cref="ArgumentException">The product's name is not one.</exception>
    internal static byte[] Sign(string product, SigningKey installationKey)
    {
        using var key = installationKey.WithName(InstallationName.Of(installationKey.VerifierKey.PublicKey));
        var request = new InstallationRequest { Product = product, Key = key.VerifierKey };
        return DocumentSigning.Sign(Print(request), Parse, Limits.DocumentBytes, key);
    }

    /// <exception cref="DocumentFormatException">The text is no installation request.</exception>
    internal static InstallationRequest Parse(string untrustedText)
    {
        var reader = new LineReader(untrustedText, Format);
        var product = reader.Value("product", FieldForm.NameProblem);
        var installation = reader.Value("installation");
        if (!InstallationName.IsInstallation(installation)) throw reader.Error($"'{installation}' is not the name of an installation");
        var key = reader.Key("key");
        if (key.Name != installation) throw reader.Error("the key bears another name than the installation");
        if (InstallationName.Of(key.PublicKey) != installation) throw reader.Error("the installation's name is not made of this key");
        var request = new InstallationRequest { Product = product, Key = key };
        reader.End(Print(request));
        return request;
    }

    internal static string Print(InstallationRequest request) =>
        $"{Format}\nproduct {request.Product}\ninstallation {request.Installation}\nkey {request.Key}\n";
}
