namespace OfflineLicense.Verifier.Command;

/// <summary>A <see cref="Page"/> as plain text: no colour, no wrapping, columns two spaces apart.</summary>
internal static class PlainPage
{
    public static void Print(Page page, TextWriter output)
    {
        var isFirst = true;
        foreach (var part in page.Parts)
        {
            switch (part)
            {
                case PagePart.Title title:
                    if (!isFirst) output.WriteLine();
                    output.WriteLine($"{TerminalText.Escape(title.Text)}:");
                    break;
                case PagePart.Sentence sentence:
                    output.WriteLine(TerminalText.Escape(sentence.Text.Text));
                    break;
                case PagePart.Fields fields:
                    PrintRows(output, [.. fields.Rows.Select(static row => (string[])[row.Label, row.Value.Text])], static _ => false);
                    break;
                case PagePart.Grid grid:
                    var heads = grid.Columns.Select((_, column) => grid.Name(column)).ToArray();
                    PrintRows(output, [heads, .. grid.Rows.Select(static row => row.Select(static cell => cell.Text).ToArray())], grid.IsRight);
                    break;
            }

            isFirst = false;
        }
    }

    private static void PrintRows(TextWriter output, IReadOnlyList<string[]> rows, Func<int, bool> isRight)
    {
        var escaped = rows.Select(static row => Array.ConvertAll(row, TerminalText.Escape)).ToList();
        var widths = escaped[0].Select((_, column) => escaped.Max(row => row[column].Length)).ToArray();
        foreach (var row in escaped)
        {
            var cells = row.Select((cell, column) => isRight(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
