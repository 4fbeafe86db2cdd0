using System.CommandLine;
using OfflineLicense.Issuer.Batch;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer issue --batch</c>: a license for every row of a CSV file, all of them or none.</summary>
internal static class BatchCommand
{
    private const int MostShown = 100;

    /// <param name="console">The surroundings.</param>
    /// <param name="home">The vendor's home.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="signing">The options that all signing has.</param>
    /// <param name="file">The rows' file.</param>
    /// <param name="template">What all of them have in common.</param>
    internal static void Run(
        CommandConsole console, VendorHome home, ParseResult parsed, SigningOptions signing, string file, LicensePlan template)
    {
        var now = ExactText.WholeSeconds(console.Time.GetUtcNow());
        var id = Ulid.New(console.Time);
        var (rows, errors) = BatchRows.Read(
            console.Read(file, BatchRows.MaxBytes), CommandFiles.NameOf(file), LicenseIssue.Complete(template, home), MakeLicense);
        var issue = new BatchIssue { Rows = rows, Time = console.Time, DateIsRight = signing.DateIsRight(parsed) };
        using var registry = home.OpenRegistry();
        Refuse(console, file, [.. errors, .. registry.Read(issue.Problems)]);
        if (signing.IsDryRun(parsed))
        {
            console.Output.WriteLine($"{Words.Count(rows.Count, "license")} would be signed");
            return;
        }

        var folder = signing.Place(parsed, console) ?? throw new CommandFailure(
            "a batch needs a folder for its files", "name a new one by --out", ExitCode.Usage);
        using var key = signing.OpenKey(parsed, console, home);
        var licenses = Sign(console, file, registry, issue, new LicenseSigner(key, home.ReadTrust()), folder, signing.IsArmored(parsed));
        Answer(console, home, signing.IsJson(parsed), licenses, folder);

        License MakeLicense(LicensePlan plan) => PlanText.Of(LicenseIssue.Complete(plan, home), id, now).License;
    }

    // The folder is filled beside its place, then the registry commits, then the folder gets its name.
    private static IReadOnlyList<StoredLicense> Sign(
        CommandConsole console, string file, VendorRegistry registry, BatchIssue issue, LicenseSigner signer, string folder, bool isArmored)
    {
        using var pending = PendingFolder.Begin(folder);
        var licenses = BatchProgress.Show(console, "signing", issue.Rows.Count, step => registry.Write(transaction =>
        {
            var (signed, errors) = issue.Sign(transaction, signer, license =>
            {
                pending.Write($"{license.Id}.lic", isArmored ? Armor.Wrap(license.Note) : license.Note);
                step();
            });
            Refuse(console, file, errors);
            return signed;
        }));
        try
        {
            pending.Put();
            return licenses;
        }
        catch (CommandFailure e)
        {
            throw new CommandFailure($"{Words.Count(licenses.Count, "license")} are signed and recorded, but {e.Message}",
                $"their files lie in {pending.Temporary}", e.ExitCode);
        }
    }

    private static void Refuse(CommandConsole console, string file, IReadOnlyList<BatchError> errors)
    {
        if (errors.Count == 0) return;
        foreach (var error in errors.OrderBy(static error => error.Line))
            CommandLine.Complain(console, error.Message, error.Hint);
        throw new CommandFailure($"{Words.Count(errors.Count, "error")} in {CommandFiles.NameOf(file)}; nothing was signed", null, ExitCode.Malformed);
    }

    private static void Answer(CommandConsole console, VendorHome home, bool isJson, IReadOnlyList<StoredLicense> licenses, string folder)
    {
        if (isJson)
        {
            JsonAnswer.Print(console, json =>
            {
                json.WriteString("folder", folder);
                json.WriteStartArray("licenses");
                foreach (var license in licenses)
                {
                    json.WriteStartObject();
                    LicenseAnswer.Write(json, license);
                    json.WriteString("file", Path.Combine(folder, $"{license.Id}.lic"));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        var page = new Page().Table(
            ["license", "licensee", "term", "quota"],
            licenses.Take(MostShown).Select(static license => (IReadOnlyList<Cell>)
                [license.Id, license.Licensee, LicenseAnswer.Term(license.License), LicenseAnswer.Quota(license.License)]));
        if (licenses.Count > MostShown) page.Line($"and {Words.Number(licenses.Count - MostShown)} more; --json tells all");
        page.Line($"{Words.Count(licenses.Count, "license")} recorded, each verified as a customer's node does; their files are in {home.NameOf(folder)}").Print(console);
    }
}
