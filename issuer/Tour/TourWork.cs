using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Tour;

/// <summary>
/// The work that the tour's nodes do: <c>issuer tour work</c> hashes for some seconds. It knows nothing of licenses;
/// <c>offline-license run</c> meters it as it would any program.
/// </summary>
internal static class TourWork
{
    internal static Command Create(CommandConsole console)
    {
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 4 };
        var command = new Command("work", "Hashes for some seconds, to have something to meter.") { seconds };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var begin = console.Time.GetTimestamp();
            var block = new byte[64 * 1024];
            long blocks = 0;
            while (console.Time.GetElapsedTime(begin).TotalSeconds < parsed.GetValue(seconds))
            {
                SHA256.HashData(block, block.AsSpan(0, SHA256.HashSizeInBytes));
                blocks++;
            }

            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hashed {blocks * block.Length >> 20} MiB"));
        });
        return command;
    }
}
