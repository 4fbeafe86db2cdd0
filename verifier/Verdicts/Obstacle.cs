namespace OfflineLicense.Verifier.Verdicts;

/// <summary>What keeps a license file from counting, and what mends it.</summary>
internal static class Obstacle
{
    /// <summary>
    /// The code of the first thing that keeps a license from counting at a moment; null for none. Allocates nothing, since
    /// what is foretold asks this of every license at many moments.
    /// </summary>
    public static string? Of(LicenseCandidate candidate, NodeFacts facts, DateTimeOffset now)
    {
        if (candidate.Broken is { } broken)
            return broken.Code;
        var license = candidate.Signed!.License;
        return candidate.Signed.Revoked is not null ? ReasonCode.Revoked
            : license.Product != facts.Product ? ReasonCode.WrongProduct
            : !license.IsFor(facts.Installation) ? ReasonCode.WrongInstallation
            : license.From > now ? ReasonCode.NotYetValid
            : facts.Built >= license.BuildsUntil ? ReasonCode.BuildTooNew
            : license.NeededTrust > facts.TrustVersion ? ReasonCode.NeedsTrust
            : license.NeededReply > ReplyTo(license, facts) ? ReasonCode.NeedsReply
            : null;
    }

    /// <summary>The same for a person: why, and what mends it; null for a license that counts.</summary>
    public static Reason? Explain(LicenseCandidate candidate, NodeFacts facts, DateTimeOffset now)
    {
        var license = candidate.Signed?.License;
        return Of(candidate, facts, now) switch
        {
            null => null,
            ReasonCode.Revoked => Not(
                candidate, ReasonCode.Revoked, $"your vendor took it back: {candidate.Signed!.Revoked}",
                "install the license that your vendor gives in its place"),
            ReasonCode.WrongProduct => Not(
                candidate, ReasonCode.WrongProduct, $"it is for the product {license!.Product}, and this is {facts.Product}",
                $"ask your vendor for a license for {facts.Product}"),
            ReasonCode.WrongInstallation => Not(
                candidate, ReasonCode.WrongInstallation, $"it is bound to other installations than {facts.Installation}",
                "ask your vendor for one that is bound to this installation, with the file that this makes: offline-license request"),
            ReasonCode.NotYetValid => Not(
                candidate, ReasonCode.NotYetValid, $"its term begins on {Words.Date(license!.From)}",
                "leave the file where it is: it counts from that day", license.From),
            ReasonCode.BuildTooNew => Not(
                candidate, ReasonCode.BuildTooNew,
                $"it covers builds made before {Words.Date(license!.BuildsUntil!.Value)}, and this one was made on {Words.Date(facts.Built!.Value)}",
                "install an earlier version of the product, or renew the license"),
            ReasonCode.NeedsTrust => Not(
                candidate, ReasonCode.NeedsTrust,
                $"it needs trust document {Words.Number(license!.NeededTrust)}, and this node has {Held(facts.TrustVersion)}",
                "install the trust document that came with it"),
            ReasonCode.NeedsReply => Not(
                candidate, ReasonCode.NeedsReply,
                $"it needs reply {Words.Number(license!.NeededReply)}, and this node has {Held(ReplyTo(license, facts))}",
                "install the newest reply of your vendor"),
            _ => candidate.Broken,
        };
    }

    /// <summary>Why a license does not count whose place another one has taken.</summary>
    public static Reason Replaced(LicenseCandidate candidate, License newer) => Not(
        candidate, ReasonCode.Replaced, $"license {newer.Id} has taken its place",
        "nothing is to be mended; the file may be removed");

    private static long ReplyTo(License license, NodeFacts facts) => facts.ReplyNumbers.GetValueOrDefault(license.Licensee);

    private static string Held(long number) => number == 0 ? "none" : Words.Number(number);

    private static Reason Not(
        LicenseCandidate candidate, string code, string sentence, string mend, DateTimeOffset? until = null) =>
        new() { Code = code, Sentence = sentence, Mend = mend, File = candidate.File, Until = until };
}
