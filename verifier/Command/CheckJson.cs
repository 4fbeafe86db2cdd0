using System.Text.Json;
using OfflineLicense.Verifier.Check;

namespace OfflineLicense.Verifier.Command;

/// <summary>What a check found of one ledger, as JSON.</summary>
internal static class CheckJson
{
    public static void Write(Utf8JsonWriter json, LedgerReport report)
    {
        json.WriteStartObject();
        json.WriteString("ledger", report.Ledger);
        json.WriteString("place", report.Place);
        json.WriteString("outcome", CheckPage.Word(report.Outcome));
        json.WriteNumber("start", report.Start);
        json.WriteNumber("size", report.Good?.Size ?? report.Start);
        json.WriteString("root", report.Good is null ? null : Convert.ToBase64String(report.Good.Root));
        json.WriteTime("first", Time(report.From));
        json.WriteTime("last", Time(report.Until));
        json.WriteNumber("files", report.Files);
        WritePlace(json, "checkpoint", report.Good?.File, report.Good?.Line, reason: null);
        WritePlace(json, "damage", report.Damage?.File, report.Damage?.Line, report.Damage?.Reason);
        if (report.Fork is { } fork)
        {
            json.WriteStartObject("fork");
            json.WriteString("other", fork.Other);
            json.WriteNumber("seq", fork.Seq);
            json.WriteBoolean("isBefore", fork.IsBefore);
            json.WriteString("file", fork.File);
            json.WriteNumber("line", fork.Line);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("fork");
        }

        json.WriteNumber("tornBytes", report.Torn?.Bytes ?? 0);
        json.WriteNumber("newerKinds", report.NewerKinds);
        WriteAll(json, "proven", report.Proven);
        WriteAll(json, "notProven", report.NotProven);
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("kind", finding.Kind.ToString());
            json.WriteNumber("count", finding.Count);
            json.WriteString("file", finding.File);
            json.WriteNumber("line", finding.Line);
            json.WriteString("reason", finding.Sentence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, string name, string? file, long? line, string? reason)
    {
        if (file is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("file", file);
        json.WriteNumber("line", line!.Value);
        if (reason is not null)
            json.WriteString("reason", reason);
        json.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static DateTimeOffset? Time(long? seconds) => seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;
}
