using System.CommandLine;
using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer issue</c>: a plan, and flags over it, become a signed license.</summary>
internal static class IssueCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var plan = new Argument<string?>("PLAN") { Description = "The plan, a YAML file such as plans/sample.yaml; - for standard input", Arity = ArgumentArity.ZeroOrOne };
        var batch = new Option<string?>("--batch") { Description = "A CSV file with a license in every row, in the place of PLAN; --out names the folder for their files", HelpName = "FILE" };
        var template = new Option<string?>("--template") { Description = "With --batch: the plan that the rows go over", HelpName = "PLAN" };
        var separate = new Option<bool>("--separate") { Description = "The customer gets this license beside a live one, for other nodes" };
        var renamed = new Option<bool>("--renamed") { Description = "The license that is replaced has the customer's old name" };
        var command = new Command("issue", "Signs a license, records it, and writes its file, after reading it as a customer's node would.")
        {
            plan, batch, template, separate, renamed,
        };
        var signing = SigningOptions.AddTo(command);
        var flags = PlanFlags.AddTo(command);
        var requests = RequestFiles.AddTo(command, console);
        command.SetAction(parsed => PlanFailure.Explained(() =>
        {
            if (parsed.GetValue(batch) is { } rows)
            {
                if (parsed.GetValue(plan) is not null || parsed.GetValue(separate) || parsed.GetValue(renamed))
                    throw new CommandFailure("'--batch' goes with neither PLAN nor '--separate' nor '--renamed'", "name what the rows have in common by --template", ExitCode.Usage);
                var vendor = openHome(parsed);
                BatchCommand.Run(console, vendor, parsed, signing, rows, requests(parsed, vendor, flags(parsed, PlanOf(parsed.GetValue(template)))));
                return;
            }

            if (parsed.GetValue(plan) is not { } file || parsed.GetValue(template) is not null)
                throw new CommandFailure("name one plan, or many licenses by --batch and --template", "see 'issuer issue --help'", ExitCode.Usage);
            var home = openHome(parsed);
            var issue = new LicenseIssue
            {
                Plan = LicenseIssue.Complete(requests(parsed, home, flags(parsed, PlanOf(file))), home),
                Trust = home.ReadTrust(),
                Time = console.Time,
                DateIsRight = signing.DateIsRight(parsed),
                IsSeparate = parsed.GetValue(separate),
                IsRenamed = parsed.GetValue(renamed),
            };
            var preview = issue.Preview().Text; // a plan that makes no license asks for no passphrase
            if (signing.IsDryRun(parsed))
            {
                console.Output.Write(preview);
                return;
            }

            var (license, path) = signing.Carry(parsed, console, home, issue);
            if (signing.IsJson(parsed))
            {
                JsonAnswer.Print(console, json =>
                {
                    LicenseAnswer.Write(json, license);
                    json.WriteString("file", path);
                });
            }
            else
            {
                LicenseAnswer.Signed(LicenseAnswer.Add(new Page(), license), home.NameOf(path)).Print(console);
            }
        }));
        return command;

        LicensePlan PlanOf(string? file) => file is null
            ? LicensePlan.Empty("the command line")
            : LicensePlan.Read(TextOf(console, file), CommandFiles.NameOf(file));
    }

    // A letter that is lost here would be signed as another one.
    private static string TextOf(CommandConsole console, string file)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(console.Read(file, Limits.DocumentBytes));
        }
        catch (DecoderFallbackException)
        {
            throw new CommandFailure($"{CommandFiles.NameOf(file)} is not in UTF-8", "save it as UTF-8", ExitCode.Malformed);
        }
    }
}
