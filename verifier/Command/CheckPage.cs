using System.Globalization;
using OfflineLicense.Verifier.Check;

namespace OfflineLicense.Verifier.Command;

/// <summary>What a check found, in words and as JSON.</summary>
internal static class CheckPage
{
    public static Page Of(IReadOnlyList<LedgerReport> reports)
    {
        var page = new Page();
        foreach (var report in reports)
            Add(page.Heading(report.Ledger ?? report.Place), report);
        if (reports.Count < 2) return page;
        var worst = reports.Max(static report => report.Outcome);
        return page.Line().Line(
            $"{CountOf(reports)}: " + string.Join(", ", reports
                .GroupBy(static report => report.Outcome).OrderBy(static group => group.Key)
                .Select(static group => $"{Words.Number(group.Count())} {Word(group.Key)}")),
            ToneOf(worst));
    }

    public static void PrintJson(CommandConsole console, IReadOnlyList<LedgerReport> reports) => JsonAnswer.Print(console, json =>
    {
        json.WriteString("outcome", Word(reports.Count == 0 ? CheckOutcome.Good : reports.Max(static report => report.Outcome)));
        json.WriteStartArray("ledgers");
        foreach (var report in reports)
            CheckJson.Write(json, report);
        json.WriteEndArray();
    });

    /// <summary>An outcome in a word.</summary>
    public static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Good => "good",
        CheckOutcome.Torn => "torn",
        CheckOutcome.Inconsistent => "inconsistent",
        CheckOutcome.NotReceipts => "no receipts file",
        CheckOutcome.Unreadable => "unreadable",
        CheckOutcome.Forked => "forked",
        _ => "damaged",
    };

    private static string CountOf(IReadOnlyList<LedgerReport> reports)
    {
        var ledgers = reports.Select(static report => report.Ledger ?? report.Place).Distinct(StringComparer.Ordinal).Count();
        return (ledgers < reports.Count ? $"{Words.Number(reports.Count)} copies of " : "") + Words.Count(ledgers, "ledger");
    }

    private static void Add(Page page, LedgerReport report)
    {
        page.Field("result", new Cell(Result(report), ToneOf(report.Outcome)));
        page.Field(report.IsFolder ? "folder" : "file", report.Place);
        if (report.Good is { } good)
        {
            page.Field("receipts", Receipts(report))
                .Field("good up to", $"seq {Words.Number(good.Size - 1)}, signed in {Place(good.File, good.SignatureLine)}");
        }

        if (report.IsPruned || (report.Start > 0 && !report.IsFolder))
            page.Field("before", $"{Words.Count(report.Start, "receipt")} {(report.IsPruned ? "that were pruned here" : "that are not in this file")}");
        if (report.Fork is { } fork)
            page.Field("fork", new Cell($"{Place(fork.File, fork.Line)}: {Parting(fork)} in {fork.Other}", Tone.Bad));
        if (report is { IsUnreadable: true, Damage.Reason: var reason })
            page.Field("problem", new Cell(PlainFailure.Sentence(reason), Tone.Bad));
        else if (report.Damage is { } damage)
            page.Field("damage", new Cell($"{Place(damage.File, damage.Line)}: {damage.Reason}", Tone.Bad));
        if (report.Torn is { } torn)
            page.Field("behind it", Tail(torn));
        if (Licenses(report) is { } licenses)
            page.Field("licenses", licenses);
        if (report.NewerKinds > 0)
            page.Field("newer", new Cell($"{Words.Count(report.NewerKinds, "receipt")} of kinds that need a newer version to be checked", Tone.Warning));
        foreach (var finding in report.Findings)
            page.Field("finding", new Cell($"{Place(finding.File, finding.Line)}: {finding.Sentence}{(finding.Count > 1 ? $" (the first of {Words.Number(finding.Count)})" : "")}", Tone.Bad));
        page.Field("to do", ToDo(report));
    }

    private static string Result(LedgerReport report) => report.Outcome switch
    {
        CheckOutcome.Good => "good: whole, signed, and it adds up",
        CheckOutcome.Torn => "good, and behind it a tail that was never written to its end",
        CheckOutcome.Inconsistent => "inconsistent: whole and signed, but it does not add up",
        CheckOutcome.NotReceipts => "this is no receipts file",
        CheckOutcome.Unreadable => "it cannot be read",
        CheckOutcome.Forked => "forked: another copy of this ledger has another history, and both are signed",
        _ when report.Good is null => "damaged: nothing of it is good",
        _ => "damaged",
    };

    private static string Receipts(LedgerReport report) =>
        $"{Words.Number(report.Receipts)}, {Words.Date(Time(report.From!.Value))} to {Words.Date(Time(report.Until!.Value))}"
        + (report.IsFolder ? $", in {Words.Count(report.Files, "segment")}" : "");

    private static string Parting(LedgerFork fork) => fork.IsBefore
        ? $"some receipt before seq {Words.Number(fork.Seq)} is another" : $"from seq {Words.Number(fork.Seq)} on it is another";

    private static string Tail(TornTail torn) =>
        $"{Words.Count(torn.Bytes, "byte")} from {Place(torn.File, torn.Line)} on, which {(torn.HasHole ? "have a hole of zeros" : "end early")}: "
        + "never acknowledged to anybody";

    private static string? Licenses(LedgerReport report) => (report.Proven.Count, report.NotProven.Count) switch
    {
        (0, 0) => null,
        (var proven, 0) => $"{Words.Number(proven)}, held against {(proven == 1 ? "its text" : "their texts")}",
        (0, var unproven) => $"{Words.Number(unproven)}, not held against {(unproven == 1 ? "its text, which is" : "their texts, which are")} not at hand",
        var (proven, unproven) => $"{Words.Number(proven + unproven)}, of which {Words.Number(unproven)} not held against a text, which is not at hand",
    };

    private static string ToDo(LedgerReport report) => (report.Outcome, report.IsFolder) switch
    {
        (CheckOutcome.Good, _) => "nothing",
        (CheckOutcome.Torn, _) => "nothing: the next process that takes the ledger cuts it off; or one is writing it right now",
        (CheckOutcome.Inconsistent, _) => "keep it as it is and mail it as ever; your vendor's import finds the same, and what wrote it is to be asked",
        (CheckOutcome.NotReceipts, _) => "name a receipts file, a ledger's folder or a state folder; 'offline-license inspect' says what this is",
        (CheckOutcome.Forked, _) => "keep both as they are and mail each by itself: together they prove what happened; probably a state folder was copied or restored",
        (CheckOutcome.Unreadable, _) => "name a file or folder that this user may read",
        (_, true) => "keep the folder as it is; the product begins a new ledger by itself, and what is good here is exported as ever; "
            + "if a backup has more of it, 'offline-license export --from BACKUP' takes it from there: never put it back in place",
        _ => "export again on the machine that it is from, to a name that ends in .receipts.gz",
    };

    private static string Place(string file, long line) => string.Create(CultureInfo.InvariantCulture, $"{file}:{line}");

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static Tone ToneOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Good or CheckOutcome.Torn => Tone.Good,
        _ => Tone.Bad,
    };
}
