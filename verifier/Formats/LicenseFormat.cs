using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// The text of a license, <c>*.lic</c>, a signed note by a license key; canonical YAML with these keys in this order:
/// <code>
/// format: offline-license/license/v1
/// id: 01JDA7X0R3Q8N5V2K6T9W4M1ZC
/// replaces: 01JC0000000000000000000000
/// product: openvidu-pro
/// licensee: Acme Telemedicine
/// purpose: production
/// issued: 2026-11-22T10:00:00Z
/// term:
///   from: 2026-11-22T00:00:00Z
///   until: 2027-11-22T00:00:00Z
/// builds-until: 2027-11-22T00:00:00Z
/// grace:
///   days: 14
///   earn: 1
///   limit: 60
/// quota:
///   per: term
///   cores: 64
///   node-minutes: 1051200
///   core-minutes: 33638400
///   node-cores: 16
/// overage: grace
/// enforcement: enforced
/// receipts:
///   every: 5m
///   mail-every: 90d
///   replies-by:
///     - vendor.example/replies/2026+a1b2c3d4+AT…
/// needs:
///   trust: 3
///   reply: 7
/// installations:
///   - offline-license/mfrggzdfmztwq2lknnwg23tpoa
/// features:
///   recording: "true"
/// hints:
///   region: eu
/// notes:
///   order: A-1027
/// </code>
/// Required are <c>format</c>, <c>id</c>, <c>product</c>, <c>licensee</c>, <c>issued</c>, <c>term.from</c> and
/// <c>quota</c> (<c>{}</c> for none); what is absent is left out. <c>verifier/README.md</c>, "License".
/// </summary>
internal static class LicenseFormat
{
    /// <summary>Days of grace, of all three kinds: about ten years, and no sum of them overflows a date.</summary>
    internal const int MostGraceDays = 3650;

    private const string Format = "offline-license/license/v1";

    // In the order of the enumerations' values.
    private static readonly string[] Periods = ["term", "year", "month"];
    private static readonly string[] Overages = ["allow", "grace", "refuse"];
    private static readonly string[] Enforcements = ["enforced", "advisory"];

    /// <exception cref="DocumentFormatException">The text is no license, or not in the one spelling.</exception>
    internal static License Parse(string untrustedText)
    {
        var license = Read(YamlText.Read(untrustedText, Format));
        return OneSpelling.Difference(untrustedText, Print(license)) is var (line, reason)
            ? throw new DocumentFormatException(line, reason)
            : license;
    }

    /// <exception cref="ArgumentException">A value has no spelling: a time with a fraction, a number above 2^53 - 1.</exception>
    internal static string Print(License license)
    {
        var yaml = new CanonicalYamlWriter();
        yaml.Plain("format", Format);
        yaml.Plain("id", license.Id);
        if (license.Replaces is { } replaces) yaml.Plain("replaces", replaces);
        yaml.Plain("product", license.Product);
        yaml.Text("licensee", license.Licensee);
        if (license.Purpose is { } purpose) yaml.Plain("purpose", purpose);
        Time(yaml, "issued", license.Issued);
        yaml.Begin("term");
        Time(yaml, "from", license.From);
        Time(yaml, "until", license.Until);
        yaml.End();
        Time(yaml, "builds-until", license.BuildsUntil);
        if (license.Grace is { } grace && (grace.Days ?? grace.Earn ?? grace.Limit) is not null)
        {
            yaml.Begin("grace");
            Number(yaml, "days", grace.Days);
            Number(yaml, "earn", grace.Earn);
            Number(yaml, "limit", grace.Limit);
            yaml.End();
        }

        PrintQuota(yaml, license.Quota);
        if (license.Overage is { } overage) yaml.Plain("overage", Overages[(int)overage]);
        if (license.Enforcement is { } enforcement) yaml.Plain("enforcement", Enforcements[(int)enforcement]);
        if (license.Receipts is { } receipts) PrintReceipts(yaml, receipts);
        if (license.Needs is { } needs && (needs.Trust ?? needs.Reply) is not null)
        {
            yaml.Begin("needs");
            Number(yaml, "trust", needs.Trust);
            Number(yaml, "reply", needs.Reply);
            yaml.End();
        }

        List(yaml, "installations", license.Installations);
        Texts(yaml, "features", license.Features);
        Texts(yaml, "hints", license.Hints);
        Texts(yaml, "notes", license.Notes);
        return yaml.ToString();
    }

    private static License Read(YamlMap map)
    {
        var root = new DocumentFields(map, "", "format", "id", "replaces", "product", "licensee", "purpose", "issued", "term",
            "builds-until", "grace", "quota", "overage", "enforcement", "receipts", "needs", "installations", "features", "hints", "notes");
        var term = root.Map("term", "from", "until") ?? throw root.Missing("term");
        var license = new License
        {
            Id = root.Text("id", FieldForm.UlidProblem) ?? throw root.Missing("id"),
            Replaces = root.Text("replaces", FieldForm.UlidProblem),
            Product = root.Text("product", FieldForm.NameProblem) ?? throw root.Missing("product"),
            Licensee = root.Text("licensee", FieldForm.LicenseeProblem) ?? throw root.Missing("licensee"),
            Purpose = root.Text("purpose", FieldForm.NameProblem),
            Issued = root.Time("issued") ?? throw root.Missing("issued"),
            From = term.Time("from") ?? throw term.Missing("from"),
            Until = term.Time("until"),
            BuildsUntil = root.Time("builds-until"),
            Grace = ReadGrace(root.Map("grace", "days", "earn", "limit")),
            Quota = ReadQuota(root.Map("quota", "per", "cores", "node-minutes", "core-minutes", "node-cores") ?? throw root.Missing("quota")),
            Overage = (OverageRule?)root.Choice("overage", Overages),
            Enforcement = (EnforcementRule?)root.Choice("enforcement", Enforcements),
            Receipts = ReadReceipts(root.Map("receipts", "every", "mail-every", "replies-by")),
            Needs = root.Map("needs", "trust", "reply") is { } needs
                ? new LicenseNeeds { Trust = needs.Number("trust", least: 1), Reply = needs.Number("reply", least: 1) }
                : null,
            Installations = root.List("installations", InstallationProblem),
            Features = root.Texts("features"),
            Hints = root.Texts("hints"),
            Notes = root.Texts("notes"),
        };
        if (license.Replaces == license.Id) throw root.Error("replaces", "names the license itself");
        if (license.Until <= license.From) throw term.Error("until", "is not later than 'term.from'");
        return license;
    }

    private static LicenseGrace? ReadGrace(DocumentFields? fields)
    {
        if (fields is null) return null;
        var grace = new LicenseGrace
        {
            Days = (int?)fields.Number("days", least: 0, MostGraceDays),
            Earn = (int?)fields.Number("earn", least: 0, MostGraceDays),
            Limit = (int?)fields.Number("limit", least: 0, MostGraceDays),
        };
        return grace.Limit < (grace.Days ?? License.DefaultGraceDays)
            ? throw fields.Error("limit", "is less than the days from the start")
            : grace;
    }

    private static LicenseQuota ReadQuota(DocumentFields fields) => new()
    {
        Per = (QuotaPeriod?)fields.Choice("per", Periods),
        Cores = fields.Number("cores", least: 1),
        NodeMinutes = fields.Number("node-minutes", least: 0),
        CoreMinutes = fields.Number("core-minutes", least: 0),
        NodeCores = fields.Number("node-cores", least: 1),
    };

    private static LicenseReceipts? ReadReceipts(DocumentFields? fields)
    {
        if (fields is null) return null;
        var receipts = new LicenseReceipts
        {
            Every = fields.Duration("every"),
            MailEvery = fields.Duration("mail-every"),
            RepliesBy = fields.List("replies-by", FieldForm.PlainKeyProblem),
        };
        // Intervals begin at multiples since midnight, so that the windows of all nodes coincide.
        if (receipts.Every?.Value is { } every && (every > TimeSpan.FromHours(1) || TimeSpan.TicksPerDay % every.Ticks != 0))
            throw fields.Error("every", "is not from 1s to 1h and a divisor of a day");
        return receipts;
    }

    private static string? InstallationProblem(string value) =>
        InstallationName.IsInstallation(value) ? null : $"names '{value}', which is not the name of an installation";

    private static void PrintQuota(CanonicalYamlWriter yaml, LicenseQuota quota)
    {
        if (quota == new LicenseQuota())
        {
            yaml.EmptyMap("quota");
            return;
        }

        yaml.Begin("quota");
        if (quota.Per is { } per) yaml.Plain("per", Periods[(int)per]);
        Number(yaml, "cores", quota.Cores);
        Number(yaml, "node-minutes", quota.NodeMinutes);
        Number(yaml, "core-minutes", quota.CoreMinutes);
        Number(yaml, "node-cores", quota.NodeCores);
        yaml.End();
    }

    private static void PrintReceipts(CanonicalYamlWriter yaml, LicenseReceipts receipts)
    {
        if (receipts == new LicenseReceipts()) return;
        yaml.Begin("receipts");
        if (receipts.Every is { } every) yaml.Plain("every", every.ToString());
        if (receipts.MailEvery is { } mailEvery) yaml.Plain("mail-every", mailEvery.ToString());
        List(yaml, "replies-by", receipts.RepliesBy);
        yaml.End();
    }

    private static void Time(CanonicalYamlWriter yaml, string key, DateTimeOffset? time)
    {
        if (time is { } value) yaml.Plain(key, ExactText.FormatTime(value));
    }

    private static void Number(CanonicalYamlWriter yaml, string key, long? number)
    {
        if (number is { } value) yaml.Plain(key, ExactText.FormatNumber(value));
    }

    private static void List(CanonicalYamlWriter yaml, string key, IReadOnlyList<string> items)
    {
        if (items.Count == 0) return;
        yaml.Begin(key);
        foreach (var item in items) yaml.PlainItem(item);
        yaml.End();
    }

    private static void Texts(CanonicalYamlWriter yaml, string key, IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count == 0) return;
        yaml.Begin(key);
        foreach (var (name, text) in texts) yaml.Text(name, text);
        yaml.End();
    }
}
