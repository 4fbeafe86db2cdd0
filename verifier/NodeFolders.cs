namespace OfflineLicense.Verifier;

/// <summary>Where a packager, and an operator, expect the files of a product.</summary>
public static class NodeFolders
{
    /// <summary>
    /// The folder that the operator fills with licenses and replies: <c>/etc/offline-license/PRODUCT</c>; for a user
    /// other than root <c>~/.config/offline-license/PRODUCT</c>; on Windows <c>%ProgramData%\offline-license\PRODUCT\licenses</c>.
    /// </summary>
    public static string LicenseFolder(string product) => OperatingSystem.IsWindows()
        ? Path.Combine(ProgramData(), "offline-license", product, "licenses")
        : Environment.IsPrivilegedProcess
            ? $"/etc/offline-license/{product}"
            : Path.Combine(UserFolder("XDG_CONFIG_HOME", ".config"), "offline-license", product);

    /// <summary>
    /// The folder that the product keeps its key and ledgers in: <c>/var/lib/offline-license/PRODUCT</c>; for a user
    /// other than root <c>~/.local/state/offline-license/PRODUCT</c>; on Windows <c>%ProgramData%\offline-license\PRODUCT\state</c>.
    /// </summary>
    public static string StateFolder(string product) => OperatingSystem.IsWindows()
        ? Path.Combine(ProgramData(), "offline-license", product, "state")
        : Environment.IsPrivilegedProcess
            ? $"/var/lib/offline-license/{product}"
            : Path.Combine(UserFolder("XDG_STATE_HOME", ".local/state"), "offline-license", product);

    private static string ProgramData() => Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData);

    // The XDG Base Directory Specification: a relative path in the variable is to be ignored.
    private static string UserFolder(string variable, string below) =>
        Environment.GetEnvironmentVariable(variable) is { } folder && Path.IsPathFullyQualified(folder)
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), below);
}
