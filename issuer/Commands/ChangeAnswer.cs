using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary>How answers tell what a new license changes.</summary>
internal static class ChangeAnswer
{
    /// <summary>Old and new, line by line.</summary>
    internal static Page PageOf(StoredLicense old, IEnumerable<LicenseDifference> changes) => new Page()
        .Field("replaces", old.Id)
        .Field("licensee", old.Licensee)
        .Table(["key", "old", "new"], changes.Select(static change => (IReadOnlyList<Cell>)
        [
            change.Key, Value(change.Old), change.New is null ? Value(null) : new Cell(change.New, Tone.Good),
        ]));

    /// <summary>The same for a program, with what was signed; without it, after a dry run, with the text that would be.</summary>
    internal static void PrintJson(
        CommandConsole console, StoredLicense old, IEnumerable<LicenseDifference> changes, string text, StoredLicense? license, string? path) =>
        JsonAnswer.Print(console, json =>
        {
            if (license is not null)
            {
                LicenseAnswer.Write(json, license);
                json.WriteString("file", path);
            }
            else
            {
                json.WriteString("replaces", old.Id);
                json.WriteString("text", text);
            }

            json.WriteStartArray("changes");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                json.WriteString("key", change.Key);
                json.WriteString("old", change.Old);
                json.WriteString("new", change.New);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    private static Cell Value(string? text) => text is null ? new Cell("none", Tone.Faint) : new Cell(text);
}
