using System.CommandLine;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Command;

/// <summary><c>offline-license status</c>: where this node stands, why, and what comes when.</summary>
internal static class StatusCommand
{
    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var at = new Option<string?>("--at")
        {
            HelpName = "DATE",
            Description = "What will be then, as if this node were off until then: 2027-01-15, 2027-01-15T10:00:00Z, or +30d",
        };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand(
            "status", "Where this node stands, why, and what will happen when. Writes nothing, and works beside a running product.")
        {
            at, json,
        };
        command.SetAction(parsed =>
        {
            var product = products.OfExisting(parsed, mayBeNew: true);
            var foretelling = Node.Foretell(product.ToNode());
            var answer = parsed.GetValue(at) is { } date
                ? AnswerAt(product, foretelling, TimeOf(date, foretelling.Now.At))
                : new StatusAnswer { Product = product, Verdict = foretelling.Now, TimeLine = foretelling.TimeLine() };
            answer = answer with { Verdict = WithWhatOnlyFilesTell(answer.Verdict, product, isNow: answer.AskedAt is null) };
            if (parsed.GetValue(json))
                StatusJson.Print(console, answer);
            else
                StatusPage.Of(answer).Print(console);
        });
        return command;
    }

    private static StatusAnswer AnswerAt(ProductFiles product, Foretelling foretelling, DateTimeOffset at) => new()
    {
        Product = product,
        AskedAt = foretelling.Now.At,
        Verdict = foretelling.WhenOff(at),
        WhenRunning = foretelling.WhenRunning(at),
        TimeLine = foretelling.TimeLine(at),
    };

    private static Verdict WithWhatOnlyFilesTell(Verdict verdict, ProductFiles product, bool isNow) => verdict with
    {
        Warnings = isNow && WritingTrouble.Of(product) is { } trouble ? [.. verdict.Warnings, trouble] : verdict.Warnings,
        NotCounting = [.. verdict.NotCounting, .. ReplyFiles.NotCounting(product)],
    };

    private static DateTimeOffset TimeOf(string date, DateTimeOffset now)
    {
        if (date is ['+', .. var length] && Duration.TryParse(length, out var duration))
            return GraceRule.After(now, duration.Value);
        var text = date.Length == "2027-01-15".Length ? date + "T00:00:00Z" : date;
        if (!ExactText.TryParseTime(text, out var time))
            throw new CommandFailure($"'{date}' is no time", "give a day, 2027-01-15, a moment in UTC, 2027-01-15T10:00:00Z, or how far from now, +30d", ExitCode.Usage);
        return time > now ? time : throw new CommandFailure(
            $"{Words.Date(time)} is not in the future: this node's time is {Words.Date(now)}",
            "'offline-license status' tells what is now, and 'offline-license receipts' what was", ExitCode.Usage);
    }
}

/// <summary>What <c>status</c> answers. Immutable.</summary>
internal sealed record StatusAnswer
{
    public required ProductFiles Product { get; init; }

    /// <summary>When it was asked about a later time; null for now.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>What holds: now, or at the time asked about if the node is off until then.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What holds at the time asked about if the node runs until then; null for now.</summary>
    public Verdict? WhenRunning { get; init; }

    /// <summary>What changes from now on, up to the time asked about.</summary>
    public required IReadOnlyList<ForetoldChange> TimeLine { get; init; }
}
