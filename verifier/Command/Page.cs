namespace OfflineLicense.Verifier.Command;

/// <summary>How a piece of a page is meant, for its colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Warning,
    Bad,

    /// <summary>Worth less than the rest.</summary>
    Faint,
}

/// <summary>One text of a page, as it is: what came out of files is escaped where it is printed, and only there.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>
/// What a command answers to a person. It is put together once and printed in two ways: on a terminal with tables and
/// colours (<see cref="TerminalPage"/>), elsewhere as plain text that <c>grep</c> and <c>diff</c> like
/// (<see cref="PlainPage"/>). Not thread-safe.
/// </summary>
internal sealed class Page
{
    private readonly List<PagePart> _parts = [];

    public IReadOnlyList<PagePart> Parts => _parts;

    /// <summary>A heading over what follows.</summary>
    public Page Heading(string text) => Add(new PagePart.Title(text));

    /// <summary>A line of text; an empty one is a gap.</summary>
    public Page Line(string text = "", Tone tone = Tone.Plain) => Add(new PagePart.Sentence(new Cell(text, tone)));

    /// <summary>A label and its value. Fields that follow one another are aligned.</summary>
    public Page Field(string label, Cell value)
    {
        if (_parts is [.., PagePart.Fields last])
            last.Rows.Add((label, value));
        else
            _parts.Add(new PagePart.Fields([(label, value)]));
        return this;
    }

    /// <summary>A table. A column whose heading ends in <c>#</c> is aligned to the right, and loses that sign.</summary>
    public Page Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var all = rows.ToList();
        foreach (var row in all)
        {
            if (row.Count != columns.Count)
                throw new ArgumentException($"a row has {row.Count} cells, and the table {columns.Count} columns", nameof(rows));
        }

        return Add(new PagePart.Grid(columns, all));
    }

    /// <summary>Prints the page on standard output.</summary>
    public void Print(CommandConsole console)
    {
        if (console.IsOutputTerminal)
            TerminalPage.Print(this, console);
        else
            PlainPage.Print(this, console.Output);
    }

    private Page Add(PagePart part)
    {
        _parts.Add(part);
        return this;
    }
}

/// <summary>A part of a <see cref="Page"/>.</summary>
internal abstract record PagePart
{
    private PagePart()
    {
    }

    internal sealed record Title(string Text) : PagePart;

    internal sealed record Sentence(Cell Text) : PagePart;

    internal sealed record Fields(List<(string Label, Cell Value)> Rows) : PagePart;

    internal sealed record Grid(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : PagePart
    {
        public bool IsRight(int column) => Columns[column].EndsWith('#');

        public string Name(int column) => Columns[column].TrimEnd('#');
    }
}
