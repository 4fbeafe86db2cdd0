using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OfflineLicense.Hosting;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>The verdict as a health check: what an alert is made of, and what must never end work.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData("Licensed", EnforcementRule.Enforced, HealthStatus.Healthy)]
    [InlineData("Grace", EnforcementRule.Enforced, HealthStatus.Degraded)]
    [InlineData("Lapsed", EnforcementRule.Enforced, HealthStatus.Unhealthy)]
    [InlineData("Licensed", EnforcementRule.Advisory, HealthStatus.Healthy)]
    [InlineData("Grace", EnforcementRule.Advisory, HealthStatus.Degraded)]
    [InlineData("Lapsed", EnforcementRule.Advisory, HealthStatus.Degraded)]
    public async Task A_state_has_a_status_and_one_that_refuses_nothing_is_never_unhealthy(string state, EnforcementRule enforcement, HealthStatus status)
    {
        await using var product = Product();
        product.Site.Put(plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 2 }, Enforcement = enforcement });
        await product.Start();
        product.Site.Time.Advance(TimeSpan.FromDays(state switch { "Licensed" => 0, "Grace" => 2, _ => 4 }));
        Assert.Equal(state, product.Node.Verdict.State.ToString());
        Assert.Equal(status, (await Check(product)).Status);
    }

    [Fact]
    public async Task A_node_without_a_license_says_what_mends_it()
    {
        await using var product = Product();
        await product.Start();
        var entry = await Check(product);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal(
            "Unlicensed: there is no license for openvidu-pro on this node; "
                + "to mend it: put a license into the license folder: offline-license install FILE",
            entry.Description);
        Assert.Equal(["mayBegin", "state"], entry.Data.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_data_are_the_three_dates_and_the_quotas()
    {
        await using var product = Product();
        product.Site.Put(plain => plain with
        {
            Until = Licenses.Day(365),
            Quota = new LicenseQuota { Cores = 64, NodeMinutes = 1_000 },
            Receipts = new LicenseReceipts { MailEvery = Duration.Parse("90d") },
        });
        await product.Start();
        Assert.True(product.Node.TryBegin(6, out var usage, out _));
        product.Site.Time.Advance(TimeSpan.FromMinutes(10));
        usage.Dispose();
        var entry = await Check(product);
        Assert.Equal("Licensed", entry.Description);
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["state"] = "Licensed",
                ["mayBegin"] = true,
                ["license"] = Licenses.Id(1),
                ["termEnd"] = Licenses.Day(365),
                ["graceEnds"] = product.Node.Verdict.GraceEnds!,
                ["mailBy"] = Licenses.Day(90),
                ["cores.used"] = 6L,
                ["cores.limit"] = 64L,
                ["node-minutes.used"] = 10L,
                ["node-minutes.limit"] = 1_000L,
            }.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            entry.Data.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_product_chooses_what_a_failure_is_and_a_probe_without_a_license_filter_finds_the_tag()
    {
        await using var product = Product(HealthStatus.Degraded);
        await product.Start();
        Assert.Equal(HealthStatus.Degraded, (await Check(product)).Status);

        // A liveness probe as the README shows it: P1, no license state ends work that runs.
        var live = await Service(product).CheckHealthAsync(check => !check.Tags.Contains("license"));
        Assert.Equal((HealthStatus.Healthy, 0), (live.Status, live.Entries.Count));
    }

    [Fact]
    public async Task A_node_that_is_closing_still_answers()
    {
        await using var product = Product();
        product.Site.Put();
        await product.Start();
        await product.Stop();
        Assert.Equal(HealthStatus.Healthy, (await Check(product)).Status);
    }

    private static ProductHost Product(HealthStatus? failure = null) =>
        new(builder => builder.Services.AddHealthChecks().AddOfflineLicense(failureStatus: failure));

    private static HealthCheckService Service(ProductHost product) => product.Services.GetRequiredService<HealthCheckService>();

    private static async Task<HealthReportEntry> Check(ProductHost product) =>
        (await Service(product).CheckHealthAsync(check => check.Tags.Contains("license"))).Entries["offline-license"];
}
