using System.CommandLine;
using OfflineLicense.Issuer.Commands;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Tour;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Explanations;

namespace OfflineLicense.Issuer;

/// <summary>The vendor's program, <c>issuer</c>.</summary>
internal static class IssuerProgram
{
    internal static RootCommand Create(CommandConsole console)
    {
        var root = CommandLine.Program(
            "issuer",
            "Signs licenses, takes in the receipts that customers mail, and prints statements. It works in a vendor's home, "
            + "a folder that 'issuer init' makes.",
            ExitCode.Issuer, console);
        var home = new Option<string?>("--home")
        {
            Description = $"The vendor's home; else {VendorHome.Variable}, else the current folder",
            HelpName = "FOLDER",
            Recursive = true,
        };
        root.Add(home);
        var database = new Option<string?>("--database")
        {
            Description = $"The registry: settings of a PostgreSQL database such as \"Host=db.example;Database=licenses\", or a SQLite file; else {VendorHome.DatabaseVariable}, else what {HomeSettings.FileName} names",
            HelpName = "SETTINGS",
            Recursive = true,
        };
        root.Add(database);
        root.Add(Commands.InitCommand.Create(console, database));
        root.Add(KeyCommand.Create(console, OpenHome));
        root.Add(IssueCommand.Create(console, OpenHome));
        root.Add(ChangeCommand.Amend(console, OpenHome));
        root.Add(ChangeCommand.Renew(console, OpenHome));
        root.Add(ListCommand.Create(console, OpenHome));
        root.Add(ExpiringCommand.Create(console, OpenHome));
        root.Add(ShowCommand.Create(console, OpenHome));
        root.Add(ImportCommand.Create(console, OpenHome));
        root.Add(FindingsCommand.Create(console, OpenHome));
        root.Add(TimeResetCommand.Create(console, OpenHome));
        root.Add(TrustCommand.Create(console, OpenHome));
        root.Add(Commands.StatementCommand.Create(console, OpenHome));
        root.Add(ReportCommand.Create(console, OpenHome));
        root.Add(RegistryCommand.Create(console, OpenHome));
        root.Add(InspectCommand.Create(console, KeysAtHand));
        root.Add(TourCommand.Create(console));
        return root;

        VendorHome OpenHome(ParseResult parsed) => VendorHome.Open(console, parsed.GetValue(home), parsed.GetValue(database));

        // A file can be explained anywhere; whether a vendor's key signed it, only in that vendor's home.
        KnownKeys? KeysAtHand(ParseResult parsed) =>
            VendorHome.IsHome(VendorHome.FolderOf(console, parsed.GetValue(home))) || parsed.GetValue(home) is not null
                ? KeysOf(OpenHome(parsed))
                : null;

        static KnownKeys KeysOf(VendorHome vendor) => vendor.ReadTrust() is { IsRooted: true } trust
            ? KnownKeys.Of(trust, vendor.VerifiersOf(KeyRole.Reply))
            : new KnownKeys(vendor.VerifiersOf(KeyRole.License), vendor.VerifiersOf(KeyRole.Reply));
    }
}
