using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer registry</c>: what keeps the books, and whether it still does.</summary>
internal static class RegistryCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome) =>
        new("registry", "The registry itself: whether it is as it was written, out into files, and anew from them.")
        {
            RegistryCheckCommand.Create(console, openHome),
            RegistryExportCommand.Create(console, openHome),
            RegistryRebuildCommand.Create(console, openHome),
        };
}
