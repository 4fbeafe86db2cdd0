using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OfflineLicense.Verifier;

namespace OfflineLicense.Hosting;

/// <summary>Registers the node of a product with its host.</summary>
public static class OfflineLicenseServiceCollectionExtensions
{
    /// <summary>
    /// Registers one <see cref="Node"/> as a singleton, opened before any service of the product starts and closed after all
    /// of them have stopped, with its log (category <c>OfflineLicense</c>) and metrics (meter <c>OfflineLicense</c>).
    /// </summary>
    /// <remarks>
    /// A mistake in the options makes the host's start fail with an <see cref="OptionsValidationException"/> that says what to
    /// write where. No state of licenses, folders or disks does: the product starts, and <see cref="Node.Verdict"/> says how it
    /// stands. A <see cref="TimeProvider"/> that is registered is where the node takes time from. A <see cref="Node"/> that is
    /// registered before is used instead of a new one, which is how tests bring theirs. Calling this again adds to the
    /// options of the same node.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets at least <see cref="OfflineLicenseOptions.Product"/> and <see cref="OfflineLicenseOptions.Trust"/>.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddOfflineLicense(this IServiceCollection services, Action<OfflineLicenseOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<OfflineLicenseOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OfflineLicenseOptions>, OptionsCheck>());
        services.TryAddSingleton(Open);
        services.AddHostedService<NodeService>();
        return services;
    }

    /// <summary>
    /// The same, with two settings for the operator of the product: the section's keys <c>LicenseFolder</c> and
    /// <c>StateFolder</c>. They win over what <paramref name="configure"/> sets. Any other key is ignored and told in the log.
    /// </summary>
    /// <inheritdoc cref="AddOfflineLicense(IServiceCollection, Action{OfflineLicenseOptions})"/>
    /// <param name="services">The host's services.</param>
    /// <param name="operatorSettings">A section of the product's configuration, such as <c>GetSection("OfflineLicense")</c>; it need not exist.</param>
    /// <param name="configure">Sets at least <see cref="OfflineLicenseOptions.Product"/> and <see cref="OfflineLicenseOptions.Trust"/>.</param>
    public static IServiceCollection AddOfflineLicense(
        this IServiceCollection services, IConfigurationSection operatorSettings, Action<OfflineLicenseOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(operatorSettings);
        services.AddOfflineLicense(configure);
        return services.AddSingleton<IConfigureOptions<OfflineLicenseOptions>>(new OperatorSettings(operatorSettings));
    }

    private static Node Open(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<OfflineLicenseOptions>>().Value;
        return Node.Open(new NodeOptions
        {
            Product = options.Product,
            Trust = options.Trust!,
            LicenseFolder = options.LicenseFolderInForce,
            LicenseVariable = options.LicenseVariable,
            StateFolder = options.StateFolderInForce,
            Built = options.Built,
            TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System,
            ReadVariable = options.ReadVariable,
            LookEvery = options.LookEvery,
        });
    }
}
