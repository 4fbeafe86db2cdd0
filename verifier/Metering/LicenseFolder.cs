using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The folder that the operator fills, at any time and by any means. It is looked at again and again, since a watch fails
/// on network and container mounts; a file is read only when something about it changed. Not thread-safe: its node looks
/// at it from one place.
/// </summary>
/// <param name="disk">What holds the folder.</param>
/// <param name="path">The folder; it need not be there, now or later.</param>
/// <param name="trust">Whose licenses count, until <see cref="OpenBy"/> says otherwise.</param>
/// <param name="time">Its monotonic clock tells how long a file has stood as it is.</param>
internal sealed class LicenseFolder(LedgerDisk disk, string path, Trust trust, TimeProvider time)
{
    /// <summary>How many license files are looked at, the first by name: a folder with more was not filled by a person.</summary>
    public const int MostLicenses = 1_000;

    /// <summary>How many replies, each of up to 4 MiB, are; a customer has one.</summary>
    public const int MostReplies = 16;

    /// <summary>How many time resets are, the last by name, since <c>install</c> names them by ids that go up.</summary>
    public const int MostResets = 100;

    /// <summary>How many trust documents are, the last by name, since <c>install</c> names them by versions that go up.</summary>
    public const int MostTrustDocuments = 256;

    /// <summary>How many names are listed at every look; more only when the folder says that there are others.</summary>
    private const int MostListedAlways = 2_000;

    /// <summary>After this a long list is made again all the same: not every file system tells when names change.</summary>
    private static readonly TimeSpan LongListGood = TimeSpan.FromMinutes(1);

    private readonly long _begin = time.GetTimestamp();
    private Dictionary<string, FolderFile> _files = new(StringComparer.Ordinal);
    private Dictionary<string, LicenseCandidate> _opened = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _names = [];
    private (string? Stamp, TimeSpan Since, TimeSpan ListedAt) _list;
    private LedgerDiskException? _problem;
    private bool _hasLooked;
    private Trust _trust = trust;

    /// <summary>The license files, opened or with the reason why they cannot be.</summary>
    public IReadOnlyList<LicenseCandidate> Licenses { get; private set; } = [];

    /// <summary>The reply files, unopened: whose replies count is for the active license to say.</summary>
    public IReadOnlyList<(string File, byte[] Bytes)> Replies { get; private set; } = [];

    /// <summary>The time resets, unopened.</summary>
    public IReadOnlyList<byte[]> Resets { get; private set; } = [];

    /// <summary>The trust documents, unopened: each is for the one that is held to judge.</summary>
    public IReadOnlyList<OfferedTrust> TrustDocuments { get; private set; } = [];

    /// <summary>Opens the licenses by other keys from here on.</summary>
    public void OpenBy(Trust other)
    {
        _trust = other;
        _opened.Clear();
        if (_hasLooked)
            TakeLicenses([.. _names.Where(static name => Is(name, ".lic"))]);
    }

    /// <summary>Looks at the folder; true if anything in it changed since the last look.</summary>
    public bool Look()
    {
        var now = time.GetElapsedTime(_begin);
        var problem = _problem?.Reason;
        var names = Names(now);
        var licenses = names.Where(name => Is(name, ".lic")).ToList();
        var replies = names.Where(name => Is(name, ".reply")).Take(MostReplies).ToList();
        var resets = names.Where(name => Is(name, ".reset")).TakeLast(MostResets).ToList();

        var documents = names.Where(name => Is(name, ".trust")).TakeLast(MostTrustDocuments).ToList();

        var files = new Dictionary<string, FolderFile>(StringComparer.Ordinal);
        var isOther = !_hasLooked || problem != _problem?.Reason;
        foreach (var name in licenses.Take(MostLicenses).Concat(replies).Concat(resets).Concat(documents))
        {
            var file = _files.GetValueOrDefault(name)
                ?? new FolderFile(disk, Path.Combine(path, name), Is(name, ".reply") ? Limits.ReplyBytes : Limits.DocumentBytes);
            if (disk.Stamp(file.Path) is not { } stamp)
                continue;
            files.Add(name, file);
            if (!file.Look(stamp, now, isOld: !_hasLooked))
                continue;
            isOther = true;
            _opened.Remove(name);
        }

        isOther |= files.Count != _files.Count || files.Keys.Any(name => !_files.ContainsKey(name));
        (_files, _hasLooked) = (files, true);
        if (isOther)
            Take(licenses, replies, resets, documents);
        return isOther;
    }

    private void Take(List<string> licenses, List<string> replies, List<string> resets, List<string> documents)
    {
        TakeLicenses(licenses);
        Replies = [.. Readable(replies).Select(file => (file.Path, file.Bytes!))];
        Resets = [.. Readable(resets).Select(file => file.Bytes!)];
        TrustDocuments = [.. documents.Where(_files.ContainsKey).Select(name => _files[name])
            .Select(static file => new OfferedTrust(file.Path, file.Bytes, file.IsChanging, LicenseFile.WordsOf(file.Problem)))];
    }

    private void TakeLicenses(List<string> licenses)
    {
        var opened = new Dictionary<string, LicenseCandidate>(StringComparer.Ordinal);
        foreach (var name in licenses.Where(_files.ContainsKey))
            opened.Add(name, _opened.GetValueOrDefault(name) ?? Open(_files[name]));
        _opened = opened;
        Licenses = licenses.Count > MostLicenses ? [.. opened.Values, TooMany(licenses.Count)]
            : _problem is { } problem ? [NotToBeRead(problem.Reason)] : [.. opened.Values];
    }

    private IEnumerable<FolderFile> Readable(List<string> names) =>
        names.Where(_files.ContainsKey).Select(name => _files[name]).Where(file => file.Bytes is not null);

    private LicenseCandidate Open(FolderFile file)
    {
        var candidate = file.Problem is { } problem ? LicenseFile.Unreadable(file.Path, problem) : LicenseFile.Of(file.Bytes, file.Path, _trust);
        return file.IsChanging ? LicenseFile.StillChanging(candidate) : candidate;
    }

    private LicenseCandidate TooMany(int count) => OfFolder(
        $"it holds {Words.Number(count)} license files, and only the first {Words.Number(MostLicenses)} by name are looked at",
        "remove the files that count no more");

    private LicenseCandidate NotToBeRead(string why) => OfFolder(
        $"the license folder cannot be read: {why.TrimEnd('.')}",
        "let the user whom the product runs as read the folder and the files in it");

    // What is wrong with the folder is told as of a file that cannot be read.
    private LicenseCandidate OfFolder(string sentence, string mend) => new()
    {
        File = path,
        Broken = new Reason { Code = ReasonCode.Unreadable, Sentence = sentence, Mend = mend, File = path },
    };

    /// <summary>The names in the folder; those of a very full one as they were, while it says that none came or went.</summary>
    private IReadOnlyList<string> Names(TimeSpan now)
    {
        var stamp = disk.FolderStamp(path);
        if (stamp != _list.Stamp)
            _list = _list with { Stamp = stamp, Since = now };
        var isSettled = _list.ListedAt - _list.Since >= disk.StampsSettleAfter && now - _list.ListedAt < LongListGood;
        if (_names.Count > MostListedAlways && stamp is not null && isSettled)
            return _names;
        _list = _list with { ListedAt = now };
        try
        {
            (_names, _problem) = (disk.List(path), null);
        }
        catch (LedgerDiskException refused)
        {
            // What may not be read holds no license: the kept copy goes on counting. It is told, unlike a folder that is gone.
            (_names, _problem) = ([], refused);
        }

        return _names;
    }

    private static bool Is(string name, string ending) => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
