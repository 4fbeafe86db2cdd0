using System.Text.Encodings.Web;
using System.Text.Json;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// What a command answers to a program: one JSON object, indented, on standard output. Times are RFC 3339 in UTC, as in
/// every file of this product.
/// </summary>
internal static class JsonAnswer
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        // Licensees are people: 'Ärzte' is to be read, not \u00C4rzte. Control characters are escaped all the same.
        Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    /// <param name="console">Where it is printed.</param>
    /// <param name="write">Writes the object's properties, between its braces.</param>
    public static void Print(CommandConsole console, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        console.Output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    /// <summary>A time, or null.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
            json.WriteString(name, Keys.ExactText.FormatTime(at));
        else
            json.WriteNull(name);
    }
}
