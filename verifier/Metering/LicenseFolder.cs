using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The folder that the operator fills. It is looked at again and again, because watches fail on network and container
/// mounts; files are read only when something about them changed. Not thread-safe: its node looks at it from one place.
/// </summary>
internal sealed class LicenseFolder(LedgerDisk disk, string path, Trust trust)
{
    /// <summary>How many license files are looked at, the first by name: a folder with more was not filled by a person.</summary>
    public const int MostLicenses = 1_000;

    /// <summary>How many replies, each of up to 4 MiB, are; a customer has one.</summary>
    public const int MostReplies = 16;

    private string? _fingerprint;
    private IReadOnlyList<LicenseCandidate> _licenses = [];
    private IReadOnlyList<(string File, byte[] Bytes)> _replies = [];

    /// <summary>The license files, opened or with the reason why they cannot be.</summary>
    public IReadOnlyList<LicenseCandidate> Licenses => _licenses;

    /// <summary>The reply files, unopened: whose replies count is for the active license to say.</summary>
    public IReadOnlyList<(string File, byte[] Bytes)> Replies => _replies;

    /// <summary>Looks at the folder; true if anything in it changed since the last look.</summary>
    public bool Look()
    {
        var (files, fingerprint) = Files();
        if (fingerprint == _fingerprint)
            return false;
        _licenses = [.. files.Where(file => Is(file, ".lic")).Select(ReadLicense)];
        var replies = files.Where(file => Is(file, ".reply")).Select(ReadReply).ToList();
        _replies = [.. replies.OfType<(string, byte[])>()];

        // Taken before the reading: a file that changed in between is read again at the next look. So is one that could
        // not be read, since making it readable leaves its length and times as they are.
        var areAllRead = !replies.Contains(null) && _licenses.All(license => license.Broken?.Code != ReasonCode.Unreadable);
        _fingerprint = areAllRead ? fingerprint : null;
        return true;
    }

    /// <summary>Opens one license file.</summary>
    public static LicenseCandidate Open(LedgerDisk disk, string file, Trust trust, bool isKept = false)
    {
        try
        {
            var bytes = BoundedFile.Read(disk, file, Limits.DocumentBytes);
            var reading = SignedLicense.Open(bytes, trust, file);
            return reading.License is { } license
                ? new LicenseCandidate { File = file, Signed = license, Bytes = bytes, IsKept = isKept }
                : new LicenseCandidate { File = file, Broken = Broken(file, reading), IsKept = isKept };
        }
        catch (IOException e)
        {
            var unreadable = new Reason
            {
                Code = ReasonCode.Unreadable,
                Sentence = $"it cannot be read: {((e as LedgerDiskException)?.Reason ?? e.Message).TrimEnd('.')}",
                Mend = "make it readable for the user that the product runs as",
                File = file,
            };
            return new LicenseCandidate { File = file, Broken = unreadable, IsKept = isKept };
        }
    }

    private static Reason Broken(string file, LicenseReading reading)
    {
        var line = reading.Line > 0 ? $"line {Words.Number(reading.Line)}: " : "";
        var (code, sentence, mend) = reading.Outcome switch
        {
            ReadingOutcome.UnknownKey => (
                ReasonCode.UnknownKey, $"it is not signed by a key that this product knows: {reading.Reason}",
                "check that the file is for this product and from its vendor"),
            ReadingOutcome.BadSignature => (
                ReasonCode.BadSignature, $"it was changed after it was signed: {reading.Reason}",
                "get the file again, as an attachment, or armored"),
            ReadingOutcome.NeedsNewerVersion => (
                ReasonCode.NeedsNewerVersion,
                $"it is signed by your vendor, but needs a newer version of the product: {line}{reading.Reason}",
                "update the product, or ask your vendor for a license for this version"),
            _ => (
                ReasonCode.Malformed, $"it is not a whole license: {line}{reading.Reason}",
                "get the file again, as an attachment, or armored"),
        };
        return new Reason { Code = code, Sentence = sentence, Mend = reading.Hint ?? mend, File = file };
    }

    private (List<string> Files, string Fingerprint) Files()
    {
        try
        {
            var files = disk.List(path).Select(name => Path.Combine(path, name)).ToList();
            var stamped = files.Where(file => Is(file, ".lic")).Take(MostLicenses)
                .Concat(files.Where(file => Is(file, ".reply")).Take(MostReplies))
                .Select(file => (File: file, Stamp: disk.Stamp(file)))
                .Where(entry => entry.Stamp is not null)
                .ToList();
            return ([.. stamped.Select(entry => entry.File)], string.Join('\n', stamped.Select(entry => entry.Stamp)));
        }
        catch (IOException)
        {
            // A folder that is gone, or may not be read, holds no license: the kept copy goes on counting.
            return ([], "");
        }
    }

    private static bool Is(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private LicenseCandidate ReadLicense(string file) => Open(disk, file, trust);

    private (string, byte[])? ReadReply(string file)
    {
        try
        {
            return (file, BoundedFile.Read(disk, file, Limits.ReplyBytes));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
