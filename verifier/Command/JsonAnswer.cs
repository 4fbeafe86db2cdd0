using System.Globalization;
using System.Text;
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
        // Nothing of this is put into a web page, and 'Ärzte+Söhne' is to be read; what steers a terminal goes below.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
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

        console.Output.WriteLine(Escape(Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))));
    }

    // The writer escapes control characters; the others that show a line other than it is can only stand in strings.
    private static string Escape(string json)
    {
        var escaped = new StringBuilder(json.Length);
        foreach (var character in json)
        {
            if (char.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            else
                escaped.Append(character);
        }

        return escaped.ToString();
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
