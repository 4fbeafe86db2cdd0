using System.Security;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier;

/// <summary>
/// What a node keeps beside its ledgers: copies of the licenses that were active, and of the newest reply, so that
/// removing a file from the license folder takes nothing back.
/// </summary>
internal sealed class StateFolder(string path, LedgerDisk disk)
{
    private const string LicensesFolder = "licenses";
    private const string ReplyFile = "newest.reply";

    public string Path => path;

    /// <summary>
    /// The installation's key. Where the folder cannot be used it is a key that nobody keeps, and the problem is said:
    /// the product starts all the same.
    /// </summary>
    public SigningKey TakeKey(out string? problem)
    {
        try
        {
            Directory.CreateDirectory(path);
            problem = null;
            return InstallationKey.ReadOrMake(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyFileException or SecurityException)
        {
            problem = e.Message;
            return InstallationKey.Make();
        }
    }

    /// <summary>The installation's name, if its key is there and may be read; else the name that its ledgers bear, or "".</summary>
    public string InstallationOrNone()
    {
        try
        {
            using var key = InstallationKey.Read(path);
            return key.VerifierKey.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyFileException or SecurityException)
        {
            var first = LedgerFolder.List(disk, path).Select(folder => LedgerScan.Read(disk, folder)?.Key).FirstOrDefault(key => key is not null);
            return first is null ? "" : InstallationName.InstallationOf(first.Name);
        }
    }

    /// <summary>Takes a ledger of the folder, or begins one.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public OpenedLedger TakeLedger(SigningKey key, string? problem, DateTimeOffset now, NodeView view)
    {
        if (problem is not null)
            throw new IOException(problem);
        var taken = LedgerFolder.TakeOrBegin(disk, path, key, now);
        var scan = taken.Past ?? LedgerScan.Read(disk, taken.Writer.Folder)!;
        var readings = view.Read(scan, taken.Writer.Ledger);
        if (taken.Follows is { } followed)
            readings.CarryOn(view.Read(followed, followed.Key?.Name ?? ""));
        var start = taken.Past is { } past ? new StartReceipt { At = now, Clean = past.EndsWithStop ? 1 : 0 } : null;
        return new OpenedLedger(taken.Writer, readings, start, taken.Damaged is [{ Damage: { } damage }, ..] ? damage.Message : null);
    }

    /// <summary>The kept copies. One that was damaged does not verify, and is as good as none.</summary>
    public IReadOnlyList<LicenseCandidate> KeptLicenses(Trust trust)
    {
        try
        {
            return [.. Directory.EnumerateFiles(System.IO.Path.Combine(path, LicensesFolder), "*.lic")
                .Order(StringComparer.Ordinal)
                .Select(file => LicenseFolder.Open(file, trust, isKept: true))
                .Where(candidate => candidate.Signed is not null)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return [];
        }
    }

    /// <summary>Keeps a copy of a license, durably, before any receipt names it; false if the disk refuses.</summary>
    public bool TryKeep(LicenseCandidate active) => TryPut(LicensesFolder, active.Signed!.License.Id + ".lic", active.Bytes.Span);

    /// <summary>The kept reply's bytes; null if there is none.</summary>
    public byte[]? KeptReply()
    {
        try
        {
            return BoundedFile.Read(System.IO.Path.Combine(path, ReplyFile), Limits.ReplyBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return null;
        }
    }

    /// <summary>Keeps a reply, durably, before any receipt names it; false if the disk refuses.</summary>
    public bool TryKeepReply(ReadOnlySpan<byte> reply) => TryPut("", ReplyFile, reply);

    private bool TryPut(string below, string file, ReadOnlySpan<byte> content)
    {
        try
        {
            var folder = System.IO.Path.Combine(path, below);
            disk.CreateFolder(folder);
            disk.SyncFolder(path);
            DurableFile.Put(disk, System.IO.Path.Combine(folder, file), content);
            return true;
        }
        catch (LedgerDiskException)
        {
            return false;
        }
    }
}
