using System.Globalization;
using System.Text;

namespace OfflineLicense.Verifier;

/// <summary>Text that came in a file, made safe for a terminal.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Writes as <c>\u{XXXX}</c> what could steer a terminal or show a line other than it is: control characters, line
    /// and paragraph separators, format characters (the bidirectional controls, zero-width ones, the byte-order mark),
    /// unpaired surrogates and characters that Unicode has not assigned. All else stays as it is, so the text of an
    /// ordinary name is not touched.
    /// </summary>
    internal static string Escape(string untrustedText)
    {
        var escaped = new StringBuilder(untrustedText.Length);
        for (var rest = untrustedText.AsSpan(); !rest.IsEmpty;)
        {
            var whole = Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (whole && IsPlain(rune))
                escaped.Append(rest[..length]);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{(whole ? rune.Value : rest[0]):X4}}}");
            rest = rest[length..];
        }

        return escaped.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.PrivateUse);
}
