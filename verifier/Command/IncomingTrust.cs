using System.Security.Cryptography;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// The trust documents of one <c>install</c>: each must be good by what this machine holds, and by those before it in the
/// same call, so that a node which missed some takes them all at once.
/// </summary>
internal sealed class IncomingTrust(ProductFiles product, NodeView view)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);
    private readonly HeldTrust _held = view.CopyOfTrust();

    /// <summary>What is believed once they are in place.</summary>
    public Trust Trust => _held.Trust;

    /// <summary>Takes them up, in the order of their versions.</summary>
    public void Take(IEnumerable<(string File, ReadOnlyMemory<byte> Bytes)> untrusted)
    {
        foreach (var (file, bytes) in untrusted)
            _files[file] = bytes;
        _held.Take(_files.Select(static file => new OfferedTrust(file.Key, file.Value.ToArray())));
    }

    /// <summary>One of them, to be put in place.</summary>
    /// <exception cref="CommandFailure">It is not good here, or a newer one was taken up already.</exception>
    public Incoming Of(string file)
    {
        if (_held.Refused.FirstOrDefault(reason => reason.File == file) is { } refused)
            throw new CommandFailure($"{file}: {refused.Sentence}", refused.Mend, product.Anchors.Roots.Count == 0 ? ExitCode.DoesNotFit : ExitCode.NotTrusted);
        var bytes = _files[file];
        var taken = _held.Taken.FirstOrDefault(taken => Is(taken, bytes)) ?? throw new CommandFailure(
            $"{file}: trust document {Words.Number(_held.Trust.Version)} is newer, and was taken up here already",
            "nothing is to be mended: the newer one says all that counts", ExitCode.DoesNotFit);
        var name = StateFolder.FileFor(taken.Document);
        return new Incoming
        {
            File = file,
            Kind = "trust",
            Name = name,
            IsInstalled = File.Exists(Path.Combine(product.LicenseFolder, name)),
            Bytes = IncomingFiles.Mended(bytes),
            Title = $"trust document {Words.Number(taken.Document.Version)} of {Words.Date(taken.Document.Issued)}",
        };
    }

    private static bool Is(TakenTrust taken, ReadOnlyMemory<byte> file) =>
        taken.Sha256 == Convert.ToBase64String(SHA256.HashData(SignedNote.SplitFile(file, Limits.DocumentBytes).UntrustedTextBytes));
}
