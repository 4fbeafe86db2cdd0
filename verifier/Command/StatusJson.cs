using System.Text.Json;

namespace OfflineLicense.Verifier.Command;

/// <summary>What <c>status</c> answers to a program.</summary>
internal static class StatusJson
{
    public static void Print(CommandConsole console, StatusAnswer answer) => JsonAnswer.Print(console, json =>
    {
        Write(json, answer.Product, answer.Verdict);
        json.WriteTime("askedAt", answer.AskedAt);
        if (answer.WhenRunning is { } running)
        {
            json.WriteStartObject("whenRunning");
            json.WriteString("state", running.State.ToString());
            json.WriteBoolean("mayBegin", running.MayBegin);
            json.WriteTime("graceEnds", running.GraceEnds);
            json.WriteEndObject();
        }

        json.WriteStartArray("timeLine");
        foreach (var change in answer.TimeLine)
        {
            json.WriteStartObject();
            json.WriteTime("at", change.After.At);
            json.WriteString("stateBefore", change.Before.State.ToString());
            json.WriteString("state", change.After.State.ToString());
            json.WriteBoolean("mayBegin", change.After.MayBegin);
            json.WriteString("license", change.After.License?.Id);
            Write(json, "news", change.News);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

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
            json.WriteString("readFrom", verdict.LicenseSource);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("license");
        }

        json.WriteTime("termEnd", verdict.TermEnd);
        json.WriteTime("graceEnds", verdict.GraceEnds);
        json.WriteTime("mailBy", verdict.MailBy);
        json.WriteNumber("trustVersion", verdict.TrustVersion);
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
