using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// What will keep the product from writing receipts, as far as it shows to somebody who only looks: nothing is written and no
/// lock is taken, so what only a write finds out does not show. Rights are the product's user's, who may be another; they are
/// not judged here.
/// </summary>
internal static class WritingTrouble
{
    // A receipt with its checkpoint is less than a kilobyte, and the newest segment's good part is copied at each start.
    private const long LeastFreeBytes = 64 * 1024;

    /// <summary>A warning for who runs the product; null where nothing shows, or the product never started here.</summary>
    internal static Reason? Of(ProductFiles product)
    {
        try
        {
            return LedgerDisk.Real.List(product.StateFolder).Contains(InstallationKey.FileName)
                ? OfKey(product.StateFolder) ?? OfDisk(LedgerDisk.Real.MountOf(product.StateFolder), new DriveInfo(product.StateFolder).AvailableFreeSpace)
                : null;
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What the disk under the state folder says of itself.</summary>
    /// <param name="mount">The file system; null where it cannot be known.</param>
    /// <param name="freeBytes">What is free on it for users other than root.</param>
    internal static Reason? OfDisk(MountedFileSystem? mount, long freeBytes) =>
        mount is { IsReadOnly: true } ? Why($"{mount.MountPoint} is mounted read-only", $"mount {mount.MountPoint} so that it can be written, or move the state folder")
        : mount?.WhyNot(Environment.OSVersion.Version) is { } refusal ? Why(refusal.Reason, refusal.Mend)
        : freeBytes < LeastFreeBytes ? Why("the disk is full", "free some space on the disk of the state folder")
        : null;

    private static Reason? OfKey(string stateFolder)
    {
        try
        {
            InstallationKey.Read(LedgerDisk.Real, stateFolder).Dispose();
            return null;
        }
        catch (KeyFileException unusable)
        {
            return Why(unusable.Message, unusable.Mend ?? InstallationKey.GetBack);
        }
        catch (LedgerDiskException refused) when (refused.Reason != DiskWords.Denied)
        {
            return Why(refused.Message, refused.Mend ?? InstallationKey.GetBack);
        }
    }

    private static Reason Why(string what, string mend) => new()
    {
        Code = ReasonCode.LedgerUnwritable,
        Sentence = $"receipts cannot be written: {what}",
        Mend = mend,
    };
}
