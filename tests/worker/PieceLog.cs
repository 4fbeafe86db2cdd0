using System.Runtime.InteropServices;

namespace OfflineLicense.Tests.Worker;

/// <summary>
/// When a piece of work was surely in use, and when it possibly was: stamps of the monotonic clock, which all processes of
/// a machine share. Zero where its process was killed before it could say.
/// </summary>
/// <param name="Asked">Before <c>TryBegin</c> was called.</param>
/// <param name="Begun">After it returned.</param>
/// <param name="Ending">Before <c>Dispose</c> was called.</param>
/// <param name="Ended">After it returned.</param>
/// <param name="Cores">How many it had.</param>
public readonly record struct PieceOfWork(long Asked, long Begun, long Ending, long Ended, long Cores);

/// <summary>A file of pieces, each written at once: the process may be killed at any moment.</summary>
public sealed class PieceLog(string path) : IDisposable
{
    private static readonly int Size = Marshal.SizeOf<PieceOfWork>();

    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Reads what a process wrote; nothing where it did not come to write.</summary>
    public static PieceOfWork[] Read(string path) =>
        File.Exists(path) ? MemoryMarshal.Cast<byte, PieceOfWork>(File.ReadAllBytes(path)).ToArray() : [];

    /// <summary>Writes a piece in its place, counted from 0.</summary>
    public void Write(int place, PieceOfWork piece) =>
        RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes(new ReadOnlySpan<PieceOfWork>(in piece)), (long)place * Size);

    public void Dispose() => _file.Dispose();
}
