namespace OfflineLicense.Verifier;
internal static class LicenseFormat
{
    internal static License Parse(string untrustedText) => throw new LicenseFormatException(1, "not read yet: " + untrustedText.Length);
    internal static string Print(License license) => license.Id;
}
