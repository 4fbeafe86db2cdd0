using System.CommandLine;
using System.Text.Json;

namespace OfflineLicense.Verifier.Command;

/// <summary><c>offline-license status</c>: where this node stands, why, and what comes when.</summary>
internal static class StatusCommand
{
    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand(
            "status", "Where this node stands, why, and what will happen when. Writes nothing, and works beside a running product.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var product = products.OfExisting(parsed);
            var verdict = Node.Peek(product.ToNode());
            if (parsed.GetValue(json))
                JsonAnswer.Print(console, answer => Write(answer, product, verdict));
            else
                PageOf(product, verdict).Print(console);
        });
        return command;
    }

    private static Page PageOf(ProductFiles product, Verdict verdict)
    {
        var page = new Page()
            .Field("product", product.Product)
            .Field("state", new Cell(verdict.State.ToString(), ToneOf(verdict)))
            .Field("new work", verdict.MayBegin ? "may begin" : new Cell("is refused; running work goes on", Tone.Bad))
            .Field("license", LicenseOf(verdict))
            .Field("term end", TermEnd(verdict))
            .Field("grace ends", GraceEnds(verdict))
            .Field("mail by", MailBy(verdict))
            .Field("licenses", new Cell(product.LicenseFolder, Tone.Faint))
            .Field("state folder", new Cell(product.StateFolder, Tone.Faint));
        if (verdict.Quotas.Count > 0)
        {
            page.Heading("Quotas").Table(
                ["quota", "used#", "allowed#", "share#", "period"],
                verdict.Quotas.Select(quota => (IReadOnlyList<Cell>)
                [
                    quota.Name, Words.Number(quota.Used), Words.Number(quota.Allowed),
                    new Cell(Words.Percent(quota.Used, quota.Allowed), ToneOf(quota)), PeriodOf(quota),
                ]));
        }

        AddReasons(page, verdict, "Reasons", verdict.Reasons, verdict.State == LicenseState.Grace ? Tone.Warning : Tone.Bad);
        AddReasons(page, verdict, "Warnings", verdict.Warnings, Tone.Warning);
        AddReasons(page, verdict, "Files that do not count", verdict.NotCounting, Tone.Warning);
        return page;
    }

    private static void AddReasons(Page page, Verdict verdict, string heading, IReadOnlyList<Reason> reasons, Tone tone)
    {
        if (reasons.Count == 0) return;
        page.Heading(heading);
        foreach (var reason in reasons)
        {
            page.Field(reason.Code, new Cell(reason.Sentence, tone));
            if (reason.File is { Length: > 0 } file) page.Field("", $"file: {file}");
            if (reason.Until is { } until && reasons == verdict.Reasons) page.Field("", $"nothing is refused for it before {Words.Date(until)}");
            page.Field("", new Cell($"mend: {reason.Mend}", Tone.Faint));
        }
    }

    private static Cell LicenseOf(Verdict verdict) => verdict.License is { } license
        ? $"{license.Id} for {license.Licensee} ({license.PurposeInForce}"
          + (license.EnforcementInForce == EnforcementRule.Advisory ? ", advisory)" : ")")
        : new Cell("none", Tone.Bad);

    private static Cell TermEnd(Verdict verdict) => verdict switch
    {
        { License: null } => new Cell("-", Tone.Faint),
        { TermEnd: { } end } => DateCell(end, verdict.At),
        _ => "never: the license is perpetual",
    };

    private static Cell GraceEnds(Verdict verdict) => verdict switch
    {
        { License: null } => new Cell("-", Tone.Faint),
        { GraceEnds: { } end } => DateCell(end, verdict.At),
        { License.EnforcementInForce: EnforcementRule.Advisory } => "never: an advisory license refuses nothing",
        _ => "no date: nothing that is known leads to a refusal",
    };

    private static Cell MailBy(Verdict verdict) => verdict switch
    {
        { License: null } => new Cell("-", Tone.Faint),
        { MailBy: { } date } => DateCell(date, verdict.At),
        { License.MailInterval: null } => "no duty to mail receipts",
        _ => "no date: all receipts are exported",
    };

    private static Cell DateCell(DateTimeOffset date, DateTimeOffset now)
    {
        var days = (date - now).Days;
        var distance = date <= now ? days == 0 ? "passed" : $"passed {Words.Count(-days, "day")} ago"
            : days == 0 ? "within a day" : $"in {Words.Count(days, "day")}";
        return new Cell($"{Words.Date(date)} ({distance})", date <= now ? Tone.Bad : days < 30 ? Tone.Warning : Tone.Plain);
    }

    private static string PeriodOf(QuotaUse quota) => quota.PeriodStart is not { } start ? "now"
        : quota.PeriodEnd is { } end ? $"{Words.Date(start)} to {Words.Date(end)}" : $"from {Words.Date(start)}";

    private static Tone ToneOf(Verdict verdict) => verdict.State switch
    {
        LicenseState.Licensed => Tone.Good,
        LicenseState.Grace => Tone.Warning,
        _ => Tone.Bad,
    };

    private static Tone ToneOf(QuotaUse quota) =>
        quota.Used > quota.Allowed ? Tone.Bad : (Int128)quota.Used * 4 >= (Int128)quota.Allowed * 3 ? Tone.Warning : Tone.Good;

    private static void Write(Utf8JsonWriter json, ProductFiles product, Verdict verdict)
    {
        json.WriteString("product", product.Product);
        json.WriteString("state", verdict.State.ToString());
        json.WriteBoolean("mayBegin", verdict.MayBegin);
        json.WriteTime("at", verdict.At);
        if (verdict.License is { } license)
        {
            json.WriteStartObject("license");
            json.WriteString("id", license.Id);
            json.WriteString("licensee", license.Licensee);
            json.WriteString("purpose", license.PurposeInForce);
            json.WriteBoolean("isEnforced", license.EnforcementInForce == EnforcementRule.Enforced);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("license");
        }

        json.WriteTime("termEnd", verdict.TermEnd);
        json.WriteTime("graceEnds", verdict.GraceEnds);
        json.WriteTime("mailBy", verdict.MailBy);
        json.WriteStartArray("quotas");
        foreach (var quota in verdict.Quotas)
        {
            json.WriteStartObject();
            json.WriteString("name", quota.Name);
            json.WriteNumber("used", quota.Used);
            json.WriteNumber("allowed", quota.Allowed);
            json.WriteTime("periodStart", quota.PeriodStart);
            json.WriteTime("periodEnd", quota.PeriodEnd);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "reasons", verdict.Reasons);
        Write(json, "warnings", verdict.Warnings);
        Write(json, "notCounting", verdict.NotCounting);
        json.WriteString("licenseFolder", product.LicenseFolder);
        json.WriteString("stateFolder", product.StateFolder);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<Reason> reasons)
    {
        json.WriteStartArray(name);
        foreach (var reason in reasons)
        {
            json.WriteStartObject();
            json.WriteString("code", reason.Code);
            json.WriteString("sentence", reason.Sentence);
            json.WriteString("mend", reason.Mend);
            json.WriteTime("since", reason.Since);
            json.WriteTime("until", reason.Until);
            json.WriteString("file", reason.File);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
