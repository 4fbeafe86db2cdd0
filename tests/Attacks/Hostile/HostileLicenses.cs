using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>Licenses that the vendor's own key signed, and that no reader may take all the same.</summary>
internal static class HostileLicenses
{
    internal static HostileChapter Chapter { get; } = new("licenses",
        "Texts under a good signature of the vendor's key: what a stolen key, a tool of the vendor's own or a slip of the hand can sign. "
        + "One meaning has one spelling, so nothing rides along unseen.", "offline-license install FILE")
    {
        { "format-2.lic", "a later version of the format", Changed("license/v1", "license/v2") },
        { "format-01.lic", "a version with a leading zero", Changed("license/v1", "license/v01") },
        { "format-last.lic", "the format is named last", Signed(Without("format: offline-license/license/v1\n") + "format: offline-license/license/v1\n") },
        { "unknown-key.lic", "a key of the future, which may restrict", Changed("quota:\n", "orbit: low\nquota:\n") },
        { "unknown-key-inside.lic", "a key of the future within the quota", Changed("  cores: 8\n", "  cores: 8\n  gpus: 0\n") },
        { "no-id.lic", "the id is missing", Signed(Without("id: 01JDA7X0R3Q8N5V2K6T9W00007\n")) },
        { "no-quota.lic", "no quota is said, which is not the same as none", Signed(Without("quota:\n  cores: 8\n  node-minutes: 10000\n")) },
        { "id-in-small.lic", "the id in small letters", Changed("id: 01JDA7", "id: 01jda7") },
        { "id-too-great.lic", "an id past the greatest ULID", Changed("id: 01JDA7", "id: 81JDA7") },
        { "id-with-u.lic", "a letter in the id that ULIDs do not have", Changed("id: 01JDA7", "id: 01JDAU") },
        { "replaces-itself.lic", "it takes its own place", Changed("replaces: 01JDA7X0R3Q8N5V2K6T9W00001", "replaces: 01JDA7X0R3Q8N5V2K6T9W00007") },
        { "same-id.lic", "the id of the license in place, and 64 cores more", Signed(Acme.Text.Replace("cores: 8", "cores: 72", StringComparison.Ordinal)) },
        { "key-twice.lic", "the quota is said two times", Changed("overage: grace\n", "overage: grace\nquota: {}\n") },
        { "inner-key-twice.lic", "the cores are said two times", Changed("  cores: 8\n", "  cores: 8\n  cores: 800\n") },
        { "order.lic", "two keys in another order", Changed("product: openvidu-pro\nlicensee: Acme Telemedicine\n", "licensee: Acme Telemedicine\nproduct: openvidu-pro\n") },
        { "other-product.lic", "for another product of the vendor", Changed("product: openvidu-pro", "product: openvidu-max") },
        { "product-in-capitals.lic", "a product's name in capitals", Changed("product: openvidu-pro", "product: OpenVidu-Pro") },
        { "no-licensee.lic", "nobody is licensed", Changed("licensee: Acme Telemedicine", "licensee: \"\"") },
        { "licensee-of-201.lic", "a name of 201 letters", Changed("Acme Telemedicine", new string('A', 201)) },
        { "licensee-of-two-lines.lic", "a name of two lines", Changed("licensee: Acme Telemedicine", "licensee: \"Acme\\nproduct: all\"") },
        { "licensee-with-a-space.lic", "a space after the name, so that it looks like another's", Changed("licensee: Acme Telemedicine", "licensee: \"Acme Telemedicine \"") },
        { "no-such-day.lic", "the 30th of February", Changed("issued: 2026-11-22", "issued: 2026-02-30") },
        { "hour-24.lic", "midnight as hour 24", Changed("issued: 2026-11-22T09", "issued: 2026-11-22T24") },
        { "leap-second.lic", "a leap second", Changed("issued: 2026-11-22T09:00:00Z", "issued: 2026-12-31T23:59:60Z") },
        { "time-zone.lic", "a time with a zone", Changed("issued: 2026-11-22T09:00:00Z", "issued: 2026-11-22T09:00:00+00:00") },
        { "before-1970.lic", "a term that began in 1969", Changed("from: 2026-11-22", "from: 1969-11-22") },
        { "year-10000.lic", "a term until the year 10000", Changed("until: 2027-11-22T00:00:00Z\nbuilds", "until: 10000-11-22T00:00:00Z\nbuilds") },
        { "ends-before-it-begins.lic", "the term ends before it begins", Changed("until: 2027-11-22T00:00:00Z\nbuilds", "until: 2025-11-22T00:00:00Z\nbuilds") },
        { "no-second-long.lic", "the term ends with the second in which it begins", Changed("until: 2027-11-22T00:00:00Z\nbuilds", "until: 2026-11-22T00:00:00Z\nbuilds") },
        { "cores-minus.lic", "a number below zero", Changed("cores: 8", "cores: -8") },
        { "cores-plus.lic", "a number with its sign", Changed("cores: 8", "cores: +8") },
        { "cores-08.lic", "a leading zero, which YAML 1.1 takes for octal", Changed("cores: 8", "cores: 08") },
        { "cores-hex.lic", "a number in hexadecimal", Changed("cores: 8", "cores: 0x8") },
        { "cores-1e9.lic", "a number with an exponent", Changed("cores: 8", "cores: 1e9") },
        { "cores-with-underscore.lic", "a number as the vendor's plans may have it", Changed("node-minutes: 10000", "node-minutes: 10_000") },
        { "cores-none.lic", "no core at all", Changed("cores: 8", "cores: 0") },
        { "past-2-53.lic", "2^53, which JSON readers round", Changed("node-minutes: 10000", "node-minutes: 9007199254740992") },
        { "past-2-64.lic", "2^64, which wraps to zero", Changed("node-minutes: 10000", "node-minutes: 18446744073709551616") },
        { "grace-of-11-years.lic", "eleven years of grace", Changed("  limit: 60", "  limit: 4000") },
        { "grace-limit-below.lic", "less grace at the most than from the beginning", Changed("  limit: 60", "  limit: 7") },
        { "every-7m.lic", "receipts every 7 minutes, which do not divide a day", Changed("every: 1h", "every: 7m") },
        { "every-0s.lic", "receipts every 0 seconds", Changed("every: 1h", "every: 0s") },
        { "every-2h.lic", "receipts every two hours", Changed("every: 1h", "every: 2h") },
        { "mail-every-week.lic", "a unit that is not there", Changed("mail-every: 90d", "mail-every: 1w") },
        { "mail-every-eon.lic", "a duration that overflows", Changed("mail-every: 90d", "mail-every: 99999999999999999999d") },
        { "own-key-answers.lic", "the license key is named as a reply key: no key stands in two roles", Changed(Vendor.ReplyKey.VerifierKey.ToString(), Vendor.LicenseKey.VerifierKey.ToString()) },
        { "anybody-answers.lic", "a reply key of small order, for which anybody can sign; it is one spelling of a license, and such a key counts for nothing", Changed(Vendor.ReplyKey.VerifierKey.ToString(), ForgedNote.VerifierLine("vendor.example/replies/2026", ForgedNote.NeutralKey)) },
        { "answers-twice.lic", "the same reply key two times", Changed("    - " + Vendor.ReplyKey.VerifierKey, $"    - {Vendor.ReplyKey.VerifierKey}\n    - {Vendor.ReplyKey.VerifierKey}") },
        { "installation-of-nobody.lic", "bound to a name that no key can have", Changed("features:\n", "installations:\n  - offline-license/aaaaaaaaaaaaaaaaaaaaaaaaab\nfeatures:\n") },
        { "features-unsorted.lic", "features in another order", Changed("  recording: \"true\"\n  rooms: \"8\"\n", "  rooms: \"8\"\n  recording: \"true\"\n") },
        { "feature-twice.lic", "a feature two times", Changed("  rooms: \"8\"\n", "  rooms: \"8\"\n  rooms: \"800\"\n") },
        { "feature-named-badly.lic", "a feature whose name is a path", Changed("  rooms: \"8\"\n", "  ../../rooms: \"8\"\n") },
        { "note-of-1025.lic", "a note of 1,025 bytes", Changed("A-1027", new string('A', 1025)) },
        { "comment.lic", "a comment, which would be signed and read by nobody", Changed("overage: grace\n", "# overage: allow\noverage: grace\n") },
        { "comment-behind.lic", "a comment behind a value", Changed("overage: grace\n", "overage: grace # really\n") },
        { "flow.lic", "the quota in braces", Changed("quota:\n  cores: 8\n  node-minutes: 10000\n", "quota: {cores: 8, node-minutes: 10000}\n") },
        { "anchor.lic", "an anchor and its alias", Changed("product: openvidu-pro", "product: &p openvidu-pro") },
        { "tag.lic", "a tag that makes objects in careless readers", Changed("product: openvidu-pro", "product: !!python/object/apply:os.system openvidu-pro") },
        { "merge.lic", "a merge key", Changed("overage: grace\n", "<<: *defaults\noverage: grace\n") },
        { "second-document.lic", "a second document, which some readers would take", Signed(NextText + "---\nquota: {}\n") },
        { "quoted-for-nothing.lic", "quotes that are not needed", Changed("product: openvidu-pro", "product: \"openvidu-pro\"") },
        { "single-quotes.lic", "quotes of the other sort", Changed("product: openvidu-pro", "product: 'openvidu-pro'") },
        { "quotes-missing.lic", "a value that YAML takes for something else", Changed("recording: \"true\"", "recording: true # yes") },
        { "second-escape.lic", "a letter by its number, which is a second spelling", Changed("recording: \"true\"", "recording: \"\\u0074rue\"") },
        { "block-text.lic", "a text as a block", Changed("  order: A-1027\n", "  order: |\n    A-1027\n") },
        { "indented-by-four.lic", "four spaces where two belong", Changed("  cores: 8\n", "    cores: 8\n") },
        { "space-at-the-end.lic", "a space at a line's end", Changed("overage: grace\n", "overage: grace \n") },
        { "blank-line.lic", "a blank line in the text", Changed("overage: grace\n", "\noverage: grace\n") },
        { "null.lic", "a null", Changed("overage: grace", "overage: ~") },
        { "overage-of-nobody.lic", "a word that is none of the three", Changed("overage: grace", "overage: free") },
        { "deep.lic", "nine levels of maps", Changed("features:\n", "features:\n" + string.Concat(Enumerable.Range(1, 8).Select(static level => new string(' ', 2 * level) + "a:\n"))) },
        { "brackets.lic", "3,000 brackets, which end some YAML readers", Signed("format: offline-license/license/v1\nid: " + new string('[', 3000) + "\n") },
    };

    private static string Without(string lines) => Replaced(lines, "");

    private static byte[] Changed(string from, string to) => Signed(Replaced(from, to));

    private static byte[] Signed(string text) => ForgedNote.Of(text, Vendor.LicenseKey);

    // A recipe whose text is not there any more would be a good license.
    private static string Replaced(string from, string to) => NextText.Contains(from, StringComparison.Ordinal)
        ? NextText.Replace(from, to, StringComparison.Ordinal)
        : throw new ArgumentException($"the license does not say '{from}'", nameof(from));
}
