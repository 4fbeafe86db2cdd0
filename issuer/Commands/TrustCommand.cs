using System.CommandLine;
using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Issuer.TrustDocuments;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Explanations;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer trust</c>: whose signatures customers believe, without a release of the product.</summary>
internal static class TrustCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome) => new("trust",
        "Trust documents: which keys count, which were taken back; signed by a quorum of the vendor's roots.")
    {
        CreateEmbed(console, openHome), CreateNew(console, openHome), TrustSignCommand.Create(console, openHome),
        CreateShow(console, openHome), CreateCheck(console, openHome),
    };

    private static Command CreateEmbed(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var quorum = new Option<int>("--quorum") { Description = "How many of the roots must sign a trust document", HelpName = "N", Required = true };
        var command = new Command("embed", "Puts the home's roots into the anchors, in the place of license keys: products built with them go by trust documents.") { quorum };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var roots = home.VerifiersOf(KeyRole.Root);
            var wanted = parsed.GetValue(quorum);
            if (roots.Count == 0 || wanted < 1 || wanted > roots.Count)
            {
                throw new CommandFailure($"a quorum of {Words.Number(wanted)} cannot be met: the home has {Words.Count(roots.Count, "root")}",
                    "make roots with 'issuer key new roots/a --role root', each on the machine of who holds it", ExitCode.Usage);
            }

            var anchors = new TrustAnchors { Product = home.Product, Roots = roots, Quorum = wanted };
            CommandFiles.Write(home.AnchorsPath, Encoding.UTF8.GetBytes(TrustAnchors.Print(anchors)), replace: true);
            new Page().Field("anchors", home.NameOf(home.AnchorsPath)).Field("roots", Words.Number(roots.Count)).Field("quorum", Words.Number(wanted))
                .Field("next", "issuer trust new").Print(console);
        });
        return command;
    }

    private static Command CreateNew(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var quorum = new Option<int?>("--quorum") { Description = "How many roots must sign the version after it; as now where nothing is said", HelpName = "N" };
        var revoke = new Option<string[]>("--revoke") { Description = "A key that was stolen or lost: what it signed counts no more, but the licenses on file", HelpName = "KEY" };
        var end = new Option<string[]>("--end") { Description = "A key that verifies nothing dated from this day on", HelpName = "KEY=DATE" };
        var license = new Option<string[]>("--revoke-license") { Description = "A license that is taken back", HelpName = "ID" };
        var command = new Command("new", "Writes the next version from the current one, the home's new keys, and these changes; it is signed by 'issuer trust sign'.")
        {
            quorum, revoke, end, license,
        };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var anchors = home.ReadAnchors();
            var current = home.ReadTrust().Document;
            if (anchors.Roots.Count == 0)
                throw new CommandFailure($"{VendorHome.AnchorsFile(home.Product)} pins license keys, and products built with it take no trust document", "first 'issuer trust embed --quorum N'");
            using var registry = home.OpenRegistry();
            var document = new NextTrust
            {
                Current = current,
                Keys = home.Keys,
                Licenses = registry.Read(static transaction => new LicenseTable(transaction).All()),
                Now = ExactText.WholeSeconds(console.Time.GetUtcNow()),
                Quorum = parsed.GetValue(quorum) ?? current?.Quorum ?? anchors.Quorum,
                Revoked = [.. (parsed.GetValue(revoke) ?? []).Select(home.KeyNamed)],
                Ends = [.. (parsed.GetValue(end) ?? []).Select(text => EndOf(home, text))],
                RevokedLicenses = parsed.GetValue(license) ?? [],
            }.Make();
            Directory.CreateDirectory(home.TrustFolder);
            var path = Path.Combine(home.TrustFolder, Path.ChangeExtension(StateFolder.FileFor(document), ".txt"));
            CommandFiles.Write(path, Encoding.UTF8.GetBytes(TrustFormat.Print(document)), replace: true);
            PageOf(TrustFormat.Print(document)).Field("file", home.NameOf(path))
                .Field("next", $"{Words.Count(current?.Quorum ?? anchors.Quorum, "root")} to sign it: issuer trust sign {home.NameOf(path)}").Print(console);
        });
        return command;
    }

    private static Command CreateShow(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var file = new Argument<string?>("FILE") { Description = "A document, signed or not; the newest complete one where nothing is said", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("show", "What a trust document says, and whether a quorum signed it.") { file };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var trust = home.ReadTrust();
            var path = parsed.GetValue(file) is { } named ? console.PathOf(named)
                : trust.Document is { } held ? Path.Combine(home.TrustFolder, StateFolder.FileFor(held))
                : throw new CommandFailure("no trust document is complete here", "'issuer trust new' writes one");
            var (text, _, note) = TrustSignCommand.Read(console, path);
            PageOf(text).Field("signed", TrustSignCommand.StandingOf(note, trust)).Print(console);
        });
        return command;
    }

    private static Command CreateCheck(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var file = new Argument<string>("FILE") { Description = "A document, signed or not" };
        var command = new Command("check", "A dry run: which licenses on file would count no more once nodes have the document, and what follows.") { file };
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var (_, document, _) = TrustSignCommand.Read(console, console.PathOf(parsed.GetRequiredValue(file)));
            var now = ExactText.WholeSeconds(console.Time.GetUtcNow());
            using var registry = home.OpenRegistry();
            var stopping = TrustCheck.Stopping(registry.Read(static transaction => new LicenseTable(transaction).All()), home.ReadTrust(), document, now);
            var page = new Page().Field("version", Words.Number(document.Version));
            foreach (var risk in TrustCheck.Risks(document, [home.KeyOf(KeyRole.License).Verifier, home.KeyOf(KeyRole.Reply).Verifier], now))
                page.Field("risk", new Cell(risk, Tone.Warning));
            page.Field("licenses", stopping.Count == 0 ? "all on file go on counting" : new Cell($"{Words.Count(stopping.Count, "license")} would count no more", Tone.Bad));
            foreach (var (license, why) in stopping)
            {
                page.Field(license.Id, $"{license.Licensee}: {why}")
                    .Field("", new Cell($"a node that has it active refuses new work {Words.Count(license.License.GraceDays, "day")} after the file comes, or later; if it came today, on {Words.Date(now.AddDays(license.License.GraceDays))}", Tone.Faint));
            }

            page.Print(console);
            return stopping.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }

    private static Page PageOf(string text)
    {
        var lines = new ExplanationLines();
        ExplainedDocuments.AddTrust(lines, text);
        var page = new Page();
        foreach (var line in lines.All)
            page.Field(line.Label, line.Text);
        return page;
    }

    private static (HomeKey Key, DateTimeOffset Until) EndOf(VendorHome home, string text) =>
        text.Split('=') is [var name, var day] && ExactText.TryParseTime(PlanText.TimeOf(day), out var until)
            ? (home.KeyNamed(name), until)
            : throw new CommandFailure($"'{text}' is no key and day", "say it so: --end licenses/2026=2027-01-15", ExitCode.Usage);
}
