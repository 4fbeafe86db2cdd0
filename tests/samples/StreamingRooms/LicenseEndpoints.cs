using OfflineLicense.Verifier;

namespace StreamingRooms;

/// <summary>Where the license stands: for the page, for whoever watches the product, and for what starts it.</summary>
internal static class LicenseEndpoints
{
    public static void MapLicense(this WebApplication app)
    {
        app.MapGet("/license", (Node node) => Summary(node.Verdict));
        app.MapHealthChecks("/health");
        // Whatever restarts the product by this must not do so because of a license: that would end the rooms that stream.
        app.MapHealthChecks("/live", new() { Predicate = check => !check.Tags.Contains("license") });
    }

    private static object Summary(Verdict verdict) => new
    {
        State = verdict.State.ToString(),
        verdict.MayBegin,
        verdict.TermEnd,
        verdict.GraceEnds,
        verdict.MailBy,
        Notes = verdict.Reasons.Concat(verdict.Warnings).Select(reason => $"{reason.Sentence}; to mend it: {reason.Mend}"),
    };
}
