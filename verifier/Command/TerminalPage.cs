using System.Text;
using Spectre.Console;

namespace OfflineLicense.Verifier.Command;

/// <summary>A <see cref="Page"/> on a terminal, through Spectre.Console.</summary>
internal static class TerminalPage
{
    public static void Print(Page page, CommandConsole console)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = console.UsesColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new Output(console),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        var isFirst = true;
        foreach (var part in page.Parts)
        {
            switch (part)
            {
                case PagePart.Title title:
                    if (!isFirst) terminal.WriteLine();
                    terminal.Write(new Text(TerminalText.Escape(title.Text), new Style(decoration: Decoration.Bold)));
                    terminal.WriteLine();
                    break;
                case PagePart.Sentence sentence:
                    terminal.Write(TextOf(sentence.Text));
                    terminal.WriteLine();
                    break;
                case PagePart.Fields fields:
                    terminal.Write(GridOf(fields));
                    break;
                case PagePart.Grid grid:
                    terminal.Write(TableOf(grid));
                    break;
            }

            isFirst = false;
        }
    }

    private static Grid GridOf(PagePart.Fields fields)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        foreach (var (label, value) in fields.Rows)
            grid.AddRow(TextOf(new Cell(label, Tone.Faint)), TextOf(value));
        return grid;
    }

    private static Table TableOf(PagePart.Grid grid)
    {
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = new Style(decoration: Decoration.Dim) };
        for (var column = 0; column < grid.Columns.Count; column++)
        {
            var head = new TableColumn(new Text(TerminalText.Escape(grid.Name(column)), new Style(decoration: Decoration.Bold)));
            table.AddColumn(grid.IsRight(column) ? head.RightAligned() : head);
        }

        foreach (var row in grid.Rows)
            table.AddRow(row.Select(TextOf));
        return table;
    }

    // Text, never markup: a file's brackets are brackets.
    private static Text TextOf(Cell cell) => new(TerminalText.Escape(cell.Text), cell.Tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Olive),
        Tone.Bad => new Style(Color.Maroon, decoration: Decoration.Bold),
        Tone.Faint => new Style(decoration: Decoration.Dim),
        _ => Style.Plain,
    });

    private sealed class Output(CommandConsole console) : IAnsiConsoleOutput
    {
        public TextWriter Writer => console.Output;

        public bool IsTerminal => console.IsOutputTerminal;

        public int Width => console.Width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The console has set it: UTF-8, everywhere.
        }
    }
}
