namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>What a disk in memory was asked to change, as <c>what name</c>, in order.</summary>
internal static class DiskCalls
{
    /// <summary>Writes down every call from here on; none of them fails.</summary>
    public static List<string> Of(MemoryDisk disk)
    {
        var calls = new List<string>();
        disk.Fails = (what, path) =>
        {
            calls.Add($"{what} {Path.GetFileName(path)}");
            return false;
        };
        return calls;
    }
}
