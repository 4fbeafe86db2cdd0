using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Explanations;

/// <summary>A license in words: every key, and for a key that is left out what holds then.</summary>
internal static class ExplainedLicense
{
    /// <exception cref="DocumentFormatException">The text is no license.</exception>
    internal static void Add(ExplanationLines lines, string untrustedText)
    {
        var license = LicenseFormat.Parse(untrustedText);
        lines.Add("what it is", "a license");
        lines.Add("id", license.Id);
        if (license.Replaces is { } replaces) lines.Add("replaces", $"the license {replaces}, which never counts again where this one has counted");
        lines.Add("product", license.Product);
        lines.Add("licensee", license.Licensee);
        Written(lines, "purpose", license.Purpose is not null, license.PurposeInForce);
        lines.Add("issued", Words.Date(license.Issued));
        lines.Add("term begins", Words.Date(license.From));
        lines.Add("term ends", license.Until is { } until ? $"{Words.Date(until)}; that second is the first one outside" : "never; it is perpetual");
        lines.Add("builds", license.BuildsUntil is { } builds ? $"those made before {Words.Date(builds)}" : "any build of the product");
        AddGrace(lines, license);
        AddQuota(lines, license);
        Written(lines, "enforcement", license.Enforcement is not null, license.EnforcementInForce == EnforcementRule.Enforced
            ? "enforced: after the grace new work does not begin; work that runs is never ended"
            : "advisory: nothing is ever refused");
        AddReceipts(lines, license);
        if (license.Needs?.Trust is { } trust) lines.Add("needs", $"a trust document of version {Words.Number(trust)} or later beside it");
        if (license.Needs?.Reply is { } reply) lines.Add("needs", $"the vendor's reply number {Words.Number(reply)} or later beside it");
        if (license.Installations.Count == 0) lines.Add("installations", "any");
        foreach (var installation in license.Installations) lines.Add("installation", $"bound to {installation}");
        AddTexts(lines, "feature", license.Features);
        AddTexts(lines, "hint", license.Hints);
        AddTexts(lines, "note", license.Notes);
    }

    private static void AddGrace(ExplanationLines lines, License license)
    {
        var earned = license.GraceEarn > 0 && license.GraceLimit > license.GraceDays
            ? $", and {Words.Count(license.GraceEarn, "day")} more for each full 30 days that the node has run licensed, "
              + $"{Words.Count(license.GraceLimit, "day")} at most"
            : "";
        Written(lines, "grace", license.Grace is not null,
            $"{Words.Count(license.GraceDays, "day")}{earned}, from the term's end or from the moment another reason begins");
    }

    private static void AddQuota(ExplanationLines lines, License license)
    {
        var quota = license.Quota;
        var period = license.QuotaPeriodInForce switch
        {
            QuotaPeriod.Year => "in each calendar year",
            QuotaPeriod.Month => "in each calendar month",
            _ => "in the whole term",
        };
        Limit(lines, quota.Cores, "core", "in use at one moment, over all nodes");
        Limit(lines, quota.NodeMinutes, "node-minute", $"{period}, over all nodes: minutes with at least one core in use");
        Limit(lines, quota.CoreMinutes, "core-minute", $"{period}, over all nodes: minutes times cores in use");
        Limit(lines, quota.NodeCores, "core", "in use at one moment, on each node alone");
        if (quota == new LicenseQuota { Per = quota.Per }) lines.Add("quota", "none; use is not limited");
        if (quota.Per is not null || quota.NodeMinutes is not null || quota.CoreMinutes is not null)
            Written(lines, "quota period", quota.Per is not null, $"minutes count {period}");
        Written(lines, "overage", license.Overage is not null, license.OverageInForce switch
        {
            OverageRule.Allow => "allow: use above the quota is metered and only warned of",
            OverageRule.Refuse => "refuse: work that would exceed the quota does not begin",
            _ => "grace: use above the quota begins the grace",
        });
    }

    private static void AddReceipts(ExplanationLines lines, License license)
    {
        Written(lines, "receipts", license.Receipts?.Every is not null, $"one every {Words.Length(license.ReceiptInterval)} that the product is open");
        lines.Add("mail", license.MailInterval is { } interval
            ? $"receipts are to be exported at least every {Words.Length(interval)}"
            : "no duty to export receipts");
        foreach (var key in license.Receipts?.RepliesBy ?? [])
            lines.Add("replies", VerifierKey.TryParse(key, out _) ? $"those signed by {key} count" : $"{key} counts for nothing: it is no key of prime order");
    }

    /// <summary>Why a node would refuse a well-signed license: its key or itself was taken back; no public key may stand in two roles.</summary>
    internal static string? Problem(ReadOnlyMemory<byte> untrustedFile, string untrustedText, KnownKeys known) =>
        known.Trust is { IsRooted: true } trust ? SignedLicense.Open(untrustedFile, trust) is { Outcome: not ReadingOutcome.Good } refused ? refused.Reason : null
        : (LicenseFormat.Parse(untrustedText).Receipts?.RepliesBy ?? [])
            .Any(line => VerifierKey.TryParse(line, out var key) && known.License.Any(license => license.PublicKey.SequenceEqual(key.PublicKey)))
                ? "it is signed, but receipts.replies-by names a key that signs licenses, so no node takes it"
                : null;

    private static void AddTexts(ExplanationLines lines, string label, IReadOnlyDictionary<string, string> texts)
    {
        foreach (var (key, text) in texts) lines.Add($"{label} {key}", text);
    }

    private static void Limit(ExplanationLines lines, long? limit, string unit, string where)
    {
        if (limit is { } value) lines.Add("quota", $"{Words.Count(value, unit)} {where}");
    }

    private static void Written(ExplanationLines lines, string label, bool isWritten, string text)
    {
        if (isWritten) lines.Add(label, text);
        else lines.Absent(label, text);
    }
}
