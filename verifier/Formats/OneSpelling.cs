namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// The rule that all texts share: what does not print back to the same text is refused, so that one meaning has one
/// spelling and nothing can ride along in a file unseen.
/// </summary>
internal static class OneSpelling
{
    /// <summary>Where a text first differs from what its meaning prints, or null where it does not.</summary>
    /// <returns>The line, from 1, and a reason that shows both spellings.</returns>
    internal static (int Line, string Reason)? Difference(string text, string printed)
    {
        if (text == printed) return null;
        var same = text.AsSpan().CommonPrefixLength(printed);
        var line = 1 + text.AsSpan(0, same).Count('\n');
        var (written, canonical) = (LineAround(text, same), LineAround(printed, same));
        return (line, (written, canonical) switch
        {
            (_, null) => $"'{written}' stands after the end of the text",
            (null, _) => $"the text ends where the one spelling goes on with '{canonical}'",
            _ when KeyOf(written) != KeyOf(canonical) => $"'{canonical}' belongs here, and not '{written}'",
            _ => $"the one spelling of '{written}' is '{canonical}'",
        });
    }

    // Of both sorts of text: a YAML key ends in a colon, a line's first word in a space.
    private static string KeyOf(string line) => line.TrimStart(' ').Split(' ', ':')[0];

    // The line that holds the character at this index; null at the end of the text.
    private static string? LineAround(string text, int index)
    {
        if (index >= text.Length) return null;
        var start = index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;
        var end = text.IndexOf('\n', index);
        return text[start..(end < 0 ? text.Length : end)];
    }
}
