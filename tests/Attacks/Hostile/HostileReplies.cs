using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>What else the vendor and a customer send each other: replies, time resets, requests.</summary>
internal static class HostileReplies
{
    private static readonly string s_reply = ReplyFormat.Print(HeldReply with { Number = 8, Time = HeldReply.Time.AddDays(1) });
    private static readonly string s_ledger = s_reply.Split('\n').Single(static line => line.StartsWith("ledger ", StringComparison.Ordinal));
    private static readonly string s_used = s_reply.Split('\n').Single(static line => line.StartsWith("used ", StringComparison.Ordinal));

    private static readonly string s_root = ExactText.FormatBase64(new byte[32]);

    private static readonly string s_reset = $"""
        offline-license/reset/v1
        id 01JDZS1M40Q4T6W9Y1C3F5H7K0
        product openvidu-pro
        issued 2026-12-01T07:30:00Z
        ledger {OwnLedger} 3 {s_root} 2026-12-01T07:00:00Z

        """.ReplaceLineEndings("\n");

    private static readonly SigningKey s_requester = Installation.WithName(InstallationName.Of(Installation.VerifierKey.PublicKey));
    private static readonly string s_request = InstallationRequest.Print(new InstallationRequest { Product = FleetVendor.Product, Key = s_requester.VerifierKey });

    internal static HostileChapter Replies { get; } = new("replies",
        "Replies to a customer who has reply 7 already, signed by the key that Acme's license names unless it is said otherwise.", "offline-license install FILE")
    {
        { "by-the-license-key.reply", "signed by the license key, which has another role", ForgedNote.Of(s_reply, Vendor.LicenseKey) },
        { "by-a-stranger.reply", "signed by a stranger", ForgedNote.Of(s_reply, Stranger) },
        { "older.reply", "an older number", Reply(s_reply.Replace("number 8", "number 6", StringComparison.Ordinal)) },
        { "same-number.reply", "the number that is in place, with less use", Reply(s_reply.Replace("number 8", "number 7", StringComparison.Ordinal).Replace("86400", "60", StringComparison.Ordinal)) },
        { "number-0.reply", "number 0", Changed("number 8", "number 0") },
        { "number-08.reply", "a leading zero", Changed("number 8", "number 08") },
        { "number-past-2-53.reply", "2^53", Changed("number 8", "number 9007199254740992") },
        { "number-twice.reply", "two numbers", Changed("number 8", "number 8\nnumber 9") },
        { "no-number.reply", "no number", Changed("number 8\n", "") },
        { "no-time.reply", "no time", Changed("time 2026-12-01T08:30:00Z\n", "") },
        { "to-umbrella.reply", "the answer to another customer", Changed("licensee Acme Telemedicine", "licensee Umbrella") },
        { "to-umbrella-in-small.reply", "a name that is nearly the customer's", Changed("licensee Acme Telemedicine", "licensee acme telemedicine") },
        { "other-product.reply", "for another product", Changed("product openvidu-pro", "product openvidu-max") },
        { "version-2.reply", "a later version", Changed("reply/v1", "reply/v2") },
        { "space-at-the-end.reply", "a space at a line's end", Changed("number 8", "number 8 ") },
        { "two-spaces.reply", "two spaces where one belongs", Changed("number 8", "number  8") },
        { "unknown-line.reply", "a line that nobody knows", Changed("number 8\n", "number 8\ncredit 1000000\n") },
        { "used-minus.reply", "use below zero, to give minutes back", Changed("86400", "-86400") },
        { "used-twice.reply", "one license's use two times", Changed(s_used, s_used + "\n" + s_used) },
        { "used-unsorted.reply", "licenses in another order", Changed(s_used, s_used + "\nused 01JDA7X0R3Q8N5V2K6T9W00000 2026-11-22T00:00:00Z 0 0") },
        { "used-more-than-any.reply", "2^53 seconds of use, to use a quota up", Changed("86400", "9007199254740992") },
        { "ledger-twice.reply", "one ledger two times", Changed(s_ledger, s_ledger + "\n" + s_ledger) },
        { "ledger-of-nobody.reply", "a ledger whose name is a path", Changed(s_ledger, "ledger ../../etc/passwd 4 " + s_root) },
        { "ledger-of-0.reply", "a ledger of which there is nothing", Changed(s_ledger, s_ledger.Replace(" 4 ", " 0 ", StringComparison.Ordinal)) },
        { "root-of-31.reply", "a root of 31 bytes", Changed(s_ledger, s_ledger[..(s_ledger.LastIndexOf(' ') + 1)] + Convert.ToBase64String(new byte[31])) },
        { "root-second-spelling.reply", "a root in a second spelling", Changed(s_ledger, s_ledger[..(s_ledger.LastIndexOf(' ') + 1)] + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=") },
        { "crlf.reply", "CRLF: undone", Encoding.UTF8.GetString(Reply(s_reply)).Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "endless.reply", "more than 4 MiB of ledgers", ForgedNote.Of(s_reply + string.Concat(Enumerable.Repeat(s_ledger + "\n", 40_000)), Vendor.ReplyKey) },
    };

    internal static HostileChapter Resets { get; } = new("resets",
        "Time resets, each of which would let a clock go back that went ahead on purpose.", "offline-license install FILE")
    {
        { "by-the-reply-key.reset", "signed by the reply key, whose machine reads strangers' files", ForgedNote.Of(s_reset, Vendor.ReplyKey) },
        { "of-nobody.reset", "signed by a stranger", ForgedNote.Of(s_reset, Stranger) },
        { "other-root.reset", "for other receipts than the ledger has", Reset(s_reset) },
        { "of-another-ledger.reset", "for another machine's ledger", Reset(s_reset.Replace(OwnLedger, Node().Ledger, StringComparison.Ordinal)) },
        { "more-than-there-is.reset", "for more receipts than the ledger has", ChangedReset(" 3 ", " 3000 ") },
        { "of-nothing.reset", "for a ledger of which there is nothing", ChangedReset(" 3 ", " 0 ") },
        { "no-ledger.reset", "for no ledger at all", Reset(s_reset[..s_reset.IndexOf("ledger ", StringComparison.Ordinal)]) },
        { "other-product.reset", "for another product", ChangedReset("openvidu-pro", "openvidu-max") },
        { "id-in-small.reset", "the id in small letters", ChangedReset("id 01JDZS", "id 01jdzs") },
        { "version-2.reset", "a later version", ChangedReset("reset/v1", "reset/v2") },
        { "no-such-time.reset", "a time that does not exist", ChangedReset("2026-12-01T07:00:00Z", "2026-02-29T07:00:00Z") },
        { "ledger-twice.reset", "one ledger two times, with two times", Reset(s_reset + s_reset[s_reset.IndexOf("ledger ", StringComparison.Ordinal)..].Replace("07:00:00", "06:00:00", StringComparison.Ordinal)) },
    };

    internal static HostileChapter Requests { get; } = new("requests",
        "Requests for a bound license. Nobody knows their writers: a good one proves that its writer holds the key, and nothing else does.",
        "issuer inspect FILE")
    {
        { "of-another-key.request", "signed by another key than the one it brings", ForgedNote.Over(s_request, ForgedNote.Line(s_requester.VerifierKey.Name, s_requester.VerifierKey.Id, Stranger.Sign(Utf8(s_request)))) },
        { "of-a-strangers-name.request", "the name of an installation that this key is not of", ForgedNote.Of(s_request.Replace(s_requester.VerifierKey.Name, InstallationName.InstallationOf(Node().Ledger), StringComparison.Ordinal), s_requester) },
        { "of-small-order.request", "a key for which everybody can sign", SmallOrder() },
        { "more-than-asked.request", "a line that asks for more", ForgedNote.Of(s_request + "cores 1000\n", s_requester) },
        { "version-2.request", "a later version", ForgedNote.Of(s_request.Replace("request/v1", "request/v2", StringComparison.Ordinal), s_requester) },
        { "steers-a-terminal.request", "a product's name that is an escape", ForgedNote.Of(s_request.Replace("openvidu-pro", "openvidu\u001b[31m", StringComparison.Ordinal), s_requester) },
        { "not-for-a-node.request", "a good one, given to the wrong program", ForgedNote.Of(s_request, s_requester), "offline-license install FILE" },
    };

    private static byte[] SmallOrder()
    {
        var name = InstallationName.Of(ForgedNote.NeutralKey);
        var text = $"offline-license/request/v1\nproduct openvidu-pro\ninstallation {name}\nkey {ForgedNote.VerifierLine(name, ForgedNote.NeutralKey)}\n";
        return ForgedNote.Over(text, ForgedNote.Line(name, Convert.ToUInt32(Convert.ToHexString(ForgedNote.IdOf(name, ForgedNote.NeutralKey)), 16), ForgedNote.BySmallOrder));
    }

    private static byte[] Changed(string from, string to) => Reply(Replaced(s_reply, from, to));

    private static byte[] ChangedReset(string from, string to) => Reset(Replaced(s_reset, from, to));

    private static byte[] Reply(string text) => ForgedNote.Of(text, Vendor.ReplyKey);

    private static byte[] Reset(string text) => ForgedNote.Of(text, Vendor.LicenseKey);

    private static string Replaced(string text, string from, string to) => text.Contains(from, StringComparison.Ordinal)
        ? text.Replace(from, to, StringComparison.Ordinal)
        : throw new ArgumentException($"the file does not say '{from}'", nameof(from));
}
