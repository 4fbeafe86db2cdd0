using System.CommandLine;
using System.Globalization;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer init</c>: makes a vendor's home.</summary>
internal static class InitCommand
{
    internal static Command Create(CommandConsole console, Option<string?> database)
    {
        var folder = new Argument<string>("FOLDER") { Description = "The new home: not there yet, or empty" };
        var vendor = new Option<string>("--vendor")
        {
            Description = "Your name, with which the names of your keys begin, such as vendor.example",
            HelpName = "NAME",
            Required = true,
        };
        var product = new Option<string>("--product") { Description = "What you license, such as openvidu-pro", HelpName = "NAME", Required = true };
        var command = new Command("init", "Makes a vendor's home: keys with their roles, a sample plan, the registry. Nothing is overwritten.")
        {
            folder, vendor, product,
        };
        var passphrase = PassphraseSource.ToMake(command);
        command.SetAction(parsed =>
        {
            Check("--vendor", parsed.GetRequiredValue(vendor), HomeSettings.VendorProblem);
            Check("--product", parsed.GetRequiredValue(product), FieldForm.NameProblem);
            var path = Path.TrimEndingDirectorySeparator(console.PathOf(parsed.GetRequiredValue(folder)));
            NewHome.CheckFree(path); // before a passphrase is asked for
            var year = console.Time.GetUtcNow().Year.ToString(CultureInfo.InvariantCulture);
            NewHome.Create(path, parsed.GetRequiredValue(vendor), parsed.GetRequiredValue(product), year, passphrase(parsed).ForNew(console), parsed.GetValue(database) ?? VendorHome.DatabaseOf(console));
            PageOf(VendorHome.Open(console, path, parsed.GetValue(database)), parsed.GetRequiredValue(folder)).Print(console);
        });
        return command;
    }

    private static void Check(string option, string value, Func<string, string?> problem)
    {
        if (problem(value) is { } reason)
            throw new CommandFailure($"{option}: '{value}' {reason}", null, ExitCode.Usage);
    }

    private static Page PageOf(VendorHome home, string folder)
    {
        var page = new Page()
            .Line($"made the home of {home.Vendor} in {folder}", Tone.Good)
            .Field(HomeSettings.FileName, "settings: which key has which role")
            .Field("keys/", "secret and public keys; keep the secret ones, and a copy of them, safe")
            .Field("plans/sample.yaml", "a plan for a license, with every key explained")
            .Field(PostgresStore.IsMeantBy(home.Settings.Registry) ? "the database" : home.Settings.Registry, "what was signed and what customers mailed; back it up")
            .Field(VendorHome.AnchorsFile(home.Product), "ship it beside the program offline-license")
            .Line()
            .Line("Build this license key into the product:");
        foreach (var key in home.VerifiersOf(KeyRole.License))
            page.Line($"  {key}");
        return page.Line().Line($"Next: cd {folder} && issuer issue plans/sample.yaml");
    }
}
