using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OfflineLicense.Keys;

/// <content>Who can read a key file, and that one is never overwritten.</content>
public static partial class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute
        | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    private const uint Root = 0;

    // statx(2): AT_EMPTY_PATH, STATX_UID, the size of what it fills in, and where the owner stands in that.
    private const int EmptyPath = 0x1000;
    private const uint OwnerMask = 0x8;
    private const int StatxBytes = 256;
    private const int StatxOwner = 20;

    /// <summary>
    /// Writes a new key file that only its owner can read (mode 0600; on Windows, what the folder grants). It is
    /// there whole and on disk when this returns, or not at all.
    /// </summary>
    /// <param name="path">Where; its folder exists.</param>
    /// <param name="pem">The text, from <see cref="Write"/> or <see cref="WriteUnencrypted"/>.</param>
    /// <exception cref="KeyFileException">A file of that name exists: a key is never overwritten.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow it.</exception>
    public static void Create(string path, string pem)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(pem);
        if (File.Exists(path))
            throw AlreadyThere(path);
        var temporary = TemporaryBeside(path);
        try
        {
            WriteThrough(temporary, pem);
            // Not overwriting is the operating system's to decide: between the question above and here is time.
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw AlreadyThere(path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Puts another text of the same key in a key file's place, with a new passphrase, say: mode 0600, whole and on disk
    /// before it takes the name.
    /// </summary>
    /// <param name="path">The key file.</param>
    /// <param name="pem">The text, from <see cref="Write"/> or <see cref="WriteUnencrypted"/>.</param>
    /// <exception cref="IOException">The disk refused; the file is what it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow it; the file is what it was.</exception>
    internal static void Replace(string path, string pem)
    {
        var temporary = TemporaryBeside(path);
        try
        {
            WriteThrough(temporary, pem);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Refuses a key file that others than its owner can read or change, and on Linux one whose owner is neither root nor who
    /// runs this, unless that is root. Windows has no such mode; there nothing is checked.
    /// </summary>
    /// <param name="path">The key file.</param>
    /// <param name="groupMayRead">True for a secret that an orchestrator hands to a group (mode 0440).</param>
    /// <exception cref="KeyFileException">Others can read or change the file; the message has the command that mends it.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static void CheckCustody(string path, bool groupMayRead = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (OperatingSystem.IsWindows())
            return;
        // Of the file itself: a secret is often mounted as a link, whose own mode says nothing.
        using var file = File.OpenHandle(path);
        var mode = File.GetUnixFileMode(file);
        if ((mode & (groupMayRead ? Others : Others | UnixFileMode.GroupRead)) != UnixFileMode.None)
        {
            throw new KeyFileException(
                $"others can read or change the key file {path} (mode 0{Convert.ToString((int)mode, 8)}): chmod 600 {path}")
            {
                Mend = $"let nobody but its owner read it: chmod 600 {path}",
            };
        }

        if (OperatingSystem.IsLinux())
            CheckOwner(file, path, geteuid());
    }

    /// <param name="file">The open file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="me">The id of the user that runs this.</param>
    internal static void CheckOwner(SafeFileHandle file, string path, uint me)
    {
        if (me != Root && OwnerOf(file) is { } owner && owner != me && owner != Root)
        {
            throw new KeyFileException(string.Create(CultureInfo.InvariantCulture, $"the key file {path} belongs to another user (id {owner}), who can read and change it"))
            {
                Mend = $"let it belong to the user that runs this: chown \"$(id -un)\" {path}",
            };
        }
    }

    // Where the system does not say whose a file is, its mode has to do.
    private static uint? OwnerOf(SafeFileHandle file)
    {
        try
        {
            Span<byte> stat = stackalloc byte[StatxBytes];
            return statx(file, "", EmptyPath, OwnerMask, ref MemoryMarshal.GetReference(stat)) == 0 ? MemoryMarshal.Read<uint>(stat[StatxOwner..]) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static string TemporaryBeside(string path) => $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";

    private static KeyFileException AlreadyThere(string path) =>
        new($"the file {path} exists; a key file is never overwritten, choose another name");

    private static void WriteThrough(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        else
            options.Options = FileOptions.WriteThrough;
        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(pem));
        if (!OperatingSystem.IsWindows() && fsync(file.SafeFileHandle) != 0)
            throw new IOException($"the disk did not take the key file {path}", new Win32Exception(Marshal.GetLastPInvokeError()));
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();

    // Unlike stat, it fills in the same bytes on every processor.
    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(SafeFileHandle folder, string path, int flags, uint mask, ref byte stat);

    // .NET's own flush hides a failed fsync.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(SafeFileHandle file);
}
