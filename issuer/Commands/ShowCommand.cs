using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer show</c>: one license out of the registry, in words or as its file.</summary>
internal static class ShowCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var name = LicenseArgument.Create();
        var output = new Option<string?>("--out") { Description = "Write the license's file again; - for standard output", HelpName = "FILE" };
        var armor = new Option<bool>("--armor") { Description = "Write it as a block of ASCII, for mails and tickets that change what they carry" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("show", "A license that was issued: what it grants, where it stands, and its file again.") { name, output, armor, json };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            using var registry = home.OpenRegistry();
            var argument = LicenseArgument.Read(console, parsed.GetRequiredValue(name));
            var (license, standing, replacing) = registry.Read(transaction =>
            {
                var licenses = new LicenseTable(transaction);
                var found = argument.Find(licenses);
                return (found, LicenseStandings.Of(found, licenses.Replacing, console.Time.GetUtcNow()), licenses.Replacing(found.Id));
            });
            var file = parsed.GetValue(armor) ? Armor.Wrap(license.Note) : license.Note;
            if (parsed.GetValue(output) == "-")
            {
                console.OutputBytes.Write(file);
                return;
            }

            var path = parsed.GetValue(output) is { } named ? console.PathOf(named) : null;
            if (path is not null)
            {
                using var pending = PendingFile.Write(path, file);
                pending.Put();
            }

            var replacedBy = replacing.ConvertAll(static other => other.Id).Distinct(StringComparer.Ordinal).ToArray();
            if (parsed.GetValue(json))
                PrintJson(console, license, standing, replacedBy, path);
            else
                PageOf(home, license, standing, replacedBy, path).Print(console);
        });
        return command;
    }

    private static Page PageOf(VendorHome home, StoredLicense license, LicenseStanding standing, string[] replacedBy, string? path)
    {
        var page = LicenseAnswer.Add(new Page(), license).Field("standing", LicenseAnswer.Standing(standing));
        if (replacedBy.Length > 0) page.Field("replaced by", string.Join(", ", replacedBy));
        if (path is not null) page.Field("file", new Cell(home.NameOf(path), Tone.Good));
        return page;
    }

    private static void PrintJson(
        CommandConsole console, StoredLicense license, LicenseStanding standing, string[] replacedBy, string? path) =>
        JsonAnswer.Print(console, json =>
        {
            LicenseAnswer.Write(json, license);
            json.WriteString("standing", LicenseAnswer.Standing(standing).Text);
            json.WriteStartArray("replacedBy");
            foreach (var other in replacedBy)
                json.WriteStringValue(other);
            json.WriteEndArray();
            json.WriteString("text", System.Text.Encoding.UTF8.GetString(license.Text));
            if (path is not null) json.WriteString("file", path);
        });
}
