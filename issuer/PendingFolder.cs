using System.Security.Cryptography;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer;

/// <summary>
/// A folder of files that is filled beside its place and put there whole, when what it tells has become true, as
/// <see cref="PendingFile"/> does with one file. Files may be written on several threads.
/// </summary>
internal sealed class PendingFolder : IDisposable
{
    private readonly string _path;
    private bool _isKept;

    private PendingFolder(string path, string temporary) => (_path, Temporary) = (path, temporary);

    /// <summary>Where the files lie until then.</summary>
    internal string Temporary { get; }

    /// <param name="path">The place: a full path.</param>
    /// <exception cref="CommandFailure">Something is there already, or no folder can be made beside it.</exception>
    internal static PendingFolder Begin(string path)
    {
        PendingFile.CheckFree(path);
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        try
        {
            if (!Directory.Exists(Path.GetDirectoryName(path)))
                throw new DirectoryNotFoundException();
            Directory.CreateDirectory(temporary);
            return new PendingFolder(path, temporary);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("make", path, e);
        }
    }

    /// <exception cref="CommandFailure">The file cannot be written.</exception>
    internal void Write(string name, byte[] bytes)
    {
        try
        {
            File.WriteAllBytes(Path.Combine(Temporary, name), bytes);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("write", Path.Combine(_path, name), e);
        }
    }

    /// <summary>Puts the folder in its place. Where that fails the files stay where they are.</summary>
    /// <exception cref="CommandFailure">It could not be put there.</exception>
    internal void Put()
    {
        _isKept = true;
        try
        {
            Directory.Move(Temporary, _path);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("make", _path, e);
        }
    }

    /// <summary>Takes away what was not to be kept.</summary>
    public void Dispose()
    {
        if (_isKept) return;
        try
        {
            Directory.Delete(Temporary, recursive: true);
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            // What failed before this tells more.
        }
    }
}
