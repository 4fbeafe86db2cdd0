namespace OfflineLicense.Tests.Faults;

/// <summary>A call that changes a disk, as it was made. Files have numbers, since a file may have several names in its life.</summary>
internal abstract record DiskCall
{
    private DiskCall()
    {
    }

    /// <summary>A folder was made.</summary>
    internal sealed record MakeFolder(string Path) : DiskCall;

    /// <summary>A file was made, empty, with a name.</summary>
    internal sealed record Make(string Path, int File) : DiskCall;

    /// <summary>Bytes were written at a file's end.</summary>
    internal sealed record Write(int File, byte[] Bytes) : DiskCall;

    /// <summary>A file was synced.</summary>
    internal sealed record SyncFile(int File, bool Fails) : DiskCall;

    /// <summary>A file got another name.</summary>
    internal sealed record Rename(string From, string To) : DiskCall;

    /// <summary>A name was removed.</summary>
    internal sealed record Remove(string Path) : DiskCall;

    /// <summary>A folder was synced.</summary>
    internal sealed record SyncNames(string Folder) : DiskCall;

    /// <summary>No call: from here on somebody relies on what was promised, by its number.</summary>
    internal sealed record Promise(int Number) : DiskCall;
}
