using System.Text.Json;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>What an export covers, in one sentence, as a page and as JSON.</summary>
internal static class ExportPage
{
    public const string Nothing = "nothing to export: there are no receipts that the vendor does not have";

    /// <summary>As in "12 ledgers of 1 installation, 2026-12-01 to 2026-12-31, nothing missing".</summary>
    public static string Sentence(ExportSummary summary)
    {
        var missing = summary.Missing.Sum(static hole => hole.End - hole.Start);
        var known = summary.LedgersUpToAnExport;
        return $"{Words.Count(summary.LedgerCount, "ledger")} of {Words.Count(summary.Installations.Count, "installation")}, "
            + $"{Words.Date(summary.First)} to {Words.Date(summary.Last)}, "
            + (missing > 0 ? $"{Words.Count(missing, "receipt")} missing" : "nothing missing")
            + (known == 0 ? "" : known == summary.LedgerCount ? ", up to when each was exported"
                : $", {Words.Number(known)} of the ledgers up to when they were exported");
    }

    public static Page Of(string file, ExportSummary? summary)
    {
        if (summary is null) return new Page().Line(Nothing);
        var page = new Page()
            .Field("exported", new Cell(Words.Count(summary.Receipts, "receipt"), Tone.Good))
            .Field("covers", new Cell(Sentence(summary), summary.Missing.Count > 0 ? Tone.Warning : Tone.Plain))
            .Field("file", file)
            .Field("sha256", new Cell(Convert.ToHexStringLower(summary.Sha256), Tone.Faint))
            .Field("next", "mail the file to your vendor; 'offline-license inspect' shows all that is in it");
        if (summary.Installations.Count > 1)
            page.Field("installations", new Cell("these are ledgers of several installations: mail them together only if all are yours", Tone.Warning));
        return page
            .Heading("Ledgers")
            .Table(["ledger", "receipts#", "first", "last", "taken from"], summary.Ledgers.Select(static ledger => (IReadOnlyList<Cell>)
            [
                ledger.Ledger, Words.Number(ledger.End - ledger.Start), Words.Date(ledger.From), Words.Date(ledger.Until),
                new Cell(ledger.IsNewest ? "its state folder" : ledger.Place, Tone.Faint),
            ]));
    }

    public static void PrintJson(CommandConsole console, string file, ExportSummary? summary) => JsonAnswer.Print(console, json =>
    {
        json.WriteString("file", summary is null ? null : file);
        json.WriteString("sha256", summary is null ? null : Convert.ToHexStringLower(summary.Sha256));
        json.WriteNumber("receipts", summary?.Receipts ?? 0);
        json.WriteString("covers", summary is null ? Nothing : Sentence(summary));
        json.WriteTime("first", summary?.First);
        json.WriteTime("last", summary?.Last);
        json.WriteStartArray("installations");
        foreach (var installation in summary?.Installations ?? [])
            json.WriteStringValue(installation);
        json.WriteEndArray();
        json.WriteStartArray("ledgers");
        foreach (var ledger in summary?.Ledgers ?? [])
            WriteLedger(json, ledger);
        json.WriteEndArray();
        json.WriteStartArray("missing");
        foreach (var hole in summary?.Missing ?? [])
        {
            json.WriteStartObject();
            json.WriteString("ledger", hole.Ledger);
            json.WriteNumber("start", hole.Start);
            json.WriteNumber("end", hole.End);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteLedger(Utf8JsonWriter json, ExportedLedger ledger)
    {
        json.WriteStartObject();
        json.WriteString("ledger", ledger.Ledger);
        json.WriteNumber("start", ledger.Start);
        json.WriteNumber("end", ledger.End);
        json.WriteTime("first", ledger.From);
        json.WriteTime("last", ledger.Until);
        json.WriteString("from", ledger.Place);
        json.WriteBoolean("isNewest", ledger.IsNewest);
        json.WriteEndObject();
    }
}
