using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OfflineLicense.Verifier.Metering;

/// <summary>Reads whole files that may not be larger than they have any right to be.</summary>
internal static partial class BoundedFile
{
    /// <summary>Reads a file; whatever its length claims to be, no more than the bound and one byte are read.</summary>
    /// <exception cref="IOException">The file is larger than the bound, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        using var stream = Open(path);
        return Read(stream, maxBytes, path);
    }

    /// <inheritdoc cref="Read(string, int)"/>
    public static byte[] Read(Stream stream, int maxBytes, string name)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (stream.Read(bytes, length, bytes.Length - length) is > 0 and var read)
        {
            length += read;
            if (length > maxBytes)
                throw new IOException($"{name} is larger than {Words.Number(maxBytes)} bytes, which no file of its kind is");
            if (length == bytes.Length)
                Array.Resize(ref bytes, Math.Min(bytes.Length * 4, maxBytes + 1));
        }

        return bytes[..length];
    }

    private static FileStream Open(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

        // A pipe of this name would keep whoever opens it waiting for a writer, for ever.
        var flags = OperatingSystem.IsLinux() ? LinuxNonBlocking | LinuxCloseOnExec : MacNonBlocking | MacCloseOnExec;
        var descriptor = OpenRead(path, flags);
        if (descriptor >= 0)
            return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, 1);
        var reason = new Win32Exception(Marshal.GetLastPInvokeError());
        throw reason.NativeErrorCode == AccessDenied
            ? new UnauthorizedAccessException($"{path}: {reason.Message}")
            : new IOException($"{path}: {reason.Message}");
    }

    private const int AccessDenied = 13;
    private const int LinuxNonBlocking = 0x800;
    private const int LinuxCloseOnExec = 0x80000;
    private const int MacNonBlocking = 0x4;
    private const int MacCloseOnExec = 0x1000000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenRead(string path, int flags);
}
