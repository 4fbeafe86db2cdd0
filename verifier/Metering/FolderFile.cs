using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// One file of the license folder, as it was read last. It is read when its stamp changes, and then again at every look
/// until the stamp has stood for as long as a change may hide behind it: two files of one length put in place within one
/// tick of a coarse clock look alike. Not thread-safe.
/// </summary>
internal sealed class FolderFile(LedgerDisk disk, string path, int maxBytes)
{
    private string? _stamp;
    private TimeSpan _changed;
    private bool _isSettled;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Its bytes; null when it cannot be read.</summary>
    public byte[]? Bytes { get; private set; }

    /// <summary>Why it cannot be read; null when it can.</summary>
    public IOException? Problem { get; private set; }

    /// <summary>Whether it arrived, or became another, so lately that whoever writes it may not be done.</summary>
    public bool IsChanging { get; private set; }

    /// <summary>Looks at the file.</summary>
    /// <param name="stamp">What the disk tells of it now.</param>
    /// <param name="now">The monotonic clock.</param>
    /// <param name="isOld">Whether it was there before anybody looked.</param>
    /// <returns>Whether its content, or <see cref="IsChanging"/>, is other than before.</returns>
    public bool Look(string stamp, TimeSpan now, bool isOld)
    {
        // What makes a file readable may leave all that is told of it as it was.
        if (stamp == _stamp && _isSettled && Problem is null)
            return false;
        var wasChanging = IsChanging;
        var isOther = Read();
        if (stamp != _stamp || isOther)
            (_stamp, _changed, _isSettled) = (stamp, now, false);
        if (isOther)
            IsChanging = !isOld;
        if (now - _changed >= disk.StampsSettleAfter)
            (_isSettled, IsChanging) = (true, false);
        return isOther || wasChanging != IsChanging;
    }

    private bool Read()
    {
        var (bytes, problem) = (Bytes, Problem);
        try
        {
            (Bytes, Problem) = (BoundedFile.Read(disk, path, maxBytes), null);
        }
        catch (IOException failed)
        {
            (Bytes, Problem) = (null, failed);
        }

        var isSame = Bytes is not null ? bytes is not null && Bytes.AsSpan().SequenceEqual(bytes) : problem?.Message == Problem?.Message;
        return !isSame;
    }
}
