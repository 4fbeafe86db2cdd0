using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Explanations;

/// <summary>The small documents in words. Each throws <see cref="DocumentFormatException"/> where the text is none.</summary>
internal static class ExplainedDocuments
{
    internal static void AddReply(ExplanationLines lines, string untrustedText)
    {
        var reply = ReplyFormat.Parse(untrustedText);
        lines.Add("what it is", "the vendor's reply, which says what receipts it has");
        lines.Add("product", reply.Product);
        lines.Add("licensee", reply.Licensee);
        lines.Add("number", $"{Words.Number(reply.Number)}; a node takes no lower one after it");
        lines.Add("time", Words.Date(reply.Time));
        foreach (var use in reply.Used)
        {
            lines.Add("used", $"of the license {use.License} since {Words.Date(use.PeriodStart)}: {Words.HoursAndMinutes(use.NodeSeconds)} of nodes "
                + $"({Words.Count(use.NodeSeconds, "node-second")}) and {Words.HoursAndMinutes(use.CoreSeconds)} of cores "
                + $"({Words.Count(use.CoreSeconds, "core-second")})");
        }

        foreach (var ledger in reply.Ledgers)
            lines.Add("ledger", $"the vendor has the first {Words.Count(ledger.Size, "receipt")} of {ledger.Ledger}, whose root is {ledger.Root}");
        if (reply.Used.Count == 0) lines.Add("used", "nothing is said about use");
        if (reply.Ledgers.Count == 0) lines.Add("ledger", "the vendor has no receipts of any ledger");
    }

    internal static void AddReset(ExplanationLines lines, string untrustedText)
    {
        var reset = TimeReset.Parse(untrustedText);
        lines.Add("what it is", "a time reset, which lets the time of ledgers go back after a wrong date in the future");
        lines.Add("id", $"{reset.Id}; a ledger takes it once, and none older after it");
        lines.Add("product", reset.Product);
        lines.Add("issued", Words.Date(reset.Issued));
        foreach (var ledger in reset.Ledgers)
        {
            lines.Add("ledger", $"{ledger.Ledger}, if it begins with the same {Words.Count(ledger.Size, "receipt")}, whose root is {ledger.Root}: "
                + $"it was {Words.Date(ledger.Time)} then");
        }
    }

    internal static void AddTrust(ExplanationLines lines, string untrustedText)
    {
        var document = TrustFormat.Parse(untrustedText);
        lines.Add("what it is", "a trust document, which says whose signatures count for the vendor from now on");
        lines.Add("version", $"{Words.Number(document.Version)}; a node takes no lower one after it");
        lines.Add("issued", Words.Date(document.Issued));
        foreach (var root in document.Roots) lines.Key("root", root);
        lines.Add("quorum", $"{Words.Number(document.Quorum)} of these roots must sign the next version, or as many of the product's own");
        foreach (var key in document.Keys)
        {
            lines.Key(key.Role == TrustedRole.License ? "license key" : "reply key", key.Key);
            lines.Add("", $"for what is dated from {Words.Date(key.From)} on{(key.Until is { } until ? $" and before {Words.Date(until)}" : "")}");
        }

        foreach (var revoked in document.RevokedKeys)
        {
            lines.Key("revoked key", revoked.Key);
            lines.Add("", revoked.StaysGood.Count == 0 ? "nothing that it signed counts" : $"of what it signed only {Words.Count(revoked.StaysGood.Count, "license")} with these SHA-256 count");
            foreach (var text in revoked.StaysGood) lines.Add("stays good", text);
        }

        foreach (var license in document.RevokedLicenses) lines.Add("revoked license", license);
        if (document.RevokedKeys.Count + document.RevokedLicenses.Count == 0) lines.Add("revoked", "nothing");
    }

    internal static void AddRequest(ExplanationLines lines, string untrustedText)
    {
        var request = InstallationRequest.Parse(untrustedText);
        lines.Add("what it is", "a request for a license that is bound to an installation");
        lines.Add("product", request.Product);
        lines.Add("installation", $"{request.Installation}, which is made of the key and tells nothing about the site");
        lines.Key("key", request.Key);
    }

    internal static void AddAnchors(ExplanationLines lines, string untrustedText)
    {
        var anchors = TrustAnchors.Parse(untrustedText);
        lines.Add("what it is", "trust anchors: whose licenses the operator's program believes");
        lines.Add("product", anchors.Product);
        foreach (var key in anchors.LicenseKeys) lines.Key("license key", key);
        foreach (var root in anchors.Roots) lines.Key("root", root);
        if (anchors.Roots.Count > 0) lines.Add("quorum", $"{Words.Number(anchors.Quorum)} of these roots must sign a trust document");
    }
}
