namespace OfflineLicense.Verifier.Ledger;

/// <summary>Why a call to the disk failed, in our own spelling: without the path, which whoever tells it names already, and only once.</summary>
internal static class DiskWords
{
    /// <summary>What is said where the user may not.</summary>
    internal const string Denied = "access is denied";

    // What .NET puts behind the system's own words: « : '/the/path'».
    private const string PathFollows = " : '";

    /// <summary>What is asked of a folder; all else is asked of a file.</summary>
    private static readonly string[] s_ofFolders = ["list", "make folder", LedgerDisk.OpeningToSync];

    /// <param name="what">What was tried, as <see cref="LedgerDiskException.What"/> says it.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="failed">What was thrown.</param>
    /// <returns>Lower case at the beginning, no full stop at the end.</returns>
    internal static string Of(string what, string path, Exception failed) => failed switch
    {
        LedgerDiskException refused => refused.Reason,
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "its folder does not exist",
        PathTooLongException => "its name is too long",
        UnauthorizedAccessException when !s_ofFolders.Contains(what) && Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => Denied,
        _ => Sentence(failed.Message.Split(PathFollows, 2)[0]),
    };

    /// <summary>A message of somebody else in our own spelling: no capital at the beginning, no full stop, one line.</summary>
    internal static string Sentence(string message)
    {
        var text = message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        // An acronym keeps its capitals.
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
