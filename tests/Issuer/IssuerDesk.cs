using System.Globalization;
using OfflineLicense.Issuer;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Tests.Issuer.Registry;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary>
/// A vendor's desk: a folder of its own, a clock that stands still, and the program <c>issuer</c>, run in this process
/// within <see cref="Home"/>, which holds unencrypted keys.
/// </summary>
internal sealed class IssuerDesk : IDisposable
{
    internal const string Product = "openvidu-pro";

    /// <summary>A plan that says as little as it can.</summary>
    internal const string SmallPlan = "licensee: Acme Telemedicine\nquota:\n  cores: 64\n";

    private readonly TemporaryFolder _folder = new();

    private readonly string? _database;

    private IssuerDesk(string day)
    {
        Time = new ManualTime(day);
        _database = OwnRegistry.Database is null ? null : OwnRegistry.Place("");
    }

    internal ManualTime Time { get; }

    /// <summary>The folder that holds the home and whatever else a test needs.</summary>
    internal string Folder => _folder.Path;

    internal string Home => _folder["home"];

    /// <summary>A desk with a home, on the 22nd of November 2026 at ten.</summary>
    internal static async Task<IssuerDesk> WithHome(string day = "2026-11-22T10:00:00Z")
    {
        var desk = new IssuerDesk(day);
        var run = await desk.RunIn(desk.Folder, "init", "home", "--vendor", "vendor.example", "--product", Product, "--no-passphrase");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return desk;
    }

    /// <summary>A desk with an empty folder.</summary>
    internal static IssuerDesk Empty(string day = "2026-11-22T10:00:00Z") => new(day);

    /// <summary>Runs the program within the home.</summary>
    internal Task<CommandRun> Run(params string[] args) => RunIn(Home, args);

    internal Task<CommandRun> RunIn(string folder, params string[] args) => RunWith(Console(folder), args);

    internal static Task<CommandRun> RunWith(CommandConsole console, params string[] args) =>
        CommandRun.Of(IssuerProgram.Create, console, args);

    /// <summary>Runs the program within the home, with somebody at the terminal who answers one secret after another.</summary>
    internal Task<CommandRun> RunAnswering(IEnumerable<string> answers, params string[] args)
    {
        var rest = new Queue<string>(answers);
        return RunWith(Console(Home) with { AskSecret = _ => rest.Dequeue() }, args);
    }

    internal Task<CommandRun> RunWithVariable(string name, string value, params string[] args) =>
        RunWith(Console(Home, (name, value)), args);

    /// <summary>Writes a plan and issues it.</summary>
    internal Task<CommandRun> Issue(string plan, params string[] args)
    {
        File.WriteAllText(Path("plan.yaml"), plan);
        return Run(["issue", "plan.yaml", .. args]);
    }

    /// <summary>Issues a small license that must succeed, and gives its id.</summary>
    internal async Task<string> IssueId(params string[] args)
    {
        var before = Ids();
        var run = await Issue(SmallPlan, args);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return Ids().Except(before).Single();
    }

    /// <summary>A license that was issued, as a customer reads it.</summary>
    internal SignedLicense ReadLicense(string id) =>
        SignedLicense.Open(File.ReadAllBytes(Path($"licenses/{id}.lic")), OpenHome().ReadAnchors().ToTrust()).License!;

    /// <summary>A file of the home.</summary>
    internal string Path(string name) => System.IO.Path.Combine(Home, name);

    internal VendorRegistry OpenRegistry() => VendorRegistry.Open(RegistryStore.Of(_database ?? "registry.db", Home));

    /// <summary>The program's surroundings.</summary>
    internal CommandConsole Console(string folder, params (string Name, string Value)[] environment) =>
        CommandRun.Console(folder, Time, "", _database is null ? environment : [.. environment, (VendorHome.DatabaseVariable, _database)]);

    /// <summary>The ids of all licenses in the registry.</summary>
    internal List<string> Ids()
    {
        using var registry = OpenRegistry();
        return registry.Read(static transaction => new LicenseTable(transaction).All().ConvertAll(static license => license.Id));
    }

    internal List<Signing> Signings()
    {
        using var registry = OpenRegistry();
        return registry.Read(static transaction => new SigningLog(transaction).All());
    }

    internal VendorHome OpenHome() => VendorHome.Open(Console(Home), null);

    /// <summary>All files of the home with their contents, to hold that a failed command left no trace.</summary>
    internal string Everything() => string.Join('\n', Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(static file => string.Create(CultureInfo.InvariantCulture, $"{file} {Convert.ToBase64String(File.ReadAllBytes(file))}")));

    public void Dispose() => _folder.Dispose();
}
