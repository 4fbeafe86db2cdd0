using Xunit;

namespace OfflineLicense.Tests;

/// <summary>A test of what only 64-bit Linux has; elsewhere it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            Skip = "needs the open-file-description locks of 64-bit Linux";
    }
}
