using Xunit;

namespace OfflineLicense.Tests;

/// <summary>A test that needs a program of the machine, or several (<c>"softhsm2-util pkcs11-tool"</c>); where one is missing, the test is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool)
    {
        Tool = tool;
        if (tool.Split(' ').FirstOrDefault(static one => !Tools.IsOnPath(one)) is { } missing)
            Skip = $"needs the program '{missing}', which is not on the PATH";
    }

    public string Tool { get; }
}

/// <summary>As <see cref="ToolFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(string tool)
    {
        Tool = tool;
        if (tool.Split(' ').FirstOrDefault(static one => !Tools.IsOnPath(one)) is { } missing)
            Skip = $"needs the program '{missing}', which is not on the PATH";
    }

    public string Tool { get; }
}

/// <summary>The programs of the machine.</summary>
internal static class Tools
{
    public static bool IsOnPath(string tool)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Any(folder => File.Exists(Path.Combine(folder, tool)) || File.Exists(Path.Combine(folder, tool + ".exe")));
    }
}
