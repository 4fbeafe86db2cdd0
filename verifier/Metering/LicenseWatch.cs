using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// Keeps a watch on the license folder as far as the system gives one, so that what is put there is seen at once and not
/// only within a second. Not thread-safe: its node keeps it from one place.
/// </summary>
/// <param name="disk">What holds the folder.</param>
/// <param name="folder">The folder; it need not be there, now or later.</param>
/// <param name="time">Its monotonic clock tells when to try again.</param>
/// <param name="changed">Called on any thread when something in the folder changed; must neither throw nor wait.</param>
internal sealed class LicenseWatch(LedgerDisk disk, string folder, TimeProvider time, Action changed) : IDisposable
{
    /// <summary>Where no watch is to be had, asking for one every second would cost more than it is worth.</summary>
    public static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(30);

    private FolderWatch? _watch;
    private long? _triedAt;

    /// <summary>Begins a watch where there is none that holds.</summary>
    public void Keep()
    {
        if (_watch is { Holds: true })
            return;
        var wasWatching = _watch is not null;
        Dispose();

        // When it comes, it is watched from the next look on.
        if (!disk.FolderExists(folder))
        {
            _triedAt = null;
            return;
        }

        if (!wasWatching && _triedAt is { } before && time.GetElapsedTime(before) < TryAgainAfter)
            return;
        _triedAt = time.GetTimestamp();
        _watch = disk.Watch(folder, changed);
    }

    /// <summary>Gives the watch back.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _watch = null;
    }
}
