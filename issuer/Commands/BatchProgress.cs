using System.Globalization;
using System.Text;
using OfflineLicense.Verifier.Command;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OfflineLicense.Issuer.Commands;

/// <summary>Long work with a bar on the terminal: how much is done, at what rate, and how long it will take. No terminal, no bar.</summary>
internal static class BatchProgress
{
    /// <param name="console">The bar is on its standard error, so that answers can be piped.</param>
    /// <param name="what">What is being done.</param>
    /// <param name="count">How many steps it has.</param>
    /// <param name="work">The work, which calls what it is given after each step, on any thread.</param>
    internal static T Show<T>(CommandConsole console, string what, int count, Func<Action, T> work)
    {
        if (!console.IsErrorTerminal) return work(static () => { });
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = console.UsesColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new ErrorOutput(console),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        return terminal.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(what, maxValue: count);
                return work(() => task.Increment(1));
            });
    }

    private sealed class RateColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Speed is { } speed ? string.Create(CultureInfo.InvariantCulture, $"{speed:#,##0}/s") : "");
    }

    private sealed class ErrorOutput(CommandConsole console) : IAnsiConsoleOutput
    {
        public TextWriter Writer => console.Error;

        public bool IsTerminal => console.IsErrorTerminal;

        public int Width => console.Width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The console has set it: UTF-8, everywhere.
        }
    }
}
