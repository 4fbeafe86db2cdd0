using System.Globalization;

namespace OfflineLicense.Issuer.Home;

/// <summary>The home's <c>issuer.yaml</c> cannot be used.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="reason">What is wrong: lower case, no full stop.</param>
internal sealed class HomeFormatException(int line, string reason)
    : FormatException(string.Create(CultureInfo.InvariantCulture, $"line {line} of {HomeSettings.FileName}: {reason}"));
