using System.Text;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// Licenses given as text in an environment variable, as operators of containers do: one as it is, or several, each
/// armored. They are candidates like files, signed like files, and turn nothing off. A variable does not change while a
/// process runs, so it is read once. Pure but for the one call that asks the environment.
/// </summary>
internal static class EnvironmentLicenses
{
    /// <summary>The variable's name where a product does not say another.</summary>
    public const string DefaultVariable = "OFFLINE_LICENSE";

    /// <summary>How many licenses are read of it: one for now and one for the next term are usual.</summary>
    public const int MostLicenses = 16;

    /// <summary>How many characters: more than Linux lets one variable have.</summary>
    public const int MostCharacters = 128 * 1024;

    private const string Begin = "-----BEGIN OFFLINE LICENSE-----";

    private const string Mend = "set it to the whole text of a license, best armored, and start the product again";

    private const string LostLines =
        "its lines were lost on the way: give it armored, where spaces do for newlines, and start the product again";

    /// <summary>The variable of this process; null where it is not set.</summary>
    public static string? OfProcess(string variable) => Environment.GetEnvironmentVariable(variable);

    /// <summary>Reads what the variable of a node holds; nothing where there is none, or it is empty.</summary>
    public static IReadOnlyList<LicenseCandidate> Read(NodeOptions options, Trust trust) =>
        options.LicenseVariable is { } variable && options.ReadVariable(variable) is { } text
            ? Open(text, $"the environment variable {variable}", trust)
            : [];

    private static List<LicenseCandidate> Open(string untrusted, string source, Trust trust)
    {
        // Files of variables leave quotes in that a shell takes away.
        var text = untrusted.AsSpan().Trim().Trim("\"'").Trim();
        if (text.IsEmpty)
            return [];
        if (text.Length > MostCharacters)
            return [Broken(source, $"it has more than {Words.Number(MostCharacters)} characters")];
        var pieces = Split(text.ToString());
        var opened = pieces.Take(MostLicenses)
            .Select((piece, i) => OpenPiece(piece, pieces.Count == 1 ? source : $"license {Words.Number(i + 1)} in {source}", trust))
            .ToList();
        if (pieces.Count > MostLicenses)
            opened.Add(Broken(source, $"it holds {Words.Number(pieces.Count)} licenses, and only the first {Words.Number(MostLicenses)} are looked at"));
        return opened;
    }

    private static LicenseCandidate OpenPiece(string piece, string source, Trust trust)
    {
        var candidate = LicenseFile.Of(Encoding.UTF8.GetBytes(piece), source, trust);
        return candidate.Broken is { Code: ReasonCode.Malformed or ReasonCode.BadSignature } broken
            ? candidate with { Broken = broken with { Mend = piece.Contains('\n', StringComparison.Ordinal) ? Mend : LostLines } }
            : candidate;
    }

    // Armor says where it begins, so several can follow each other. It holds no backslash, so an escape in it is a newline.
    private static List<string> Split(string text) => text.StartsWith(Begin, StringComparison.Ordinal)
        ? [.. text.Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal)
            .Split(Begin).Skip(1).Select(static rest => Begin + rest)]
        : [text];

    private static LicenseCandidate Broken(string source, string sentence) => new()
    {
        File = source,
        Broken = new Reason { Code = ReasonCode.Malformed, Sentence = sentence, Mend = Mend, File = source },
    };
}
