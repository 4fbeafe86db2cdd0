using System.Security.Cryptography;

namespace OfflineLicense.Tests.Keys;

/// <summary>A folder of one test, gone with it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), "offline-license-tests", RandomNumberGenerator.GetHexString(16))).FullName;

    internal string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
