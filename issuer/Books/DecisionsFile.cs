using System.Text.Json;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>A decision and what it is about: by what makes a finding the same as another, since numbers begin anew. Immutable.</summary>
/// <param name="Kind">The finding's kind.</param>
/// <param name="Ledger">Its ledger.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Decision">What was decided.</param>
internal sealed record FiledDecision(FindingKind Kind, string Ledger, string Subject, FindingDecision Decision);

/// <summary>
/// What people decided about findings, which stands in no file that anybody signed: <c>decisions.json</c>, one object with
/// <c>format</c> and <c>decisions</c>, oldest first.
/// <code>
/// {"format":"offline-license/decisions/v1","decisions":[
///  {"kind":"gap","ledger":"offline-license/…","subject":"5-9","at":"2027-01-05T08:00:00Z","by":"maria","state":"settled","why":"disk lost"}]}
/// </code>
/// </summary>
internal static class DecisionsFile
{
    internal const string Name = "decisions.json";

    private const string Format = "offline-license/decisions/v1";

    internal static byte[] Print(IEnumerable<FiledDecision> decisions)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteStartArray("decisions");
            foreach (var filed in decisions)
            {
                json.WriteStartObject();
                json.WriteString("kind", filed.Kind.Name());
                json.WriteString("ledger", filed.Ledger);
                json.WriteString("subject", filed.Subject);
                json.WriteString("at", ExactText.FormatTime(filed.Decision.At));
                json.WriteString("by", filed.Decision.By);
                json.WriteString("state", filed.Decision.State.Name());
                json.WriteString("why", filed.Decision.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <exception cref="FormatException">The file is of another format, or something in it is not what it should be.</exception>
    internal static IReadOnlyList<FiledDecision> Parse(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var json = JsonDocument.Parse(file);
            if (Text(json.RootElement, "format") is var format && format != Format)
                throw new FormatException($"its format is '{format}', and this program reads {Format}");
            return [.. json.RootElement.GetProperty("decisions").EnumerateArray().Select(static one => new FiledDecision(
                FindingKinds.Parse(Text(one, "kind")), Text(one, "ledger"), Text(one, "subject"),
                new FindingDecision(
                    ExactText.TryParseTime(Text(one, "at"), out var at) ? at : throw new FormatException(Invariant($"'{Text(one, "at")}' is no time")),
                    Text(one, "by"), FindingStates.Parse(Text(one, "state")), Text(one, "why"))))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"it cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is empty");
}
