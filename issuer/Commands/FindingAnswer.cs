using System.Text.Json;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Commands;

/// <summary>How findings are told to a clerk and to a program, by all commands alike.</summary>
internal static class FindingAnswer
{
    /// <summary>Adds findings to a page: what was seen, what it means, and what to do next.</summary>
    internal static void Add(Page page, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            page.Field(Invariant($"{finding.Number} {finding.Kind.Name()}"), new Cell(finding.Evidence, ToneOf(finding.Kind)))
                .Field("", finding.Kind.Meaning())
                .Field("", $"next: {finding.Kind.NextAct()}");
        }
    }

    /// <summary>Where a finding stands, in a line: who decided it and why, or when it was found or mended.</summary>
    internal static string Standing(Finding finding) => finding switch
    {
        { ClosedAt: { } closed } => $"found {Words.Date(finding.FoundAt)}, mended {Words.Date(closed)}",
        { Decision: { State: not FindingState.Open } decision } => Standing(decision),
        { Decision: { } reopened } => $"found {Words.Date(finding.FoundAt)}, and more {Words.Date(reopened.At)}",
        _ => $"found {Words.Date(finding.FoundAt)}",
    };

    /// <summary>A decision in a line.</summary>
    internal static string Standing(FindingDecision decision) =>
        (decision.By.Length == 0 ? $"{decision.State.Name()} again {Words.Date(decision.At)}" : $"{decision.State.Name()} {Words.Date(decision.At)} by {decision.By}")
        + (decision.Why.Length == 0 ? "" : $": {decision.Why}");

    /// <summary>One finding on a page of its own, with all that was decided about it.</summary>
    internal static Page PageOf(Finding finding, IReadOnlyList<FindingDecision> decisions)
    {
        var page = new Page()
            .Field("finding", Invariant($"{finding.Number}"))
            .Field("kind", new Cell(finding.Kind.Name(), ToneOf(finding.Kind)))
            .Field("state", new Cell(finding.State.Name(), finding.IsDue ? Tone.Warning : Tone.Good))
            .Field("customer", finding.Customer is { } customer ? $"{customer.Licensee}, {customer.Product}" : "none that is proven")
            .Field(finding.Kind is FindingKind.NewInstallation or FindingKind.ReplacedLicense ? "installation" : "ledger", finding.Ledger.Length == 0 ? "none" : finding.Ledger)
            .Field("evidence", finding.Evidence)
            .Field("meaning", finding.Kind.Meaning())
            .Field("next", finding.IsDue ? finding.Kind.NextAct() : "nothing")
            .Field("files", HasFile(finding) ? Invariant($"issuer findings save {finding.Number} --out FOLDER") : "none is kept for it")
            .Field("found", Words.Date(finding.FoundAt));
        foreach (var decision in decisions)
            page.Field("", Standing(decision));
        if (finding.ClosedAt is { } closed)
            page.Field("", $"mended {Words.Date(closed)}");
        return page;
    }

    /// <summary>A finding as a JSON object.</summary>
    internal static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        WriteFields(json, finding);
        json.WriteEndObject();
    }

    /// <summary>A finding's properties.</summary>
    internal static void WriteFields(Utf8JsonWriter json, Finding finding)
    {
        json.WriteNumber("number", finding.Number);
        json.WriteString("kind", finding.Kind.Name());
        json.WriteString("state", finding.State.Name());
        json.WriteString("ledger", finding.Ledger);
        if (finding.Customer is { } customer)
            Write(json, customer);
        json.WriteString("evidence", finding.Evidence);
        json.WriteString("meaning", finding.Kind.Meaning());
        json.WriteString("next", finding.Kind.NextAct());
        json.WriteTime("foundAt", finding.FoundAt);
        json.WriteTime("closedAt", finding.ClosedAt);
        json.WriteBoolean("hasFile", HasFile(finding));
    }

    /// <summary>A decision as a JSON object.</summary>
    internal static void Write(Utf8JsonWriter json, FindingDecision decision)
    {
        json.WriteStartObject();
        json.WriteTime("at", decision.At);
        json.WriteString("by", decision.By);
        json.WriteString("state", decision.State.Name());
        json.WriteString("why", decision.Why);
        json.WriteEndObject();
    }

    /// <summary>A customer's properties.</summary>
    internal static void Write(Utf8JsonWriter json, Customer customer)
    {
        json.WriteString("product", customer.Product);
        json.WriteString("licensee", customer.Licensee);
    }

    private static bool HasFile(Finding finding) => finding.Kept is not null && finding.ClosedAt is null;

    private static Tone ToneOf(FindingKind kind) => kind switch
    {
        FindingKind.Fork or FindingKind.AlteredLicense => Tone.Bad,
        FindingKind.NewInstallation => Tone.Plain,
        _ => Tone.Warning,
    };
}
