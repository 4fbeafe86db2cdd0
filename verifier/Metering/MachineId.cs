using System.Security;
using Microsoft.Win32;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// What the operating system calls this machine: made at its installation, and made anew on a copy of a machine that was
/// prepared for copying. It never leaves the node, and nothing but a hash of it is kept. Immutable.
/// </summary>
/// <param name="Value">The id; null where there is none to go by, and then no machine is told from another.</param>
internal sealed record MachineId(string? Value)
{
    private const int HexDigits = 32;

    // The systems that run containers put these there. A container's own id may be a new one at each start, while its
    // ledger lies on a volume that goes on: there an id says nothing about where the ledger was.
    private static readonly string[] ContainerMarks = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];

    private static readonly Lazy<MachineId> Own = new(static () => new MachineId(Read()));

    /// <summary>The id of this machine, read once.</summary>
    public static MachineId OfThisMachine => Own.Value;

    /// <summary>No machine in particular.</summary>
    public static MachineId None { get; } = new((string?)null);

    /// <summary>Takes an id file's content at its word, or for none where it holds anything but an id: an image may have left it empty, or a word.</summary>
    internal static string? OfFile(string content)
    {
        var id = content.Trim();
        return id.Length == HexDigits && id.All(char.IsAsciiHexDigit) ? id.ToLowerInvariant() : null;
    }

    private static string? Read()
    {
        if (OperatingSystem.IsWindows())
            return OfWindows();
        if (!OperatingSystem.IsLinux() || Array.Exists(ContainerMarks, File.Exists))
            return null;
        return OfPath("/etc/machine-id") ?? OfPath("/var/lib/dbus/machine-id");
    }

    private static string? OfPath(string path)
    {
        try
        {
            return OfFile(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return null;
        }
    }

    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    private static string? OfWindows()
    {
        try
        {
            return Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return null;
        }
    }
}
