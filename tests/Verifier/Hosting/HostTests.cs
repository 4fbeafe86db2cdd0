using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OfflineLicense.Hosting;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>A node's life in a host, from before the product's services to after them.</summary>
public sealed class HostTests
{
    [Fact]
    public async Task A_product_gets_its_node_by_asking_for_it()
    {
        await using var product = new ProductHost();
        product.Site.Put();
        await product.Start();
        Assert.Equal(LicenseState.Licensed, product.Node.Verdict.State);
        Assert.Same(product.Node, product.Services.GetRequiredService<Node>());
    }

    [Fact]
    public async Task The_node_is_open_before_the_products_services_start_and_meters_until_they_have_stopped()
    {
        var worker = new Worker();
        await using var product = new ProductHost(builder => builder.Services.AddHostedService(services => worker.With(services)));
        product.Site.Put();
        await product.Start();
        Assert.Equal(LicenseState.Licensed, worker.StateAtStart);
        product.Site.Time.Advance(TimeSpan.FromSeconds(90));
        worker.BeforeItStops = () => product.Site.Time.Advance(TimeSpan.FromSeconds(30));
        await product.Stop();
        Assert.Equal(120 * 4, product.Site.UsageReceipts().Sum(usage => usage.CoreSeconds));
        Assert.IsType<StopReceipt>(product.Site.Receipts()[^1]);
    }

    [Fact]
    public async Task A_host_that_is_thrown_away_without_stopping_closes_the_node_in_good_order()
    {
        using var site = new NodeSite();
        site.Put();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(site.Time);
        builder.Services.AddOfflineLicense(options => Set(options, site));
        using (var host = builder.Build())
            await host.StartAsync();
        Assert.IsType<StopReceipt>(site.Receipts()[^1]);
    }

    [Fact]
    public async Task The_product_starts_with_no_license_a_broken_one_a_damaged_ledger_and_no_disk_to_write_to()
    {
        await using var unlicensed = new ProductHost();
        await unlicensed.Start();
        Assert.Equal(LicenseState.Unlicensed, unlicensed.Node.Verdict.State);

        await using var broken = new ProductHost();
        await File.WriteAllTextAsync(Path.Combine(broken.Site.LicenseFolder, "a.lic"), "nonsense");
        await broken.Start();
        Assert.Equal(ReasonCode.Malformed, broken.Node.Verdict.NotCounting.Single().Code);

        await using var damaged = new ProductHost();
        damaged.Site.Put();
        using (damaged.Site.Open())
            damaged.Site.Time.Advance(TimeSpan.FromHours(2));
        var segment = Directory.EnumerateFiles(damaged.Site.StateFolder, "*.receipts", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes[bytes.Length / 3] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        await damaged.Start();
        Assert.Contains(damaged.Node.Verdict.Warnings, warning => warning.Code == ReasonCode.LedgerDamaged);

        await using var full = new ProductHost();
        full.Site.Put();
        await File.WriteAllTextAsync(full.Site.StateFolder, "a file where the folder should be");
        await full.Start();
        Assert.Equal(ReasonCode.LedgerUnwritable, full.Node.Verdict.Reasons.Single().Code);
    }

    [Fact]
    public async Task A_test_of_the_product_brings_its_own_node()
    {
        using var site = new NodeSite();
        site.Put();
        using var own = site.Open();
        await using var product = new ProductHost(builder => builder.Services.Replace(ServiceDescriptor.Singleton(own)));
        await product.Start();
        Assert.Same(own, product.Node);
        Assert.Equal(LicenseState.Licensed, product.Node.Verdict.State);
        Assert.Contains("Licensed", product.Log.Events);
    }

    [Fact]
    public async Task Adding_it_twice_adds_to_the_options_of_one_node()
    {
        await using var product = new ProductHost();
        product.Site.Put(plain => plain with { BuildsUntil = Licenses.Day(1) });
        await product.Start(builder => builder.Services
            .AddOfflineLicense(product.Configure)
            .AddOfflineLicense(options => options.Built = Licenses.Day(2)));
        Assert.Equal(ReasonCode.BuildTooNew, product.Node.Verdict.NotCounting.Single().Code);
        Assert.Equal(1, product.Log.Events.Count(name => name == "Opened"));
        Assert.Single(product.Site.Ledgers());
    }

    private static void Set(OfflineLicenseOptions options, NodeSite site)
    {
        options.Product = Licenses.Product;
        options.Trust = Licenses.Trust;
        options.LicenseFolder = site.LicenseFolder;
        options.StateFolder = site.StateFolder;
    }

    /// <summary>What a product does: it asks for the node when it starts, and works until it is stopped.</summary>
    private sealed class Worker : IHostedService
    {
        private Node? _node;
        private Usage? _usage;

        public LicenseState? StateAtStart { get; private set; }

        public Action? BeforeItStops { get; set; }

        public Worker With(IServiceProvider services)
        {
            _node = services.GetRequiredService<Node>();
            return this;
        }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            StateAtStart = _node!.Verdict.State;
            Assert.True(_node.TryBegin(4, out _usage, out _));
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            BeforeItStops!();
            _usage!.Dispose();
            return Task.CompletedTask;
        }
    }
}
