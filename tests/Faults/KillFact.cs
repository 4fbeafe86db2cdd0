using System.Globalization;
using Xunit;

namespace OfflineLicense.Tests.Faults;

/// <summary>Real processes that are killed, which takes minutes: run where OFFLINE_LICENSE_KILLS=N says how many at random.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KillFactAttribute : FactAttribute
{
    public KillFactAttribute() => Skip = Kills.WhySkipped;
}

/// <summary>As <see cref="KillFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KillTheoryAttribute : TheoryAttribute
{
    public KillTheoryAttribute() => Skip = Kills.WhySkipped;
}

/// <summary>How many kills were asked for.</summary>
internal static class Kills
{
    internal static int AtRandom { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("OFFLINE_LICENSE_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var kills) ? kills : 0;

    internal static string? WhySkipped => AtRandom == 0 ? "takes minutes: OFFLINE_LICENSE_KILLS=N kills at every call, and N times at random"
        : Tools.IsOnPath("strace") ? null : "needs the program 'strace', which is not on the PATH";
}
