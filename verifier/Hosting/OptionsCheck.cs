using Microsoft.Extensions.Options;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Hosting;

/// <summary>
/// Refuses, when the host starts, what is a mistake in the product or its configuration and would be one on every machine.
/// The state of licenses, folders and disks is none of this: with those the product starts, and the verdict says the rest.
/// </summary>
internal sealed class OptionsCheck : IValidateOptions<OfflineLicenseOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OfflineLicenseOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(OfflineLicenseOptions options)
    {
        if (string.IsNullOrEmpty(options.Product))
            yield return "no product is named: in AddOfflineLicense, set options.Product to the name that its licenses bear, such as \"openvidu-pro\"";
        else if (FieldForm.NameProblem(options.Product) is { } problem)
            yield return $"'{options.Product}' is no product name, it {problem}: set options.Product to the name that its licenses bear";

        if (options.Trust is null)
        {
            yield return "no license key is trusted: in AddOfflineLicense, set options.Trust to Trust.Pinned(\"…\") with the line of "
                + "your license key that 'issuer key show' prints";
        }

        if (options.LicenseVariable is { } variable && string.IsNullOrWhiteSpace(variable))
            yield return "LicenseVariable is empty: name the environment variable, leave it out for OFFLINE_LICENSE, or set null for none";

        foreach (var (setting, folder) in new[] { ("LicenseFolder", options.LicenseFolder), ("StateFolder", options.StateFolder) })
        {
            // A relative folder is another one whenever the product is started from elsewhere, with another ledger in it.
            if (folder is not null && !Path.IsPathFullyQualified(folder))
                yield return $"{setting} is '{folder}', which is no full path: give one from the root on, or leave it out for the usual folder";
        }

        if (options is { LicenseFolder: { } licenses, StateFolder: { } state } && IsSame(licenses, state))
            yield return $"LicenseFolder and StateFolder are both '{licenses}': the operator fills the one and the product the other; give each its own";
    }

    private static bool IsSame(string licenses, string state) =>
        Path.IsPathFullyQualified(licenses) && Path.IsPathFullyQualified(state)
        && Path.TrimEndingDirectorySeparator(Path.GetFullPath(licenses)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(state));
}
