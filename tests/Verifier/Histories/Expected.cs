using System.Globalization;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>What a verdict says to whoever acts on it: by the model, or by the node.</summary>
internal sealed record Expected
{
    public required LicenseState State { get; init; }

    public required bool MayBegin { get; init; }

    public string? License { get; init; }

    public IReadOnlyList<(string Code, DateTimeOffset? Since, DateTimeOffset? Until)> Reasons { get; init; } = [];

    public DateTimeOffset? TermEnd { get; init; }

    public DateTimeOffset? GraceEnds { get; init; }

    public DateTimeOffset? MailBy { get; init; }

    /// <summary>The minutes used of the license's quota of them; null for none.</summary>
    public long? Minutes { get; init; }

    public static Expected Of(Verdict verdict) => new()
    {
        State = verdict.State,
        MayBegin = verdict.MayBegin,
        License = verdict.License?.Id,
        Reasons = [.. verdict.Reasons.Select(static reason => (reason.Code, reason.Since, reason.Until))],
        TermEnd = verdict.TermEnd,
        GraceEnds = verdict.GraceEnds,
        MailBy = verdict.MailBy,
        Minutes = verdict.Quotas.SingleOrDefault(static quota => quota.PeriodStart is not null)?.Used,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {State}, {(MayBegin ? "may begin" : "may not begin")}, license {License ?? "none"}, term ends {TermEnd:u}, grace ends {GraceEnds:u}, mail by {MailBy:u}, {Minutes} minutes
        {string.Join('\n', Reasons.Select(static reason => string.Create(CultureInfo.InvariantCulture, $"  {reason.Code} since {reason.Since:u} until {reason.Until:u}")))}
        """);
}
