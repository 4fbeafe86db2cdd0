using System.Runtime.InteropServices;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What Linux tells of whatever a path leads to, links followed: in one call, with the times of .NET and two things that
/// .NET does not tell. The file's number, so that a link that was swapped shows; and the time of its last change of any
/// kind, which no tool that keeps a file's own time (<c>cp -p</c>, <c>tar</c>, <c>rsync</c>) can set back. Immutable.
/// </summary>
/// <param name="Device">The file system that it lies on.</param>
/// <param name="Number">Its number there (inode).</param>
/// <param name="Kind">What it is, by the upper four bits of its mode.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When its content changed, in nanoseconds since 1970, as exactly as its file system keeps it.</param>
/// <param name="Changed">When anything about it changed, also its name or mode.</param>
/// <param name="Born">When it was made; 0 where its file system does not keep that.</param>
internal readonly partial record struct FileStatus(
    ulong Device, ulong Number, int Kind, ulong Length, Int128 Written, Int128 Changed, Int128 Born)
{
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7ff, BirthField = 0x800;
    private const int FolderKind = 0x4000, FileKind = 0x8000;

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => Kind == FolderKind;

    /// <summary>Whether it is a file: no folder, pipe, socket or device.</summary>
    public bool IsFile => Kind == FileKind;

    /// <summary>
    /// Asks the system; null where that is not Linux, where nothing is there, or where it does not tell. Never throws.
    /// </summary>
    public static FileStatus? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            return StatX(CurrentFolder, path, 0, BasicFields | BirthField, out var told) == 0 && (told.Mask & BasicFields) == BasicFields
                ? new FileStatus(
                    (ulong)told.DeviceMajor << 32 | told.DeviceMinor, told.Number, told.Mode & 0xf000, told.Length,
                    told.Written.Nanoseconds, told.Changed.Nanoseconds, (told.Mask & BirthField) != 0 ? told.Born.Nanoseconds : 0)
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return null;
        }
    }

    /// <summary>Another text when what the path leads to may be another, or holds something else.</summary>
    public override string ToString() => FormattableString.Invariant($"{Device}:{Number}:{Kind}:{Length}:{Written}:{Changed}");

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint wanted, out Told told);

    // The same on every machine: the kernel made this call so that it would be.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Told
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Number;
        [FieldOffset(40)] public ulong Length;
        [FieldOffset(80)] public Moment Born;
        [FieldOffset(96)] public Moment Changed;
        [FieldOffset(112)] public Moment Written;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct Moment
    {
        [FieldOffset(0)] public long Seconds;
        [FieldOffset(8)] public uint Fraction;

        public readonly Int128 Nanoseconds => (Int128)Seconds * 1_000_000_000 + Fraction;
    }
}
