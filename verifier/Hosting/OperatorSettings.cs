using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OfflineLicense.Hosting;

/// <summary>
/// What the operator may say in the product's configuration: the two folders, and nothing else. What the licensee writes
/// must not decide whose licenses count, for which product, or how old the product is. Read by hand, without reflection.
/// </summary>
internal sealed class OperatorSettings(IConfigurationSection section) : IConfigureOptions<OfflineLicenseOptions>
{
    /// <inheritdoc/>
    public void Configure(OfflineLicenseOptions options)
    {
        var ignored = new List<string>();
        foreach (var setting in section.GetChildren())
        {
            // Empty is what a variable of a compose file is that nobody filled in: as good as left out.
            var folder = string.IsNullOrWhiteSpace(setting.Value) ? null : setting.Value;
            if (setting.Key.Equals(nameof(options.LicenseFolder), StringComparison.OrdinalIgnoreCase))
                options.LicenseFolder = folder ?? options.LicenseFolder;
            else if (setting.Key.Equals(nameof(options.StateFolder), StringComparison.OrdinalIgnoreCase))
                options.StateFolder = folder ?? options.StateFolder;
            else
                ignored.Add(setting.Path);
        }

        options.IgnoredSettings = ignored;
    }
}
