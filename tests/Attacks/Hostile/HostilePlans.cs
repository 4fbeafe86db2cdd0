using System.Text;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>What a sales department or an order form gives the vendor: plans in YAML, and tables in CSV.</summary>
internal static class HostilePlans
{
    internal static HostileChapter Plans { get; } = new("plans",
        "Plans in any YAML, each refused before a key is opened. Anchors, aliases and tags have no use in a plan, and are how YAML readers are broken.",
        "issuer issue FILE --dry-run")
    {
        { "empty.yaml", "nothing at all", "" },
        { "scalar.yaml", "a word", "yes\n" },
        { "list.yaml", "a list", "- licensee: Acme\n" },
        { "billion-laughs.yaml", "aliases of aliases of aliases", BillionLaughs() },
        { "anchor.yaml", "one anchor, used by nobody", "licensee: &a Zenith\nquota: {}\n" },
        { "merge.yaml", "a merge key", "licensee: Zenith\nquota:\n  <<: {cores: 8}\n" },
        { "tag.yaml", "a tag that makes objects in careless readers", "licensee: !!python/object/apply:os.system [\"reboot\"]\nquota: {}\n" },
        { "tag-of-text.yaml", "a tag of YAML's own", "licensee: !!str Zenith\nquota: {}\n" },
        { "two-documents.yaml", "two documents, of which careless readers take one", "licensee: Zenith\nquota: {}\n---\nlicensee: Zenith\nquota: {cores: 999}\n" },
        { "brackets.yaml", "40,000 brackets", "licensee: " + new string('[', 40_000) + "\n" },
        { "braces.yaml", "300 maps within each other", string.Concat(Enumerable.Repeat("{a: ", 300)) + "1" + new string('}', 300) + "\n" },
        { "indented.yaml", "sixty levels by indentation", string.Concat(Enumerable.Range(0, 60).Select(static level => new string(' ', level) + "a:\n")) },
        { "tab.yaml", "indented by a tab", "licensee: Zenith\nquota:\n\tcores: 8\n" },
        { "key-twice.yaml", "the quota two times", "licensee: Zenith\nquota: {cores: 8}\nquota: {}\n" },
        { "unknown-key.yaml", "a slip of the hand", "licensee: Zenith\nquta: {}\n" },
        { "id-of-its-own.yaml", "an id that the plan chooses", "id: 01JDA7X0R3Q8N5V2K6T9W00001\nlicensee: Zenith\nquota: {}\n" },
        { "no-quota.yaml", "a quota that was forgotten", "licensee: Zenith\n" },
        { "cores-are-text.yaml", "cores that are a command", "licensee: Zenith\nquota: {cores: \"64; rm -rf /\"}\n" },
        { "cores-0o17.yaml", "cores in octal", "licensee: Zenith\nquota: {cores: 0o17}\n" },
        { "cores-in-sixties.yaml", "cores as YAML 1.1 writes hours", "licensee: Zenith\nquota: {cores: 1:30}\n" },
        { "cores-1e3.yaml", "cores with an exponent", "licensee: Zenith\nquota: {cores: 1e3}\n" },
        { "cores-infinite.yaml", "cores without end", "licensee: Zenith\nquota: {cores: .inf}\n" },
        { "minutes-past-2-53.yaml", "2^53", "licensee: Zenith\nquota: {node-minutes: 9_007_199_254_740_992}\n" },
        { "no-such-day.yaml", "the 31st of November", "licensee: Zenith\nquota: {}\nterm: {from: 2026-11-31, days: 30}\n" },
        { "until-and-days.yaml", "two ends of one term", "licensee: Zenith\nquota: {}\nterm: {until: 2027-11-30, days: 30}\n" },
        { "days-of-an-eon.yaml", "a term past the calendar's end", "licensee: Zenith\nquota: {}\nterm: {days: 9999999}\n" },
        { "licensee-steers-a-terminal.yaml", "a name that clears the terminal", "licensee: \"\\e[2J\\e[1;1HZenith\"\nquota: {}\n" },
        { "licensee-of-lines.yaml", "a name that adds a line to every reply", "licensee: \"Zenith\\nnumber 999\"\nquota: {}\n" },
        { "licensee-is-a-list.yaml", "two names", "licensee: [Zenith, Acme]\nquota: {}\n" },
        { "licensee-of-acme-in-small.yaml", "the name of another customer in small letters", "licensee: acme telemedicine\nquota: {}\n", "issuer issue FILE" },
        { "takes-umbrellas-place.yaml", "a license that takes another customer's place", "licensee: Zenith\nreplaces: 01JDA7X0R3Q8N5V2K6T9W00002\nquota: {}\n", "issuer issue FILE" },
        { "nul.yaml", "a NUL", "licensee: Zen\0ith\nquota: {}\n" },
        { "not-utf8.yaml", "Latin-1", [.. "licensee: Z"u8, 0xe9, .. "nith\nquota: {}\n"u8] },
        { "utf16.yaml", "saved as 'Unicode'", [0xff, 0xfe, .. Encoding.Unicode.GetBytes("licensee: Zenith\nquota: {}\n")] },
        { "too-large.yaml", "more than 64 KiB of comments", string.Concat(Enumerable.Repeat("# and so on\n", 6000)) + "licensee: Zenith\nquota: {}\n" },
        { "a-license.yaml", "a signed license in the place of a plan", HostileCast.Next },
    };

    internal static HostileChapter Batches { get; } = new("batches",
        "Tables of orders. Everything that is wrong with one is told at once, with line and column, and then nothing is signed.",
        "issuer issue --batch FILE --out new --dry-run")
    {
        { "empty.csv", "nothing at all", "" },
        { "no-rows.csv", "a head alone", "licensee,quota.cores\n" },
        { "unknown-column.csv", "a column that is no key of a plan", "licensee,quta.cores\nZenith,8\n" },
        { "column-twice.csv", "a column two times", "licensee,quota.cores,quota.cores\nZenith,8,800\n" },
        { "column-of-60000.csv", "a column's name of 60,000 letters", "licensee," + new string('x', 60_000) + "\nZenith,8\n" },
        { "semicolons.csv", "semicolons, as some spreadsheets write it", "licensee;quota.cores\nZenith;8\n" },
        { "quote-left-open.csv", "a quote that is never closed", "licensee,quota.cores\n\"Zenith,8\nOmega,16\n" },
        { "quote-inside.csv", "a quote in the midst of a field", "licensee,quota.cores\nZen\"ith,8\n" },
        { "after-the-quote.csv", "letters after a closing quote", "licensee,quota.cores\n\"Zenith\"x,8\n" },
        { "too-few-fields.csv", "a row with a field less", "licensee,quota.cores\nZenith\n" },
        { "too-many-fields.csv", "a row with a field more", "licensee,quota.cores\nZenith,8,9\n" },
        { "no-licensee.csv", "a row that names nobody", "licensee,quota.cores\n,8\n" },
        { "line-in-a-name.csv", "a name of two lines", "licensee,quota.cores\n\"Zenith\nnumber 999\",8\n" },
        { "nul.csv", "a NUL", "licensee,quota.cores\nZen\0ith,8\n" },
        { "not-utf8.csv", "Latin-1", [.. "licensee,quota.cores\nZ"u8, 0xe9, .. "nith,8\n"u8] },
        { "utf16.csv", "saved as 'Unicode text' by a spreadsheet", [0xff, 0xfe, .. Encoding.Unicode.GetBytes("licensee,quota.cores\nZenith,8\n")] },
        { "cr.csv", "lines that end in CR alone", "licensee,quota.cores\rZenith,8\r" },
        { "twice-one-customer.csv", "one customer in two rows", "licensee,quota.cores\nZenith,8\nZenith,16\n" },
        { "acme-again.csv", "a customer who has a live license", "licensee,quota.cores\nAcme Telemedicine,800\n" },
        { "many-wrongs.csv", "something else wrong in each row", "licensee,quota.cores,term.until\nZenith,-1,\nOmega,8,2026-11-31\n,4,\nSigma,1e9,tomorrow\n" },
        { "yaml-in-a-field.csv", "YAML in a field, which stays a text", "licensee,quota.cores\nZenith,\"{cores: 8}\"\n" },
    };

    private static string BillionLaughs()
    {
        var text = new StringBuilder("a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var letter = 'b'; letter <= 'i'; letter++)
            text.Append(letter).Append(": &").Append(letter).Append(" [").AppendJoin(", ", Enumerable.Repeat($"*{(char)(letter - 1)}", 9)).Append("]\n");
        return text.Append("licensee: *i\nquota: {}\n").ToString();
    }
}
