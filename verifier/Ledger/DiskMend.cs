namespace OfflineLicense.Verifier.Ledger;

/// <summary>What an operator can do about what a disk said, by the system's own number of it, which .NET hands through.</summary>
internal static class DiskMend
{
    // As Linux has them; macOS has another for the quota, and Windows its own for the full disk.
    private const int Failing = 5;
    private const int Full = 28;
    private const int FullOnWindows = unchecked((int)0x80070070);
    private const int ReadOnly = 30;
    private const int OverQuota = 122;
    private const int OverQuotaOnMac = 69;

    /// <summary>What mends an error; null where nobody can say more than what was asked.</summary>
    /// <param name="error">The system's number.</param>
    public static string? Of(int error) => error switch
    {
        Full or FullOnWindows => "the disk is full: free some space on it",
        OverQuota or OverQuotaOnMac => "the quota of the disk is used up: free some space on it, or have the quota raised",
        ReadOnly => "the disk is mounted read-only: mount it writable; after errors the system does that by itself, and its log says so",
        Failing => "the disk fails: see what the system's log says of it, and replace it",
        _ => null,
    };

    /// <summary>What mends what an exception tells of; null as above.</summary>
    public static string? Of(Exception exception) => Of(NumberOf(exception));

    /// <summary>Whether an exception tells of a full disk.</summary>
    public static bool IsOfFullDisk(Exception exception) => NumberOf(exception) is Full or FullOnWindows;

    private static int NumberOf(Exception exception) => (exception.InnerException as IOException ?? exception).HResult;
}
