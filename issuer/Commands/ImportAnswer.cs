using System.Text.Json;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Commands;

/// <summary>What an import tells a clerk, customer by customer, and a program.</summary>
internal static class ImportAnswer
{
    internal static Page PageOf(VendorHome home, ImportReport report, IReadOnlyList<StoredReply> replies)
    {
        var page = new Page().Table(
            ["file", "ledger", "receipts", "outcome"],
            report.Results.Select(static result => (IReadOnlyList<Cell>)[result.File, result.Ledger, Span(result), OutcomeOf(result)]));
        foreach (var result in report.Results.Where(static result => result.Outcome is ImportOutcome.Refused or ImportOutcome.Unreadable))
        {
            page.Field(result.File, new Cell(result.Detail, Tone.Bad));
            if (result.Hint is { } hint)
                page.Field("", $"next: {hint}");
        }

        foreach (var customer in report.Customers)
        {
            page.Heading($"{customer.Licensee}, {customer.Product}");
            FindingAnswer.Add(page, report.Findings.Where(finding => finding.Customer == customer));
            var reply = replies.FirstOrDefault(reply => reply.Customer == customer);
            if (reply is not null)
                page.Field("reply", new Cell(Invariant($"number {reply.Number}, {home.NameOf(Path.Combine(home.RepliesFolder, reply.File))}"), Tone.Good));
            page.Line(report.Findings.Any(finding => finding.Customer == customer && finding.Kind > FindingKind.NewInstallation)
                ? "next: see to the findings above" + (reply is null ? "" : ", and mail the reply")
                : reply is null ? "next: nothing" : "next: mail the reply");
        }

        var others = report.Findings.Where(finding => finding.Customer is not { } customer || !report.Customers.Contains(customer)).ToList();
        if (others.Count > 0)
            FindingAnswer.Add(page.Heading("of no customer that is proven"), others);
        return page;
    }

    internal static void PrintJson(CommandConsole console, VendorHome home, ImportReport report, IReadOnlyList<StoredReply> replies) =>
        JsonAnswer.Print(console, json =>
        {
            json.WriteStartArray("results");
            foreach (var result in report.Results)
                Write(json, result);
            json.WriteEndArray();
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings)
                FindingAnswer.Write(json, finding);
            json.WriteEndArray();
            json.WriteStartArray("replies");
            foreach (var reply in replies)
            {
                json.WriteStartObject();
                FindingAnswer.Write(json, reply.Customer);
                json.WriteNumber("number", reply.Number);
                json.WriteString("file", Path.Combine(home.RepliesFolder, reply.File));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    private static void Write(Utf8JsonWriter json, ImportResult result)
    {
        json.WriteStartObject();
        json.WriteString("file", result.File);
        json.WriteString("outcome", result.Outcome.Name());
        json.WriteString("ledger", result.Ledger);
        json.WriteNumber("start", result.Start);
        json.WriteNumber("end", result.End);
        json.WriteNumber("added", result.Added);
        json.WriteString("detail", result.Detail);
        if (result.Hint is { } hint)
            json.WriteString("hint", hint);
        json.WriteStartArray("customers");
        foreach (var customer in result.Customers)
        {
            json.WriteStartObject();
            FindingAnswer.Write(json, customer);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Span(ImportResult result) =>
        result.Outcome is ImportOutcome.Damage or ImportOutcome.Newer or ImportOutcome.Refused or ImportOutcome.Unreadable ? "" : Invariant($"{result.Start} to {result.End - 1}");

    private static Cell OutcomeOf(ImportResult result) => result.Outcome switch
    {
        ImportOutcome.Added => new Cell($"{Words.Number(result.Added)} new", Tone.Good),
        ImportOutcome.Known => new Cell("known", Tone.Faint),
        ImportOutcome.Waited => new Cell("waited, taken in since", Tone.Good),
        ImportOutcome.Gap => new Cell("waits: a gap before it", Tone.Warning),
        ImportOutcome.Damage => new Cell("damaged", Tone.Bad),
        ImportOutcome.Newer => new Cell("needs a newer issuer", Tone.Warning),
        ImportOutcome.Refused => new Cell("no receipts file", Tone.Bad),
        ImportOutcome.Unreadable => new Cell("cannot be read", Tone.Bad),
        _ => new Cell("fork", Tone.Bad),
    };
}
