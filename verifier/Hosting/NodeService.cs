using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OfflineLicense.Verifier;

namespace OfflineLicense.Hosting;

/// <summary>
/// The node's life in a host: open before any service of the product starts, closed after all have stopped, so that their
/// last work is metered too. The node is asked for late, so that options are checked before it opens.
/// </summary>
internal sealed class NodeService(
    IServiceProvider services, IOptions<OfflineLicenseOptions> options, ILoggerFactory loggers, IMeterFactory? meters = null)
    : IHostedLifecycleService
{
    /// <summary>The category of the log and the name of the meter.</summary>
    public const string Name = "OfflineLicense";

    private readonly ILogger _logger = loggers.CreateLogger(Name);
    private VerdictLog? _log;
    private Node? _node;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        foreach (var setting in settings.IgnoredSettings)
            NodeLog.SettingIgnored(_logger, setting);
        _node = services.GetRequiredService<Node>();
        NodeLog.Opened(_logger, settings.Product, settings.LicenseFolderInForce, settings.StateFolderInForce);
        NodeMetrics.Create(_node, settings.Product, meters);
        _log = new VerdictLog(_logger);
        _node.Changed += Tell;
        _log.Tell(_node);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_node is null)
            return Task.CompletedTask;
        _node.Dispose();
        _node.Changed -= Tell;
        _log!.Tell(_node);
        NodeLog.Closed(_logger, options.Value.Product);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Tell(object? sender, VerdictChangedEventArgs change) => _log!.Tell(_node!);
}
