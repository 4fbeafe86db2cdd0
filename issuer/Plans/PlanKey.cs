namespace OfflineLicense.Issuer.Plans;

/// <summary>What a value of a plan may be written as, beside the license's own spelling.</summary>
internal enum PlanValueKind
{
    /// <summary>As in the license.</summary>
    Word,

    /// <summary>Digits, with single underscores between them if wanted: <c>33_638_400</c>.</summary>
    Number,

    /// <summary>A moment, or a day, which means its first second in UTC: <c>2026-12-01</c>.</summary>
    Time,

    /// <summary>Any text; the license quotes it where it must.</summary>
    Text,

    /// <summary>A list of words.</summary>
    List,

    /// <summary>A map of names to texts.</summary>
    Texts,

    /// <summary>An empty map, which says that nothing is limited.</summary>
    Empty,
}

/// <summary>A key of a plan: a key of the license, <c>term.days</c>, or <c>preset</c>. One table for the file, the flags and their help.</summary>
/// <param name="Path">The key with those that it stands under: <c>quota.cores</c>.</param>
/// <param name="Kind">How its value may be written.</param>
/// <param name="Flag">The flag that takes the place of the file's value; null where there is none.</param>
/// <param name="Help">What it means, for <c>--help</c>.</param>
internal sealed record PlanKey(string Path, PlanValueKind Kind, string? Flag = null, string Help = "")
{
    /// <summary>A plan's way to say several keys by one word: <see cref="PlanPreset"/>.</summary>
    internal const string Preset = "preset";

    internal const string Installations = "installations";

    internal const string Until = "term.until";

    /// <summary>A plan's other way to say <see cref="Until"/>.</summary>
    internal const string Days = "term.days";

    /// <summary>All keys, in the order in which a license has them.</summary>
    internal static IReadOnlyList<PlanKey> All { get; } =
    [
        new("format", PlanValueKind.Word),
        new("id", PlanValueKind.Word),
        new(Preset, PlanValueKind.Word, "--preset", "grace, overage and enforcement by one word: standard, lenient, strict, trial, advisory"),
        new("replaces", PlanValueKind.Word, "--replaces", "id of the license whose place this one takes"),
        new("product", PlanValueKind.Word, "--product", "what is licensed; the home's product where nothing is said"),
        new("licensee", PlanValueKind.Text, "--licensee", "to whom"),
        new("purpose", PlanValueKind.Word, "--purpose", "groups statements: production, test, trial, standby"),
        new("issued", PlanValueKind.Word),
        new("term.from", PlanValueKind.Time, "--from", "first day or moment; today where nothing is said"),
        new(Until, PlanValueKind.Time, "--until", "first day or moment after the term; perpetual where nothing is said"),
        new(Days, PlanValueKind.Number, "--days", "length of the term in days, instead of --until"),
        new("builds-until", PlanValueKind.Time, "--builds-until", "builds made before then are covered"),
        new("grace.days", PlanValueKind.Number, "--grace-days", "days of grace from the start"),
        new("grace.earn", PlanValueKind.Number, "--grace-earn", "days of grace more for each 30 days run licensed"),
        new("grace.limit", PlanValueKind.Number, "--grace-limit", "most days of grace"),
        new("quota", PlanValueKind.Empty),
        new("quota.per", PlanValueKind.Word, "--per", "period of the minutes: term, year, month"),
        new("quota.cores", PlanValueKind.Number, "--cores", "cores at one moment over all nodes"),
        new("quota.node-minutes", PlanValueKind.Number, "--node-minutes", "minutes with at least one core in use, over all nodes"),
        new("quota.core-minutes", PlanValueKind.Number, "--core-minutes", "minutes times cores, over all nodes"),
        new("quota.node-cores", PlanValueKind.Number, "--node-cores", "cores at one moment on each node"),
        new("overage", PlanValueKind.Word, "--overage", "use above the quota leads to: allow, grace, refuse"),
        new("enforcement", PlanValueKind.Word, "--enforcement", "enforced, or advisory: nothing is ever refused"),
        new("receipts.every", PlanValueKind.Word, "--every", "length of a metering interval, such as 5m"),
        new("receipts.mail-every", PlanValueKind.Word, "--mail-every", "duty to export receipts, such as 90d"),
        new("receipts.replies-by", PlanValueKind.List),
        new("needs.trust", PlanValueKind.Number, "--needs-trust", "lowest version of the trust document"),
        new("needs.reply", PlanValueKind.Number, "--needs-reply", "lowest number of a reply"),
        new(Installations, PlanValueKind.List, "--installation", "installation that it is bound to; may be repeated"),
        new("features", PlanValueKind.Texts, "--feature", "NAME=TEXT for the product; may be repeated"),
        new("hints", PlanValueKind.Texts),
        new("notes", PlanValueKind.Texts, "--note", "NAME=TEXT for people; may be repeated"),
    ];

    /// <summary>Keys that have no place in a plan: they are filled in when the license is signed.</summary>
    internal bool IsFilledIn => Path is "format" or "id" or "issued";

    /// <summary>Whether the key may have several values.</summary>
    internal bool IsMany => Kind is PlanValueKind.List or PlanValueKind.Texts;

    internal static PlanKey? Find(string path) => All.FirstOrDefault(key => key.Path == path);

    /// <summary>Whether keys stand under this one.</summary>
    internal static bool IsGroup(string path) => All.Any(key => key.Path.StartsWith($"{path}.", StringComparison.Ordinal));
}
