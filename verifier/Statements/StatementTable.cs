using System.Globalization;
using System.Text;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// Aligned columns: numbers to the right and in plain digits, so that they can be pasted into a sheet; text to the left;
/// two spaces before and between them, none at a line's end. Not thread-safe.
/// </summary>
/// <param name="headings">What stands above the columns.</param>
internal sealed class StatementTable(params string[] headings)
{
    private readonly List<IReadOnlyList<StatementCell>> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Adds a row of as many cells as there are headings.</summary>
    public void Row(params IReadOnlyList<StatementCell> cells)
    {
        if (cells.Count != headings.Length)
            throw new ArgumentException($"a row has one cell for each heading: {string.Join(", ", headings)}", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>Adds a line over the rows that follow.</summary>
    public void Line(string text) => _rows.Add([text]);

    /// <summary>Writes the headings, unless all are empty, and the rows.</summary>
    public void Print(StringBuilder text)
    {
        var cells = _rows.Where(row => row.Count == headings.Length).ToList();
        var columns = Enumerable.Range(0, headings.Length).Select(column => (
            Width: cells.Select(row => row[column].Text.Length).Append(headings[column].Length).Max(),
            IsNumber: cells.Exists(row => row[column].IsNumber))).ToList();
        if (headings.Any(heading => heading.Length > 0))
            Print(text, [.. headings.Select(heading => (StatementCell)heading)]);
        foreach (var row in _rows)
        {
            if (row.Count == headings.Length)
                Print(text, row);
            else
                text.Append("  ").Append(row[0].Text).Append('\n');
        }

        void Print(StringBuilder text, IReadOnlyList<StatementCell> row)
        {
            var line = new StringBuilder();
            foreach (var (cell, (width, isNumber)) in row.Zip(columns))
                line.Append("  ").Append(isNumber ? cell.Text.PadLeft(width) : cell.Text.PadRight(width));
            text.Append(line.ToString().TrimEnd(' ')).Append('\n');
        }
    }
}

/// <summary>A cell: text, or a number, which knows on which side it stands.</summary>
internal readonly record struct StatementCell(string Text, bool IsNumber)
{
    public static implicit operator StatementCell(string text) => new(text, IsNumber: false);

    public static implicit operator StatementCell(long number) => new(number.ToString(CultureInfo.InvariantCulture), IsNumber: true);

    public static implicit operator StatementCell(Int128 number) => new(number.ToString(CultureInfo.InvariantCulture), IsNumber: true);
}
