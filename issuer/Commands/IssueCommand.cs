using System.CommandLine;
using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer issue</c>: a plan, and flags over it, become a signed license.</summary>
internal static class IssueCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var plan = new Argument<string>("PLAN") { Description = "The plan, a YAML file such as plans/sample.yaml; - for standard input" };
        var output = new Option<string?>("--out") { Description = "The license's file; licenses/ID.lic where nothing is said", HelpName = "FILE" };
        var armor = new Option<bool>("--armor") { Description = "Write it as a block of ASCII, for mails and tickets that change what they carry" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the license's text; sign, record and write nothing" };
        var key = new Option<string?>("--key") { Description = "The license key that signs; the first in issuer.yaml where nothing is said", HelpName = "NAME" };
        var separate = new Option<bool>("--separate") { Description = "The customer gets this license beside a live one, for other nodes" };
        var renamed = new Option<bool>("--renamed") { Description = "The license that is replaced has the customer's old name" };
        var dateIsRight = new Option<bool>("--date-is-right") { Description = "Sign although the machine's date looks wrong" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command("issue", "Signs a license, records it, and writes its file, after reading it as a customer's node would.")
        {
            plan, output, armor, dryRun, key, separate, renamed, dateIsRight, json,
        };
        var flags = PlanFlags.AddTo(command);
        var passphrase = PassphraseSource.ToOpen(command);
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            try
            {
                var file = parsed.GetRequiredValue(plan);
                var text = Encoding.UTF8.GetString(console.Read(file, Limits.DocumentBytes));
                var issue = new LicenseIssue
                {
                    Plan = LicenseIssue.Complete(flags(parsed, LicensePlan.Read(text, CommandFiles.NameOf(file))), home),
                    Anchors = home.ReadAnchors(),
                    Time = console.Time,
                    DateIsRight = parsed.GetValue(dateIsRight),
                    IsSeparate = parsed.GetValue(separate),
                    IsRenamed = parsed.GetValue(renamed),
                };
                var preview = issue.Preview(); // a plan that makes no license asks for no passphrase
                if (parsed.GetValue(dryRun))
                {
                    console.Output.Write(preview);
                    return;
                }

                var path = parsed.GetValue(output) is { } named ? console.PathOf(named) : null;
                if (path is not null) PendingFile.CheckFree(path);
                using var signer = home.KeyOf(KeyRole.License, parsed.GetValue(key)).Open(console, passphrase(parsed));
                var (license, written) = Issue(home, issue, signer, path, parsed.GetValue(armor));
                Answer(console, home, license, written, parsed.GetValue(json));
            }
            catch (PlanException e)
            {
                throw new CommandFailure(e.Message, e.Hint, e.IsOfFlag ? ExitCode.Usage : ExitCode.Malformed);
            }
        });
        return command;
    }

    // The file is written beside its place, then the registry commits, then the file gets its name. What a crash
    // between the last two leaves out, 'issuer show ID --out FILE' makes up for.
    private static (StoredLicense License, string Path) Issue(
        VendorHome home, LicenseIssue issue, SigningKey signer, string? output, bool isArmored)
    {
        using var registry = home.OpenRegistry();
        PendingFile? pending = null;
        try
        {
            var (license, path) = registry.Write(transaction =>
            {
                var license = issue.Sign(transaction, signer);
                var path = output ?? Path.Combine(home.LicensesFolder, $"{license.Id}.lic");
                pending = PendingFile.Write(path, isArmored ? Armor.Wrap(license.Note) : license.Note);
                return (license, path);
            });
            try
            {
                pending!.Put();
            }
            catch (CommandFailure e)
            {
                throw new CommandFailure($"the license {license.Id} is signed and recorded, but {e.Message}",
                    $"write it again: issuer show {license.Id} --out FILE", e.ExitCode);
            }

            return (license, path);
        }
        finally
        {
            pending?.Dispose();
        }
    }

    private static void Answer(CommandConsole console, VendorHome home, StoredLicense license, string path, bool isJson)
    {
        if (isJson)
        {
            JsonAnswer.Print(console, json =>
            {
                LicenseAnswer.Write(json, license);
                json.WriteString("file", path);
            });
            return;
        }

        LicenseAnswer.Add(new Page(), license)
            .Field("file", new Cell(home.NameOf(path), Tone.Good))
            .Line("recorded, and verified as a customer's node does; 'issuer inspect' tells all of it in words")
            .Print(console);
    }
}
