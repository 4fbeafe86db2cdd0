using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary>
/// What the commands that sign one license have in common: with which key, what becomes of the file, and how it is
/// answered.
/// </summary>
internal sealed class SigningOptions
{
    private readonly Option<string?> _output = new("--out") { HelpName = "FILE" };
    private readonly Option<bool> _armor = new("--armor") { Description = "Write it as a block of ASCII, for mails and tickets that change what they carry" };
    private readonly Option<bool> _dryRun = new("--dry-run");
    private readonly Option<string?> _key = new("--key") { Description = "The license key that signs; the first in issuer.yaml where nothing is said", HelpName = "NAME" };
    private readonly Option<bool> _dateIsRight = new("--date-is-right") { Description = "Sign although the machine's date looks wrong" };
    private readonly Option<bool> _json = new("--json") { Description = "Answer with one JSON object" };
    private readonly Func<ParseResult, SignerSource> _signer;

    private SigningOptions(Command command, string output, string dryRun)
    {
        (_output.Description, _dryRun.Description) = (output, dryRun);
        foreach (var option in (Option[])[_output, _armor, _dryRun, _key, _dateIsRight, _json])
            command.Add(option);
        _signer = SignerSource.AddTo(command);
    }

    /// <summary>Adds the options.</summary>
    /// <param name="command">The command that signs.</param>
    /// <param name="output">What <c>--out</c> is, where it signs something else than a license.</param>
    /// <param name="dryRun">What <c>--dry-run</c> does, likewise.</param>
    internal static SigningOptions AddTo(
        Command command, string output = "The license's file; licenses/ID.lic where nothing is said",
        string dryRun = "Print the license's text; sign, record and write nothing") => new(command, output, dryRun);

    internal bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    internal bool IsArmored(ParseResult parsed) => parsed.GetValue(_armor);

    internal bool DateIsRight(ParseResult parsed) => parsed.GetValue(_dateIsRight);

    /// <summary>Where the file goes, if a person said where: a place that is free.</summary>
    /// <exception cref="CommandFailure">Something is there already.</exception>
    internal string? Place(ParseResult parsed, CommandConsole console)
    {
        var path = parsed.GetValue(_output) is { } named ? console.PathOf(named) : null;
        if (path is not null) PendingFile.CheckFree(path);
        return path;
    }

    /// <summary>Opens the key that signs, or the program that holds it; the caller disposes it.</summary>
    internal INoteSigner OpenKey(ParseResult parsed, CommandConsole console, VendorHome home) =>
        _signer(parsed).Open(home.KeyOf(KeyRole.License, parsed.GetValue(_key)), console);

    /// <summary>Signs, records and writes.</summary>
    /// <returns>The license, and the full path of its file.</returns>
    internal (StoredLicense License, string Path) Carry(
        ParseResult parsed, CommandConsole console, VendorHome home, LicenseIssue issue)
    {
        var output = Place(parsed, console);
        using var signer = OpenKey(parsed, console, home);
        return Issue(home, issue, signer, output, parsed.GetValue(_armor));
    }

    // The file is written beside its place, then the registry commits, then the file gets its name. What a crash
    // between the last two leaves out, 'issuer show ID --out FILE' makes up for.
    private static (StoredLicense License, string Path) Issue(
        VendorHome home, LicenseIssue issue, INoteSigner signer, string? output, bool isArmored)
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
}
