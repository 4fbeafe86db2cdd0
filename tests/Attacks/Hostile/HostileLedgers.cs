using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// Receipts files of the right form, signed by the key of their ledger, that lie. The vendor's books have seven receipts and more of
/// Acme's first ledger; a ledger is judged by what it proves and never by who mailed it.
/// </summary>
internal static class HostileLedgers
{
    private static readonly FleetNode s_honest = FleetNode.Begin("acme", "second", Begin).Hold(Acme).Use(4, 3);
    private static readonly ForgedReceipts s_good = ForgedReceipts.Of(s_honest, "acme");
    private static readonly ForgedReceipts s_strangers = ForgedReceipts.Of(FleetNode.Begin("stranger", "first", Begin).Hold(Acme).Use(4, 3), "stranger");

    internal static HostileChapter Chapter { get; } = new("ledgers",
        "Receipts of the right form that lie, copy, or repeat what was sent. Nothing of it is billed that is not proven, and nothing twice; the clerk reads why.",
        "issuer import FILE")
    {
        { "mailed-again.receipts", "all that was mailed already, again", Node().Mail() },
        { "mailed-in-part.receipts", "a part of what was mailed already", Node().Mail(from: 2, until: 5) },
        { "overlapping.receipts", "a part of what was mailed, and what came after it", Node().Use(2, 3).Mail(from: 5) },
        { "in-one-file-twice.receipts", "the same ledger two times in one file", [.. s_honest.Mail(), .. s_honest.Mail()] },
        { "beginning-later.receipts", "receipts that begin after those that came: one mail was lost", Node().Use(2, 6).Mail(from: Node().Size + 3) },
        { "fork.receipts", "another history of a ledger that is known", Fork().Mail() },
        { "fork-behind-the-common-part.receipts", "only the part in which the other history differs", Fork().Mail(from: 6) },
        { "shorter-fork.receipts", "another history, shorter than the one that is known", Fork().Mail(until: 8) },
        { "head-hashes-of-another.receipts", "receipts that go on from other hashes than those stored", Fork().Use(1, 9).Mail(from: Node().Size + 4) },
        { "copied-proof.receipts", "a stranger's ledger with the proof of a license that it copied from Acme's ledger", Copied(Node().Receipts.OfType<LicenseReceipt>().First().Holds) },
        { "proof-of-the-text.receipts", "a stranger who has only a hash of the license's text", Copied(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Acme.TextBytes))) },
        { "no-proof.receipts", "no proof at all", Copied("") },
        { "proof-of-nothing.receipts", "a proof that is no hash", Copied("trust-me") },
        { "with-the-text.receipts", "a stranger who has the license's file: it proves it, and its installation is asked about", s_strangers.File() },
        { "never-issued.receipts", "a license that the vendor never issued, and that somebody signed", FleetNode.Begin("acme", "second", Begin).Hold(Vendor.Issue(FleetVendor.Plan(99))).Use(8, 2).Mail() },
        { "altered.receipts", "an issued license with 64 times the cores, signed by a stolen key", FleetNode.Begin("acme", "second", Begin).Hold(Vendor.Issue(Acme.License with { Quota = new LicenseQuota { Cores = 512 } })).Use(8, 2).Mail() },
        { "of-umbrella.receipts", "another customer's license, used on Acme's installation", FleetNode.Begin("acme", "second", Begin).Hold(Umbrella).Use(8, 2).Mail() },
        { "use-before-a-license.receipts", "use of a license before the ledger proves it", (s_good with { Lines = [s_good.Lines[0], Numbered(s_good.Lines[3], 1), Numbered(s_good.Lines[1], 2), Numbered(s_good.Lines[2], 3)] }).File() },
        { "meter-turned-back.receipts", "a meter reading that goes back", s_good.With(5, "\"totalSeconds\":10800", "\"totalSeconds\":3600").File() },
        { "meter-stands.receipts", "a reading that does not move while cores are in use", s_good.With(5, "\"totalSeconds\":10800", "\"totalSeconds\":7200").File() },
        { "use-without-cores.receipts", "core-seconds without a core", s_good.With(4, "\"cores\":4", "\"cores\":0").File() },
        { "more-core-seconds-than-cores.receipts", "more core-seconds than cores and time allow", s_good.With(4, "\"coreSeconds\":14400", "\"coreSeconds\":144000").File() },
        { "longer-than-its-interval.receipts", "two hours of use within one", s_good.With(4, "\"seconds\":3600", "\"seconds\":7200").File() },
        { "ends-before-it-begins.receipts", "an interval that ends before it begins", s_good.With(4, "\"from\":\"2026-11-22T11:00:00Z\"", "\"from\":\"2026-11-22T17:00:00Z\"").File() },
        { "great-numbers.receipts", "2^53 - 1 in every number, which adds up to more than 2^63", s_good.With(3, Great).With(4, Great).With(5, Great).File() },
        { "year-9999.receipts", "use on the calendar's last day", s_good.With(5, static line => line.Replace("2026-11-22T1", "9999-12-31T1", StringComparison.Ordinal)).File() },
        { "licensed-for-years.receipts", "more time licensed than there was, to earn grace", s_good.With(5, "\"licensedSeconds\":10800", "\"licensedSeconds\":315360000").File() },
        { "no-grace-used.receipts", "time in Grace that is not told", Grace().With(5, "\"graceSeconds\":10800", "\"graceSeconds\":0").File() },
        { "licensed-after-the-term.receipts", "Licensed a month after the term's end", FleetNode.Begin("acme", "late", Acme.License.Until!.Value.AddDays(30)).Hold(Acme).Use(1, 2).Mail() },
        { "follows-itself.receipts", "a ledger that carries on itself", s_good.With(0, "\"follows\":\"\",\"followsSize\":0", $"\"follows\":\"{s_honest.Ledger}\",\"followsSize\":9").File() },
        { "follows-a-stranger.receipts", "a ledger that carries on one of another installation", s_good.With(0, "\"follows\":\"\",\"followsSize\":0", $"\"follows\":\"{s_strangers.Key.VerifierKey.Name}\",\"followsSize\":9").File() },
        { "follows-with-a-lie.receipts", "a ledger that carries on more time licensed than the one it follows had", FleetNode.Begin("acme", "third", Begin.AddDays(3), FleetNode.Begin("acme", "first", Begin.AddDays(-100)).Hold(Acme).Use(1, 900)).Hold(Acme).Use(1, 1).Mail() },
        { "reset-by-itself.receipts", "a time reset that no vendor signed", FleetNode.Begin("acme", "second", Begin).Hold(Acme).Use(4, 3).TakeReset(Begin).Use(4, 3).Mail() },
        { "clock-all-day.receipts", "a clock that is set twenty times a day, so that no window of cores can be judged", Unsteady().Mail() },
        { "clock-of-next-year.receipts", "a clock that is a year ahead", FleetNode.Begin("acme", "second", Begin.AddYears(1)).Hold(Acme).Use(1, 2).Mail() },
        { "ten-thousand-cores.receipts", "more cores than the license has", FleetNode.Begin("acme", "second", Begin).Hold(Acme).Use(10_000, 2).Mail() },
        { "states-of-its-own.receipts", "a state that no node has, which steers a page for browsers", s_good.With(2, "\"Licensed\"", "\"<script>alert(1)</script>\"").File() },
        { "kind-of-the-future.receipts", "a kind of receipt that is not known yet, which is kept and counts nothing", (s_good with { Lines = [.. s_good.Lines, "{\"seq\":6,\"kind\":\"=cmd|'/c calc'!A0\",\"at\":\"2026-11-22T13:00:00Z\",\"sky\":\"blue\"}"] }).File() },
    };

    private static FleetNode Fork()
    {
        var node = FleetNode.Begin("acme", "first", Begin).Hold(Acme).Use(4, 3);
        return node.Use(1, 4);
    }

    private static ForgedReceipts Grace() =>
        ForgedReceipts.Of(FleetNode.Begin("acme", "second", Begin).Hold(Acme, LicenseState.Grace, new HeldReason(ReasonCode.CoresExceeded, Begin)).Use(4, 3), "acme");

    private static FleetNode Unsteady()
    {
        var node = FleetNode.Begin("acme", "second", Begin).Hold(Acme);
        for (var step = 0; step < 20; step++)
            node.Use(8, TimeSpan.FromMinutes(10)).SetClock(node.Now.AddMinutes(step % 2 == 0 ? 6 : -6));
        return node;
    }

    private static byte[] Copied(string holds) => s_strangers.With(1, line => line[..(line.IndexOf("\"holds\":\"", StringComparison.Ordinal) + 9)] + holds + "\"}").File();

    private static string Numbered(string line, int seq) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{{\"seq\":{seq}{line[line.IndexOf(',', StringComparison.Ordinal)..]}");

    private static string Great(string line)
    {
        var (head, numbers) = (line[..line.IndexOf("\"openSeconds\"", StringComparison.Ordinal)], line[line.IndexOf("\"openSeconds\"", StringComparison.Ordinal)..].TrimEnd('}'));
        return $"{head}{string.Join(',', numbers.Split(',').Select(static member => member.Split(':')[0] + ":9007199254740991"))}}}";
    }
}
