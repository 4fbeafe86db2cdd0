using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary>
/// <c>issuer amend</c> and <c>issuer renew</c>: a license on file and flags over it become the license that takes its
/// place. What changes is printed before anything is signed.
/// </summary>
internal static class ChangeCommand
{
    private const string RemoveFlag = "--remove";

    internal static Command Amend(CommandConsole console, Func<ParseResult, VendorHome> openHome) => Create(
        console, openHome, "amend",
        "Changes a license in mid-term: signs one that takes its place and says the same but for the flags. The term's "
        + "beginning stays, and so the count of minutes goes on.",
        static key => key.Path is not ("replaces" or "product" or PlanKey.Preset or PlanKey.Days),
        static (old, change, now) => LicenseChange.Amend(old, change, now));

    internal static Command Renew(CommandConsole console, Func<ParseResult, VendorHome> openHome) => Create(
        console, openHome, "renew",
        "Signs the license for the next term: from the end of the old one, as long as that, with all that it says but for the "
        + "flags. Minutes begin at 0.",
        static key => key.Path is not ("replaces" or "product" or PlanKey.Preset),
        static (old, change, _) => LicenseChange.Renew(old, change));

    private static Command Create(
        CommandConsole console, Func<ParseResult, VendorHome> openHome, string verb, string description, Func<PlanKey, bool> isOffered,
        Func<StoredLicense, Func<LicensePlan, LicensePlan>, DateTimeOffset, LicensePlan> makePlan)
    {
        var name = LicenseArgument.Create();
        var remove = new Option<string[]>(RemoveFlag) { Description = "Take a key away, such as quota.cores, term.until or features.NAME; may be repeated", HelpName = "KEY" };
        var separate = new Option<bool>("--separate") { Description = "The customer keeps another live license beside this one, for other nodes" };
        var command = new Command(verb, description) { name, remove, separate };
        var signing = SigningOptions.AddTo(command);
        var flags = PlanFlags.AddTo(command, isOffered, PlanChange.Put);
        var requests = RequestFiles.AddTo(command, console);
        command.SetAction(parsed => PlanFailure.Explained(() =>
        {
            var home = openHome(parsed);
            var argument = LicenseArgument.Read(console, parsed.GetRequiredValue(name));
            var now = ExactText.WholeSeconds(console.Time.GetUtcNow());
            var old = Find(home, argument, verb, now);
            var issue = new LicenseIssue
            {
                Plan = LicenseIssue.Complete(makePlan(old, Change, now), home),
                Trust = home.ReadTrust(),
                Time = console.Time,
                DateIsRight = signing.DateIsRight(parsed),
                IsSeparate = parsed.GetValue(separate),
                IsRenamed = true, // the new name stands on the command line, and in the answer beside the old one
            };
            var (text, license) = issue.Preview();
            if (license.Until <= now)
            {
                throw new CommandFailure($"the term would be over already, on {Words.Date(license.Until.Value)}",
                    verb == "renew" ? "let it begin later by --from, or end later by --until" : "let it end later by --until");
            }

            var changes = LicenseDifference.Between(old.Text, text);
            if (changes.Count == 0)
            {
                throw new CommandFailure($"nothing is to change in the license {old.Id}",
                    $"say what, as in 'issuer {verb} {old.Id} --cores +16'; 'issuer {verb} --help' lists all", ExitCode.Usage);
            }

            Carry(parsed, home, old, issue, text, changes);

            LicensePlan Change(LicensePlan plan) => requests(parsed, home, flags(parsed, (parsed.GetValue(remove) ?? [])
                .Aggregate(plan, static (rest, path) => PlanChange.Without(rest, path, RemoveFlag))));
        }));
        return command;

        void Carry(
            ParseResult parsed, VendorHome home, StoredLicense old, LicenseIssue issue, string text, IReadOnlyList<LicenseDifference> changes)
        {
            if (!signing.IsJson(parsed))
                ChangeAnswer.PageOf(old, changes).Print(console);
            var (license, path) = signing.IsDryRun(parsed) ? (null, null) : signing.Carry(parsed, console, home, issue);
            if (signing.IsJson(parsed))
                ChangeAnswer.PrintJson(console, old, changes, text, license, path);
            else if (license is null)
                console.Output.Write($"\n{text}");
            else
                LicenseAnswer.Signed(new Page().Field("license", license.Id), home.NameOf(path!)).Print(console);
        }
    }

    // What was replaced has a successor to change; which one, and that a renewal may be done already, is what a clerk wants to know.
    private static StoredLicense Find(VendorHome home, LicenseArgument argument, string verb, DateTimeOffset now)
    {
        using var registry = home.OpenRegistry();
        return registry.Read(transaction =>
        {
            var licenses = new LicenseTable(transaction);
            var old = argument.Find(licenses);
            if (LicenseStandings.After(old, licenses.Replacing).LastOrDefault() is not { } newest) return old;
            var isRenewed = newest.License.From >= old.License.Until;
            throw new CommandFailure(
                $"the license {old.Id} is replaced already; the newest is {newest.Id}, {LicenseAnswer.Term(newest.License)}",
                verb == "renew" && isRenewed
                    ? $"it is renewed, then; to change the new one: issuer amend {newest.Id}"
                    : isRenewed && newest.License.From > now
                    ? $"take the renewal back into this term: issuer amend {newest.Id} --from {Day(old.License.From)} --until {Day(old.License.Until!.Value)}, with the same flags; then renew that"
                    : $"do it to that one: issuer {verb} {newest.Id}, with the same flags");
        });
    }

    // As a flag takes it.
    private static string Day(DateTimeOffset time) => time.TimeOfDay == TimeSpan.Zero ? Words.Date(time) : ExactText.FormatTime(time);
}
