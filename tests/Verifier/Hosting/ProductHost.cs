using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OfflineLicense.Hosting;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>A product in a real host, on a machine of its own, with a log to read.</summary>
internal sealed class ProductHost : IAsyncDisposable
{
    private readonly Action<HostApplicationBuilder>? _build;
    private IHost? _host;

    /// <param name="build">What this product registers beside its node.</param>
    public ProductHost(Action<HostApplicationBuilder>? build = null) => _build = build;

    public NodeSite Site { get; } = new();

    public RecordedLog Log { get; } = new();

    public Node Node => Services.GetRequiredService<Node>();

    public IServiceProvider Services => _host!.Services;

    /// <summary>The options that a careful product sets.</summary>
    public void Configure(OfflineLicenseOptions options)
    {
        options.Product = Licenses.Product;
        options.Trust = Licenses.Trust;
        options.LicenseFolder = Site.LicenseFolder;
        options.StateFolder = Site.StateFolder;
        options.ReadVariable = Site.Environment.GetValueOrDefault;
        options.LookEvery = Site.LookEvery;
    }

    /// <summary>Builds and starts the host.</summary>
    /// <param name="register">Registers the node; by default as a careful product does.</param>
    public async Task<ProductHost> Start(Action<HostApplicationBuilder>? register = null)
    {
        // Nothing of the machine that the tests run on: no files, no variables, no console.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Log);
        builder.Services.AddSingleton<TimeProvider>(Site.Time);
        (register ?? (own => own.Services.AddOfflineLicense(Configure)))(builder);
        _build?.Invoke(builder);
        _host = builder.Build();
        await _host.StartAsync();
        return this;
    }

    public Task Stop() => _host!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        Site.Dispose();
    }
}
