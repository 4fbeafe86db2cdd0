using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OfflineLicense.Verifier;

namespace OfflineLicense.Hosting;

/// <summary>Registers the health check of a product's license.</summary>
public static class OfflineLicenseHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the registered <see cref="Node"/>: Licensed is healthy, Grace degraded, Lapsed and Unlicensed are
    /// <paramref name="failureStatus"/>; where the license is advisory, and so nothing is refused, they are degraded.
    /// </summary>
    /// <remarks>
    /// It is for alerts and dashboards, and for readiness where a node that may begin no work should get none.
    /// <b>Never for liveness</b>: an orchestrator that restarts a node because its license lapsed ends the work that runs,
    /// which no license state may do, and the restarted node is no better licensed. So its tag is <c>license</c>, which no
    /// probe asks for by itself; a probe without a filter asks for every check, this one too.
    /// </remarks>
    /// <param name="builder">The builder that <c>services.AddHealthChecks()</c> returns.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What Lapsed and Unlicensed are reported as; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to filter by; null for <c>license</c> alone.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddOfflineLicense(
        this IHealthChecksBuilder builder, string name = "offline-license", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.Add(new HealthCheckRegistration(
            name,
            static services => new LicenseHealthCheck(services.GetRequiredService<Node>()),
            failureStatus,
            tags ?? ["license"]));
    }
}
