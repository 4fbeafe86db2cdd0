using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The text of a ledger's summary, a signed note by the ledger's key; its last lines are those of <see cref="LedgerBlockFormat"/>.
/// The page "Summary" of this folder's README.md has all.
/// <code>
/// offline-license/summary/v1
/// ledger offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm
/// size 4
/// hash CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// begun {"seq":0,"kind":"start","at":"2026-11-22T10:00:00Z", …}
/// state {"seq":0,"kind":"state","at":"2026-11-22T10:05:00Z","state":"Licensed","reasons":[]}
/// usage {"seq":3,"kind":"usage","at":"2026-11-22T10:05:00Z", …}
/// at 2026-11-22T10:05:00Z
/// stopped 0
/// owes 0
/// licensed 1 300 0
/// trust 0
/// license 01JDA7X0R3Q8N5V2K6T9W4M1ZC 01JDA7X0R3Q8N5V2K6T9W4M1ZC
/// counted 01JDA7X0R3Q8N5V2K6T9W4M1ZC
/// total 01JDA7X0R3Q8N5V2K6T9W4M1ZC 300 2400
/// open 2026-11-22T10:05:00Z 0 1 300
/// block 0 4 1 2026-11-22T10:00:00Z 2026-11-22T10:05:00Z
/// use 01JDA7X0R3Q8N5V2K6T9W4M1ZC 2026-11-22 300 2400
/// </code>
/// </summary>
internal static class LedgerSummaryFormat
{
    private const string Format = "offline-license/summary/v1";
    private const string None = "-";

    /// <summary>Reads the text of a summary that the ledger's key signed.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static LedgerSummary Parse(string text, VerifierKey key)
    {
        var reader = new LineReader(text, Format);
        if (reader.Value("ledger") != key.Name)
            throw reader.Error("the summary is of another ledger");
        var size = reader.Number("size", least: 1);
        var summary = new LedgerSummary
        {
            Key = key,
            Size = size,
            Frontier = Frontier(reader, MerkleTree.HashCount(size)),
            Carried = Carried(reader),
            Blocks = LedgerBlockFormat.Read(reader),
        };
        if (summary.Blocks is not [.., var last] || last.End != size)
            throw reader.Error("the blocks do not end where the summary does");

        // One spelling is not asked for, which costs a printing at each opening: the ledger's own key wrote it, and nobody else reads it.
        reader.End(text);
        return summary;
    }

    /// <summary>Prints the text.</summary>
    /// <exception cref="ArgumentException">A number or a time cannot be written.</exception>
    internal static string Print(LedgerSummary summary)
    {
        var carried = summary.Carried;
        var text = new StringBuilder(Format).Append('\n');
        Line("ledger", summary.Key.Name);
        Line("size", ExactText.FormatNumber(summary.Size));
        for (var hashes = summary.Frontier.Span; !hashes.IsEmpty; hashes = hashes[MerkleHash.Bytes..])
            Line("hash", ExactText.FormatBase64(hashes[..MerkleHash.Bytes]));
        Line("begun", LineOf(carried.Begun));
        if (carried.State is { } state)
            Line("state", LineOf(state));
        if (carried.LastUsage is { } usage)
            Line("usage", LineOf(usage));
        Line("at", ExactText.FormatTime(carried.LastAt));
        Line("stopped", Flag(carried.IsStopped));
        Line("owes", Flag(carried.OwesInterval));
        Line("licensed", Flag(carried.WasLicensed), ExactText.FormatNumber(carried.LicensedSeconds), ExactText.FormatNumber(carried.GraceSeconds));
        Line("trust", ExactText.FormatNumber(carried.TrustVersion));
        Line("license", Word(carried.License), Word(carried.LastLicense));
        foreach (var license in carried.Counted)
            Line("counted", license);
        foreach (var reset in carried.Resets)
            Line("reset", reset);
        foreach (var (license, number) in carried.Replies)
            Line("reply", Word(license), ExactText.FormatNumber(number));
        foreach (var (license, seconds, coreSeconds) in carried.Totals)
            Line("total", Word(license), ExactText.FormatNumber(seconds), ExactText.FormatNumber(coreSeconds));
        if (carried.Mark is { } mark)
            Line("mark", ExactText.FormatTime(mark));
        foreach (var run in carried.Marked)
            Line("open", ExactText.FormatTime(run.At), ExactText.FormatNumber(run.StepSeconds), ExactText.FormatNumber(run.Count), ExactText.FormatNumber(run.OpenSeconds));
        foreach (var block in summary.Blocks)
        {
            foreach (var line in LedgerBlockFormat.Print(block))
                Line(line);
        }

        return text.ToString();

        void Line(params ReadOnlySpan<string> words) => text.AppendJoin(' ', words).Append('\n');
    }

    private static byte[] Frontier(LineReader reader, int hashes)
    {
        var frontier = new byte[hashes * MerkleHash.Bytes];
        for (var index = 0; index < hashes; index++)
        {
            if (!ExactText.TryParseBase64(reader.Value("hash"), frontier.AsSpan(index * MerkleHash.Bytes, MerkleHash.Bytes)))
                throw reader.Error("a hash is the base64 of 32 bytes");
        }

        return frontier;
    }

    private static CarriedReadings Carried(LineReader reader)
    {
        var begun = Read<StartReceipt>(reader, "begun");
        var state = reader.NextIs("state") ? Read<StateReceipt>(reader, "state") : null;
        var usage = reader.NextIs("usage") ? Read<UsageReceipt>(reader, "usage") : null;
        var (at, stopped, owes) = (reader.Time("at"), AsFlag(reader, reader.Value("stopped")), AsFlag(reader, reader.Value("owes")));
        var licensed = reader.Values("licensed", 3);
        var trust = reader.Number("trust", least: 0);
        var license = reader.Values("license", 2);
        return new CarriedReadings
        {
            Begun = begun,
            State = state,
            LastUsage = usage,
            LastAt = at,
            IsStopped = stopped,
            OwesInterval = owes,
            WasLicensed = AsFlag(reader, licensed[0]),
            LicensedSeconds = reader.AsNumber(licensed[1], least: 0),
            GraceSeconds = reader.AsNumber(licensed[2], least: 0),
            TrustVersion = trust,
            License = OfWord(license[0]),
            LastLicense = OfWord(license[1]),
            Counted = reader.Sorted("counted", static id => id, static reader => reader.Value("counted")),
            Resets = reader.Sorted("reset", static id => id, static reader => reader.Value("reset")),
            Replies = reader.Sorted("reply", static reply => reply.License, static reader =>
            {
                var values = reader.Values("reply", 2);
                return (License: OfWord(values[0]), reader.AsNumber(values[1], least: 0));
            }),
            Totals = reader.Sorted("total", static total => total.License, static reader =>
            {
                var values = reader.Values("total", 3);
                return (License: OfWord(values[0]), reader.AsNumber(values[1], least: 0), reader.AsNumber(values[2], least: 0));
            }),
            Mark = reader.NextIs("mark") ? reader.Time("mark") : null,
            Marked = Marked(reader),
        };
    }

    private static List<EqualIntervals> Marked(LineReader reader)
    {
        var runs = new List<EqualIntervals>();
        while (reader.NextIs("open"))
        {
            var values = reader.Values("open", 4);
            runs.Add(new EqualIntervals(
                reader.AsTime(values[0]), reader.AsNumber(values[1], least: 0), reader.AsNumber(values[2], least: 1), reader.AsNumber(values[3], least: 0)));
        }

        return runs;
    }

    private static T Read<T>(LineReader reader, string key)
        where T : Receipt =>
        ReceiptLine.Parse(Encoding.ASCII.GetBytes(reader.Value(key))) as T ?? throw reader.Error($"'{key}' is a receipt of another kind");

    private static string LineOf(Receipt receipt) => Encoding.ASCII.GetString(ReceiptLine.Print(receipt));

    private static bool AsFlag(LineReader reader, string value) => value is "0" or "1" ? value == "1" : throw reader.Error($"'{value}' is not 0 or 1");

    private static string Flag(bool flag) => flag ? "1" : "0";

    private static string Word(string license) => license.Length == 0 ? None : license;

    private static string OfWord(string word) => word == None ? "" : word;
}
