namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>All hostile files, by chapter.</summary>
internal static class HostileCorpus
{
    internal static IReadOnlyList<HostileChapter> Chapters { get; } =
    [
        HostileNotes.Envelopes, HostileNotes.Transport, HostileLicenses.Chapter, HostileReplies.Replies, HostileReplies.Resets, HostileReplies.Requests,
        HostileReceipts.Chapter, HostileGzip.Chapter, HostileLedgers.Chapter, HostileTexts.Chapter, HostileKeys.Anchors, HostileKeys.PrivateKeys,
        HostilePlans.Plans, HostilePlans.Batches,

        // No file can have such a name on Windows.
        .. OperatingSystem.IsWindows() ? Array.Empty<HostileChapter>() : [HostileTexts.Names],
    ];

    internal static HostileChapter Chapter(string name) => Chapters.Single(chapter => chapter.Name == name);
}
