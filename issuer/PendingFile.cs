using System.Security.Cryptography;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer;

/// <summary>
/// A file that is written beside its place and put there later, when what it tells has become true: after the registry
/// has it. So neither stands alone when something fails: a folder that takes no file is found out before the registry
/// commits.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    private PendingFile(string path, string temporary) => (_path, _temporary) = (path, temporary);

    /// <summary>Writes the bytes beside the place.</summary>
    /// <param name="path">The place: a full path.</param>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="CommandFailure">A file is there already, or the folder takes none.</exception>
    internal static PendingFile Write(string path, ReadOnlySpan<byte> bytes)
    {
        CheckFree(path);
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        var pending = new PendingFile(path, temporary);
        try
        {
            File.WriteAllBytes(temporary, bytes);
            return pending;
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            pending.Dispose();
            throw PlainFailure.At("write", path, e);
        }
    }

    /// <exception cref="CommandFailure">A file or folder has that name.</exception>
    internal static void CheckFree(string path)
    {
        if (Path.Exists(path))
            throw new CommandFailure($"'{path}' is there already; nothing is overwritten", "give another name by --out", ExitCode.Unreadable);
    }

    /// <summary>Puts the file in its place, whole.</summary>
    /// <exception cref="CommandFailure">It could not be put there; nothing was overwritten.</exception>
    internal void Put()
    {
        try
        {
            File.Move(_temporary, _path, overwrite: false);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("write", _path, e);
        }
    }

    /// <summary>Takes away what was not put in place.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            // Its folder is gone or closed to us: what failed before this tells more.
        }
    }
}
