using System.Text.Json;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary>How answers tell of a license, to people and to programs.</summary>
internal static class LicenseAnswer
{
    /// <summary>The term: <c>2026-11-22 to 2027-11-22</c>, the end being the first moment after it.</summary>
    internal static string Term(License license) =>
        $"{Words.Date(license.From)} {(license.Until is { } until ? $"to {Words.Date(until)}" : "on, without end")}";

    internal static Cell Standing(LicenseStanding standing) => standing switch
    {
        LicenseStanding.Ahead => new Cell("ahead"),
        LicenseStanding.Running => new Cell("running", Tone.Good),
        LicenseStanding.Ended => new Cell("ended", Tone.Warning),
        _ => new Cell("replaced", Tone.Faint),
    };

    internal static Page Add(Page page, StoredLicense license) => page
        .Field("license", license.Id)
        .Field("licensee", license.Licensee)
        .Field("product", license.Product)
        .Field("purpose", license.Purpose)
        .Field("issued", Words.Date(license.Issued))
        .Field("term", Term(license.License))
        .Field("quota", Quota(license.License))
        .Field("replaces", license.Replaces ?? "none")
        .Field("signed by", license.SignedBy[..license.SignedBy.IndexOf('+', StringComparison.Ordinal)]);

    /// <summary>Where the signed file lies.</summary>
    internal static Page Signed(Page page, string file) => page
        .Field("file", new Cell(file, Tone.Good))
        .Line("recorded, and verified as a customer's node does; 'issuer inspect' tells all of it in words");

    internal static void Write(Utf8JsonWriter json, StoredLicense license)
    {
        json.WriteString("id", license.Id);
        json.WriteString("licensee", license.Licensee);
        json.WriteString("product", license.Product);
        json.WriteString("purpose", license.Purpose);
        json.WriteTime("issued", license.Issued);
        json.WriteTime("from", license.License.From);
        json.WriteTime("until", license.License.Until);
        json.WriteString("replaces", license.Replaces);
        json.WriteString("signedBy", license.SignedBy);
    }

    /// <summary>Its limits: <c>64 cores, 16 cores a node, 1,051,200 node-minutes per term</c>.</summary>
    internal static string Quota(License license)
    {
        var quota = license.Quota;
        var period = license.QuotaPeriodInForce switch { QuotaPeriod.Year => "year", QuotaPeriod.Month => "month", _ => "term" };
        var limits = new List<string>();
        if (quota.Cores is { } cores) limits.Add(Words.Count(cores, "core"));
        if (quota.NodeCores is { } nodeCores) limits.Add($"{Words.Count(nodeCores, "core")} a node");
        if (quota.NodeMinutes is { } nodeMinutes) limits.Add($"{Words.Count(nodeMinutes, "node-minute")} per {period}");
        if (quota.CoreMinutes is { } coreMinutes) limits.Add($"{Words.Count(coreMinutes, "core-minute")} per {period}");
        return limits.Count > 0 ? string.Join(", ", limits) : "no limits";
    }
}
