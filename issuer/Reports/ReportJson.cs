using System.Text.Json;
using OfflineLicense.Issuer.Commands;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Reports;

/// <summary>The report as one JSON object.</summary>
internal static class ReportJson
{
    internal static void Write(Utf8JsonWriter json, UsageReport report)
    {
        json.WriteString("product", report.Product);
        json.WriteStartArray("licenses");
        foreach (var chain in report.Chains)
        {
            json.WriteStartObject();
            Write(json, chain);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReportedLicense chain)
    {
        json.WriteString("licensee", chain.License.Licensee);
        json.WriteString("license", chain.License.Id);
        json.WriteString("firstDay", ReportFigures.Day(chain.Period.From));
        json.WriteString("lastDay", ReportFigures.Day(chain.Period.Until.AddDays(-1)));
        Number(json, "nodeMinutes", ReportFigures.NodeMinutes(chain));
        Number(json, "coreMinutes", ReportFigures.CoreMinutes(chain));
        Number(json, "coresSurely", chain.Statement.Peaks.Surely());
        Number(json, "coresPossibly", chain.Statement.Peaks.Possibly());
        json.WriteStartArray("quotas");
        foreach (var quota in ReportFigures.Quotas(chain))
        {
            json.WriteStartObject();
            json.WriteString("quota", quota.Name);
            json.WriteNumber("allowed", quota.Allowed);
            Number(json, "used", quota.Used);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("days");
        foreach (var day in chain.Days)
        {
            json.WriteStartObject();
            json.WriteString("day", ReportFigures.Day(day.Day));
            json.WriteNumber("nodeSeconds", day.NodeSeconds);
            json.WriteNumber("coreSeconds", day.CoreSeconds);
            json.WriteNumber("mostCores", day.MostCores);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("ledgers");
        foreach (var (ledger, isForked, _) in chain.Ledgers)
        {
            json.WriteStartObject();
            json.WriteString("ledger", ledger.Ledger);
            Number(json, "nodeSeconds", ledger.Itemised.Seconds);
            Number(json, "coreSeconds", ledger.Itemised.CoreSeconds);
            json.WriteNumber("mostCores", ledger.LargestCores);
            json.WriteBoolean("isComplete", ledger.IsComplete);
            json.WriteString("knownUntil", ExactText.FormatTime(ledger.KnownUntil!.Value));
            json.WriteBoolean("isForked", isForked);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in chain.Findings)
            FindingAnswer.Write(json, finding);
        json.WriteEndArray();
    }

    // A statement's sums are wider than any number of JSON that programs read exactly; what is honest is far below that.
    private static void Number(Utf8JsonWriter json, string name, Int128 number) => json.WriteNumber(name, (decimal)number);
}
