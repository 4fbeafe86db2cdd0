using System.Buffers;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// The forms of single values that several formats share. Each answers what is wrong with a value, or null when it is
/// a good one.
/// </summary>
internal static class FieldForm
{
    /// <summary>Bytes of UTF-8 of any text in a license: a page for people, and no place to hide a file.</summary>
    internal const int TextBytes = 1024;

    /// <summary>UTF-16 code units of a licensee: the longest registered names of companies have about 160.</summary>
    internal const int LicenseeLength = 200;

    private const string LowerCaseDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(LowerCaseDigits + ".-");

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create(LowerCaseDigits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");

    /// <summary>A product or a purpose, <c>[a-z0-9][a-z0-9.-]{0,62}</c>: they name folders and files.</summary>
    internal static string? NameProblem(string value) =>
        value.Length is >= 1 and <= 63 && char.IsAsciiLetterOrDigit(value[0]) && value.AsSpan().IndexOfAnyExcept(NameCharacters) < 0
            ? null
            : "is not 1 to 63 of a-z 0-9 . - that begin with a letter or digit";

    /// <summary>A key of the free maps, <c>[A-Za-z][A-Za-z0-9._-]{0,63}</c>.</summary>
    internal static string? KeyProblem(string value) =>
        value.Length is >= 1 and <= 64 && char.IsAsciiLetter(value[0]) && value.AsSpan().IndexOfAnyExcept(KeyCharacters) < 0
            ? null
            : "is not 1 to 64 of A-Z a-z 0-9 . _ - that begin with a letter";

    /// <summary>A licensee stands alone on a line of a reply, so it holds nothing that could end or hide one.</summary>
    internal static string? LicenseeProblem(string value)
    {
        if (value.Length is 0 or > LicenseeLength) return $"has {value.Length} characters, not 1 to {LicenseeLength}";
        if (char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1])) return "begins or ends with a space";
        foreach (var character in value)
        {
            if (char.IsControl(character) || character is '\u2028' or '\u2029') return "holds a newline or another control character";
        }

        return TextProblem(value);
    }

    /// <summary>Any text, newlines included.</summary>
    internal static string? TextProblem(string value)
    {
        for (var rest = value.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done) return "holds half of a surrogate pair";
            rest = rest[length..];
        }

        return value.Length * 3 > TextBytes && Encoding.UTF8.GetByteCount(value) > TextBytes
            ? $"is longer than {TextBytes} bytes of UTF-8"
            : null;
    }

    /// <summary>A verifier key in YAML: its name may begin with anything, but here it must be able to stand plain.</summary>
    internal static string? PlainKeyProblem(string value) => !CanonicalScalar.IsPlain(value)
        ? $"names '{value}', which does not begin with a letter or digit"
        : VerifierKey.FormProblem(value, out _, out _) is { } problem ? $"names '{value}': {problem}" : null;

    internal static string? UlidProblem(string value) =>
        Ulid.IsUlid(value) ? null : "is no ULID of 26 characters in upper case";
}
