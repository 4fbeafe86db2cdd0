using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace OfflineLicense.Keys;

/// <summary>
/// The one spelling of a scalar in canonical YAML. A *typed* value (time, number, id, name) is always plain. A *text*
/// is plain when it can be, else a JSON string. <see cref="CanonicalYaml"/> has the rules of whole texts.
/// </summary>
internal static class CanonicalScalar
{
    private static readonly SearchValues<char> s_keyCharacters =
        SearchValues.Create("-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> s_escaped =
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(static code => (char)code).Where(MustEscape)]);

    // What YAML 1.1 or 1.2 readers take for something other than text (yaml.org/type/bool.html, null.html).
    private static readonly HashSet<string> s_notText = new(StringComparer.OrdinalIgnoreCase)
    {
        "true", "false", "null", "yes", "no", "on", "off", "y", "n",
    };

    /// <summary>
    /// Whether the value can stand plain: begins with an ASCII letter or digit; holds no <c>: </c> and no <c> #</c>;
    /// ends in neither colon nor space; nothing in it needs an escape.
    /// </summary>
    internal static bool IsPlain(ReadOnlySpan<char> value) =>
        !value.IsEmpty && char.IsAsciiLetterOrDigit(value[0]) && value[^1] is not (':' or ' ')
        && value.IndexOf(": ") < 0 && value.IndexOf(" #") < 0 && !value.ContainsAny(s_escaped);

    /// <summary>Whether a text is written plain: it can be, begins with a letter, and is no word with a meaning in YAML.</summary>
    internal static bool IsPlainText(string text) =>
        IsPlain(text) && char.IsAsciiLetter(text[0]) && !s_notText.Contains(text);

    /// <summary>
    /// Whether a key is written plain: ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>/</c>, a letter
    /// first, and no word with a meaning in YAML. Narrower than for texts, because parsers differ on plain keys: the
    /// one here takes the colon after <c>a *b</c> for a part of the key.
    /// </summary>
    internal static bool IsPlainKey(string key) =>
        key.Length > 0 && char.IsAsciiLetter(key[0]) && !key.AsSpan().ContainsAnyExcept(s_keyCharacters) && !s_notText.Contains(key);

    /// <summary>Appends a text in its one spelling.</summary>
    /// <exception cref="ArgumentException">The text is not valid Unicode.</exception>
    internal static void AppendText(StringBuilder target, string text) => Append(target, text, IsPlainText(text));

    /// <summary>Appends a key in its one spelling.</summary>
    /// <exception cref="ArgumentException">The key is not valid Unicode.</exception>
    internal static void AppendKey(StringBuilder target, string key) => Append(target, key, IsPlainKey(key));

    /// <summary>Reads the JSON string that the text begins with.</summary>
    /// <returns>Whether there is one, with exactly the escapes that are written here.</returns>
    internal static bool TryReadQuoted(
        ReadOnlySpan<char> untrusted, [NotNullWhen(true)] out string? value, out int length)
    {
        (value, length) = (null, 0);
        var end = ClosingQuote(untrusted);
        if (end < 0)
            return false;
        var text = new StringBuilder();
        for (var i = 1; i < end; i++)
        {
            if (untrusted[i] != '\\')
                text.Append(untrusted[i]);
            else if (untrusted[++i] is 'n')
                text.Append('\n');
            else if (untrusted[i] is '"' or '\\')
                text.Append(untrusted[i]);
            else if (untrusted[i] is 'u' && TryReadHex(untrusted[..end], i + 1, out var escaped))
                (_, i) = (text.Append(escaped), i + 4);
            else
                return false;
        }

        // One spelling: what was read must print back, by which every other choice of escapes is refused.
        (value, length) = (text.ToString(), end + 1);
        var printed = new StringBuilder();
        AppendQuoted(printed, value);
        return printed.Equals(untrusted[..length]);
    }

    private static void Append(StringBuilder target, string text, bool isPlain)
    {
        if (!IsWellFormed(text))
            throw new ArgumentException("the text is not valid Unicode", nameof(text));
        if (isPlain)
            target.Append(text);
        else
            AppendQuoted(target, text);
    }

    private static int ClosingQuote(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != '"')
            return -1;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
                return i;
            if (text[i] == '\\')
                i++;
        }

        return -1;
    }

    private static bool TryReadHex(ReadOnlySpan<char> text, int start, out char value)
    {
        value = '\0';
        if (start + 4 > text.Length
            || !ushort.TryParse(text.Slice(start, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        value = (char)code;
        return true;
    }

    private static void AppendQuoted(StringBuilder target, string text)
    {
        target.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                target.Append('\\').Append(c);
            else if (c == '\n')
                target.Append("\\n");
            else if (MustEscape(c))
                target.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                target.Append(c);
        }

        target.Append('"');
    }

    // Control characters; line separators and the byte-order mark, which readers of YAML take for layout; what turns
    // the direction of text, so that a person would read something else than is signed; and the two noncharacters.
    private static bool MustEscape(char c) =>
        c is < '\u0020' or (>= '\u007F' and <= '\u009F')
            or '\u2028' or '\u2029' or '\uFEFF'
            or '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')
            or '\uFFFE' or '\uFFFF';

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
                return false;
        }

        return true;
    }
}
