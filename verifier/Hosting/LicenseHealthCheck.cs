using Microsoft.Extensions.Diagnostics.HealthChecks;
using OfflineLicense.Verifier;

namespace OfflineLicense.Hosting;

/// <summary>A node's verdict as a health check. Reads memory only.</summary>
internal sealed class LicenseHealthCheck(Node node) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var verdict = node.Verdict;
        var status = StatusOf(verdict, context.Registration.FailureStatus);
        return Task.FromResult(new HealthCheckResult(status, DescriptionOf(verdict), exception: null, DataOf(verdict)));
    }

    private static HealthStatus StatusOf(Verdict verdict, HealthStatus failure) => verdict.State switch
    {
        LicenseState.Licensed => HealthStatus.Healthy,
        LicenseState.Grace => HealthStatus.Degraded,
        // Nothing is refused, so nothing is failing. A lower status is the greater number.
        _ when verdict.MayBegin => HealthStatus.Degraded,
        _ => failure,
    };

    private static string DescriptionOf(Verdict verdict)
    {
        var told = verdict.Reasons.Count > 0 ? verdict.Reasons : verdict.Warnings;
        if (told is not [var reason, ..])
            return verdict.State.ToString();
        return TerminalText.Escape($"{verdict.State}: {reason.Sentence}; to mend it: {reason.Mend}");
    }

    private static Dictionary<string, object> DataOf(Verdict verdict)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["state"] = verdict.State.ToString(),
            ["mayBegin"] = verdict.MayBegin,
        };
        Add("license", verdict.License?.Id);
        Add("termEnd", verdict.TermEnd);
        Add("graceEnds", verdict.GraceEnds);
        Add("mailBy", verdict.MailBy);
        foreach (var quota in verdict.Quotas)
        {
            data[$"{quota.Name}.used"] = quota.Used;
            data[$"{quota.Name}.limit"] = quota.Allowed;
        }

        return data;

        void Add(string name, object? value)
        {
            if (value is not null)
                data[name] = value;
        }
    }
}
