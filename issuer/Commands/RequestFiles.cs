using System.Collections.Immutable;
using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Commands;

/// <summary>The option <c>--for</c>: installations that asked for a license by the file of <c>offline-license request</c>.</summary>
internal static class RequestFiles
{
    private const string Flag = "--for";

    /// <summary>Adds the option.</summary>
    /// <returns>What puts the installations of a command line's requests over a plan, beside those that it names.</returns>
    internal static Func<ParseResult, VendorHome, LicensePlan, LicensePlan> AddTo(Command command, CommandConsole console)
    {
        var files = new Option<string[]>(Flag)
        {
            Description = "Bind it to the installation that asks in this file, made by 'offline-license request'; may be repeated",
            HelpName = "FILE",
        };
        command.Add(files);
        return (parsed, home, plan) =>
        {
            ImmutableArray<PlanValue> names = [.. (parsed.GetValue(files) ?? []).Select(file => new PlanValue("", Read(console, file, home), Flag))];
            return names.IsEmpty ? plan : PlanChange.Put(plan, PlanKey.Find(PlanKey.Installations)!, [.. names.DistinctBy(static name => name.Text)]);
        };
    }

    private static string Read(CommandConsole console, string file, VendorHome home)
    {
        var reading = InstallationRequest.Open(console.Read(file, Limits.DocumentBytes * 3 / 2));
        var name = CommandFiles.NameOf(file);
        return reading.Document is not { } request
            ? throw new CommandFailure($"{name} is no installation's request: {reading.Reason}",
                reading.Hint ?? "the customer makes one with: offline-license request",
                reading.Outcome == ReadingOutcome.Malformed ? ExitCode.Malformed : ExitCode.NotTrusted)
            : request.Product == home.Product
                ? request.Installation
                : throw new CommandFailure($"{name} asks for a license of the product '{request.Product}', and this home issues those of '{home.Product}'",
                    null, ExitCode.DoesNotFit);
    }
}
