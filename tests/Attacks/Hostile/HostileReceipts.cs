using System.Text;
using OfflineLicense.Keys;
using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>Receipts files that contradict themselves: whoever reads them stores nothing of the ledger, and accuses nobody.</summary>
internal static class HostileReceipts
{
    private static readonly FleetNode s_node = FleetNode.Begin("acme", "hostile", Begin).Hold(Acme).Use(4, 3).Stop();
    private static readonly ForgedReceipts s_good = ForgedReceipts.Of(s_node, "acme");
    private static readonly string s_text = s_good.Text();
    private static readonly string s_hash = ExactText.FormatBase64(new byte[32]) + "\n";

    internal static HostileChapter Chapter { get; } = new("receipts",
        "Receipts files that are not of the form: told as damage, with the line and what mends it, by the importer and by the independent checker alike.",
        "issuer import FILE", "offline-license check FILE")
    {
        { "empty.receipts", "nothing at all", "" },
        { "dear-vendor.receipts", "a letter", "Dear vendor,\n\nplease find our receipts enclosed.\n" },
        { "head-alone.receipts", "a head and no receipts", s_text[..s_text.IndexOf("\n\n", StringComparison.Ordinal)] + "\n" },
        { "no-signature.receipts", "cut off before the signature", s_text[..s_text.IndexOf('\u2014', StringComparison.Ordinal)] },
        { "cut-in-a-receipt.receipts", "cut off in the midst of a receipt", s_text[..600] },
        { "no-last-newline.receipts", "the last newline was lost", s_text[..^1] },
        { "crlf.receipts", "sent as text: CRLF", s_text.Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "bom.receipts", "a byte-order mark", "\ufeff" + s_text },
        { "armored.receipts", "armored, which receipts never are", Armor.Wrap(Utf8(s_text)) },
        { "quoted.receipts", "quoted in an answer", "> " + s_text.TrimEnd('\n').Replace("\n", "\n> ", StringComparison.Ordinal) + "\n" },
        { "later-version.receipts", "a later version of the format", (s_good with { Format = "offline-license/receipts/v2\n" }).File() },
        { "version-01.receipts", "a version with a leading zero", (s_good with { Format = "offline-license/receipts/v01\n" }).File() },
        { "key-of-another.receipts", "the name of a ledger that the key is not of", (s_good with { KeyLine = $"key {Stranger.VerifierKey.WithName(s_node.Ledger)}\n" }).File() },
        { "key-of-small-order.receipts", "a key for which everybody can sign", SmallOrder() },
        { "key-not-canonical.receipts", "a key in a spelling that is not canonical", (s_good with { KeyLine = $"key {ForgedNote.VerifierLine(s_node.Ledger, ForgedNote.NonCanonicalKey)}\n" }).File() },
        { "key-id-of-another.receipts", "a key id that does not fit", s_text.Replace($"+{s_good.Key.VerifierKey.Id:x8}+", "+00000000+", StringComparison.Ordinal) },
        { "start-01.receipts", "a leading zero", (s_good with { Start = "start 00\n" }).File() },
        { "start-minus.receipts", "a start below zero", (s_good with { Start = "start -1\n" }).File() },
        { "start-past-2-53.receipts", "a start past what a number may be", (s_good with { Start = "start 9007199254740992\n" }).File() },
        { "start-without-hashes.receipts", "a start without the hashes before it", (s_good with { Start = "start 3\n" }).File() },
        { "start-with-too-many-hashes.receipts", "three hashes where two belong", (s_good with { Start = "start 3\n" + s_hash + s_hash + s_hash }).File() },
        { "start-lies.receipts", "a start of 3, and receipts that begin with 0", (s_good with { Start = "start 3\n" + s_hash + s_hash }).File() },
        { "start-at-the-end-of-numbers.receipts", "a start of 2^53 - 1, with all its 53 hashes", (s_good with { Start = "start 9007199254740991\n" + string.Concat(Enumerable.Repeat(s_hash, 53)), Lines = [s_good.Lines[1].Replace("\"seq\":1,", "\"seq\":9007199254740991,", StringComparison.Ordinal)] }).File() },
        { "no-start-receipt.receipts", "a ledger that begins with a license", (s_good with { Lines = [.. s_good.Lines.Skip(1).Select(static (line, seq) => Renumbered(line, seq))] }).File() },
        { "origin-of-another.receipts", "a checkpoint of another ledger", (s_good with { Checkpoint = text => text.Replace(s_node.Ledger, Node().Ledger, StringComparison.Ordinal) }).File() },
        { "size-more.receipts", "a checkpoint that covers one receipt more", (s_good with { Checkpoint = static text => text.Replace("\n7\n", "\n8\n", StringComparison.Ordinal) }).File() },
        { "size-less.receipts", "a checkpoint that covers one receipt less", (s_good with { Checkpoint = static text => text.Replace("\n7\n", "\n6\n", StringComparison.Ordinal) }).File() },
        { "size-07.receipts", "a size with a leading zero", (s_good with { Checkpoint = static text => text.Replace("\n7\n", "\n07\n", StringComparison.Ordinal) }).File() },
        { "other-root.receipts", "a signed root of other receipts", (s_good with { Checkpoint = static text => text.Split('\n') is [var origin, var size, ..] ? $"{origin}\n{size}\n{s_hash}" : "" }).File() },
        { "extended-checkpoint.receipts", "a checkpoint with a fourth line", (s_good with { Checkpoint = static text => text + "and more\n" }).File() },
        { "two-signatures.receipts", "a second signature line, by a stranger", (s_good with { Signature = static line => line + ForgedNote.LineOf("x\n", Stranger) }).File() },
        { "signed-by-a-stranger.receipts", "signed by another key under its own name", (s_good with { Signature = static _ => ForgedNote.LineOf("x\n", Stranger) }).File() },
        { "signed-by-another-key.receipts", "signed by another key under the ledger's name", (s_good with { Signature = static _ => ForgedNote.LineOf("x\n", Stranger.WithName(s_node.Ledger)) }).File() },
        { "s-over-the-order.receipts", "S is raised by the order of the group", (s_good with { Signature = static line => Raised(line) }).File() },
        { "signature-of-zeros.receipts", "a signature of 64 zeros", (s_good with { Signature = static _ => ForgedNote.Line(s_node.Ledger, s_good.Key.VerifierKey.Id, new byte[64]) }).File() },
        { "no-blank-line.receipts", "no blank line before the checkpoint", s_text.Replace("}\n\noffline", "}\noffline", StringComparison.Ordinal) },
        { "two-blank-lines.receipts", "two blank lines before the receipts", s_text.Replace("start 0\n\n", "start 0\n\n\n", StringComparison.Ordinal) },
        { "seq-gap.receipts", "a receipt is left out, under a root and signature that fit", (s_good with { Lines = [.. s_good.Lines.Take(4), .. s_good.Lines.Skip(5)] }).File() },
        { "seq-twice.receipts", "a receipt two times, under a root and signature that fit", (s_good with { Lines = [.. s_good.Lines.Take(4), .. s_good.Lines.Skip(3)] }).File() },
        { "reordered.receipts", "two receipts in another order, under a root and signature that fit", (s_good with { Lines = [.. s_good.Lines.Take(3), s_good.Lines[4], s_good.Lines[3], .. s_good.Lines.Skip(5)] }).File() },
        { "one-digit.receipts", "one digit of one receipt was changed on the way", s_text.Replace("\"cores\":4", "\"cores\":1", StringComparison.Ordinal) },
        { "key-order.receipts", "keys of a receipt in another order", s_good.With(6, static line => line.Replace("\"kind\":\"stop\",\"at\":\"2026-11-22T13:00:00Z\"", "\"at\":\"2026-11-22T13:00:00Z\",\"kind\":\"stop\"", StringComparison.Ordinal)).File() },
        { "key-twice.receipts", "a key two times", s_good.With(3, "\"cores\":4", "\"cores\":4,\"cores\":1").File() },
        { "unknown-key.receipts", "a key that a usage receipt does not have", s_good.With(3, "\"cores\":4", "\"cores\":4,\"gpus\":0").File() },
        { "spaces.receipts", "JSON with spaces", s_good.With(3, "\"cores\":4", "\"cores\": 4").File() },
        { "number-04.receipts", "a number with a leading zero", s_good.With(3, "\"cores\":4", "\"cores\":04").File() },
        { "number-minus.receipts", "a number below zero", s_good.With(3, "\"cores\":4", "\"cores\":-4").File() },
        { "number-4e0.receipts", "a number with an exponent", s_good.With(3, "\"cores\":4", "\"cores\":4e0").File() },
        { "number-text.receipts", "a number as a text", s_good.With(3, "\"cores\":4", "\"cores\":\"4\"").File() },
        { "number-past-2-53.receipts", "2^53", s_good.With(3, "\"cores\":4", "\"cores\":9007199254740992").File() },
        { "no-such-day.receipts", "a day that does not exist", s_good.With(3, "\"at\":\"2026-11-22", "\"at\":\"2026-02-30").File() },
        { "time-zone.receipts", "a time with a zone", s_good.With(3, "11:00:00Z\",\"from", "11:00:00+00:00\",\"from").File() },
        { "escaped-letter.receipts", "a letter by its number", s_good.With(3, "\"Licensed\"", "\"\\u004cicensed\"").File() },
        { "umlaut.receipts", "a letter that is not ASCII", s_good.With(3, "\"Licensed\"", "\"Lic\u00e9nsed\"").File() },
        { "terminal-escape.receipts", "an escape that clears the clerk's terminal", s_good.With(3, "\"Licensed\"", "\"\u001b[2J\u001b[1;1Hno findings\"").File() },
        { "nul.receipts", "a NUL", s_good.With(3, "\"Licensed\"", "\"Licensed\0\"").File() },
        { "long-receipt.receipts", "a receipt of more than 4 KiB", s_good.With(2, "\"reasons\":[]", "\"reasons\":[" + string.Join(',', Enumerable.Repeat("{\"code\":\"TermEnded\",\"since\":\"2026-11-22T10:00:00Z\"}", 100)) + "]").File() },
        { "endless-line.receipts", "a head, and then two million letters on one line", s_text[..s_text.IndexOf("{\"seq\":3", StringComparison.Ordinal)] + new string('x', 2_000_000) },
        { "many-brackets.receipts", "an unknown kind of 2,000 nested arrays", s_good.With(6, static _ => $"{{\"seq\":6,\"kind\":\"weather\",\"at\":\"2026-11-22T13:00:00Z\",\"sky\":{new string('[', 1000)}{new string(']', 1000)}}}").File() },
        { "garbage-after.receipts", "something after the last signature", s_text + "%PDF-1.7\n" },
        { "no-new-head.receipts", "receipts that go on after the signature with no blank line", s_text + s_good.Lines[3] + "\n" },
        { "damaged-then-good.receipts", "a damaged ledger, and a good one behind it, which is taken in", s_text.Replace("\"cores\":4", "\"cores\":1", StringComparison.Ordinal) + Encoding.UTF8.GetString(FleetNode.Begin("acme", "behind", Begin).Hold(Acme).Use(1, 1).Stop().Mail()) },
    };

    private static string Renumbered(string line, int seq) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{{\"seq\":{seq}{line[line.IndexOf(',', StringComparison.Ordinal)..]}");

    private static string Raised(string line)
    {
        var bytes = Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
        return ForgedNote.Line(s_node.Ledger, s_good.Key.VerifierKey.Id, ForgedNote.WithSOverTheOrder(bytes[4..]));
    }

    // The name is made of the key, so the head is right in all but the key's order; and this signature fits every text.
    private static byte[] SmallOrder()
    {
        var name = InstallationName.OfLedger(InstallationName.Of(ForgedNote.OrderEightKey), new byte[10]);
        return (s_good with
        {
            KeyLine = $"key {ForgedNote.VerifierLine(name, ForgedNote.OrderEightKey)}\n",
            Checkpoint = text => text.Replace(s_node.Ledger, name, StringComparison.Ordinal),
            Signature = _ => ForgedNote.Line(name, Convert.ToUInt32(Convert.ToHexString(ForgedNote.IdOf(name, ForgedNote.OrderEightKey)), 16), ForgedNote.BySmallOrder),
        }).File();
    }
}
