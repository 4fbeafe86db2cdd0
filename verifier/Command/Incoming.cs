using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// A file that the vendor sent, recognised by its content, verified against the product's anchors and checked against
/// what is installed. Only <see cref="IncomingFiles"/> makes one, so that whatever is one may be put in place.
/// </summary>
internal sealed record Incoming
{
    /// <summary>The file as the user named it.</summary>
    public required string File { get; init; }

    /// <summary><c>trust</c>, <c>license</c>, <c>reply</c> or <c>reset</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is in a few words; text out of the file may stand in it.</summary>
    public required string Title { get; init; }

    /// <summary>Its file's name in the license folder, made from its content.</summary>
    public required string Name { get; init; }

    /// <summary>Its bytes, with what transport did to them undone.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Whether it is in place already.</summary>
    public bool IsInstalled { get; init; }
}

/// <summary>
/// Recognises and checks the files of one <c>install</c>. Needs no valid license: only the anchors and the license folder,
/// and for a time reset the ledgers that it is for. Whatever is wrong with any file is thrown before anything is written.
/// </summary>
internal sealed class IncomingFiles(ProductFiles product)
{
    private static readonly string[] s_formatLines = ["format: offline-license/license/v", "offline-license/reply/v", "offline-license/reset/v", "format: offline-license/trust/v"];

    // Whose replies count is said by licenses: those in place or kept, and those that come with the reply.
    private readonly List<License> _licenses = [];
    private readonly NodeView _view = product.View();
    private Trust _trust = product.Trust;

    /// <summary>Checks all files, the licenses among them first.</summary>
    /// <exception cref="CommandFailure">One of them must not be installed.</exception>
    public IReadOnlyList<Incoming> Check(IReadOnlyList<(string File, byte[] Bytes)> untrusted)
    {
        _view.RefreshOthers(own: null);
        var trusts = new IncomingTrust(product, _view);
        _licenses.AddRange(_view.Candidates.Select(static candidate => candidate.Signed?.License).OfType<License>()
            .Where(license => license.Product == product.Product));
        var kinds = untrusted.Select(static file => (file.File, Bytes: (ReadOnlyMemory<byte>)file.Bytes, Kind: KindOf(file.File, file.Bytes))).ToList();
        trusts.Take(kinds.Where(static file => file.Kind == Kind.Trust).Select(static file => (file.File, file.Bytes)));
        _trust = trusts.Trust;
        var incoming = new Incoming[kinds.Count];
        foreach (var index in Enumerable.Range(0, kinds.Count).OrderBy(index => kinds[index].Kind))
        {
            var (file, bytes, kind) = kinds[index];
            incoming[index] = kind switch
            {
                Kind.Trust => trusts.Of(file),
                Kind.License => License(file, bytes),
                Kind.Reset => Reset(file, bytes),
                _ => Reply(file, bytes),
            };
        }

        return incoming;
    }

    private static Kind KindOf(string file, byte[] untrusted)
    {
        var bytes = untrusted.AsSpan();
        if (bytes.IsEmpty)
            throw Refused(file, ExitCode.Malformed, 0, "there is nothing in it", GetAgain);
        if (bytes.StartsWith("offline-license/receipts/"u8))
            throw NotForHere(file, "a receipts file, which goes to the vendor", ExitCode.DoesNotFit);
        if (bytes.StartsWith("offline-license/anchors/"u8))
            throw NotForHere(file, "a list of trust anchors, which belongs beside the program", ExitCode.DoesNotFit);
        if (bytes.IndexOf("PRIVATE KEY-----"u8) >= 0)
            throw NotForHere(file, "a private key, which is neither installed nor mailed", ExitCode.DoesNotFit);
        string text;
        try
        {
            text = SignedNote.SplitFile(untrusted, Limits.ReplyBytes).UntrustedText;
        }
        catch (NoteFormatException malformed)
        {
            throw bytes.IndexOf("offline-license/"u8) >= 0 || malformed.Hint is not null
                ? Refused(file, ExitCode.Malformed, malformed.Line, malformed.Reason, malformed.Hint ?? GetAgain)
                : NotForHere(file, "neither a license nor a reply nor a time reset nor a trust document", ExitCode.Malformed);
        }

        return text.StartsWith("format: offline-license/trust/", StringComparison.Ordinal) ? Kind.Trust
            : text.StartsWith("format: offline-license/license/", StringComparison.Ordinal) ? Kind.License
            : text.StartsWith("offline-license/reply/", StringComparison.Ordinal) ? Kind.Reply
            : text.StartsWith("offline-license/reset/", StringComparison.Ordinal) ? Kind.Reset
            : text.StartsWith("offline-license/request/", StringComparison.Ordinal)
                ? throw NotForHere(file, "an installation request, which goes to the vendor", ExitCode.DoesNotFit)
                : Array.Exists(s_formatLines, line => text.Contains(line, StringComparison.Ordinal))
                    ? throw Refused(file, ExitCode.Malformed, 1, "something stands before the line that names the file's format", GetAgain)
                    : throw NotForHere(file, "neither a license nor a reply nor a time reset nor a trust document", ExitCode.Malformed);
    }

    private Incoming License(string file, ReadOnlyMemory<byte> untrusted)
    {
        var reading = SignedLicense.Open(untrusted, _trust, file);
        if (reading is not { Outcome: ReadingOutcome.Good, License: { } signed })
            throw Refused(file, reading.Outcome, reading.Line, reading.Reason, reading.Hint);
        CheckProduct(file, "license", signed.License.Product);
        var name = signed.License.Id + ".lic";
        var present = Present(name) is { } bytes ? SignedLicense.Open(bytes, _trust).License : null;
        if (present is not null && present.Text != signed.Text)
        {
            throw new CommandFailure(
                $"{file}: another license with the id {signed.License.Id} is installed already",
                "a vendor gives an id once: ask which of the two is right", ExitCode.DoesNotFit);
        }

        _licenses.Add(signed.License);
        return new Incoming
        {
            File = file,
            Kind = "license",
            Name = name,
            IsInstalled = present is not null,
            Bytes = Mended(untrusted),
            Title = $"license {signed.License.Id} for {signed.License.Licensee}, {Term(signed.License)}",
        };
    }

    private Incoming Reply(string file, ReadOnlyMemory<byte> untrusted)
    {
        var reading = OpenReply(untrusted);
        if (reading.Document is not { } reply)
        {
            throw Refused(file, reading.Outcome, reading.Line, reading.Reason, reading.Outcome == ReadingOutcome.UnknownKey
                ? "a reply counts by the license that names its key: install that license first, or with it" : reading.Hint);
        }

        CheckProduct(file, "reply", reply.Product);
        if (!_licenses.Exists(license => license.Licensee == reply.Licensee))
        {
            throw new CommandFailure(
                $"{file}: the reply is to {reply.Licensee}, and no license here is theirs",
                "check that the file is meant for you", ExitCode.DoesNotFit);
        }

        var name = NameFor(reply);
        var present = Present(name) is { } bytes ? OpenReply(bytes).Text : null;
        var newest = ReplyFiles.NewestNumber(_view, reply.Licensee);
        if (reply.Number == newest && OtherThan(reading.Text, reply))
        {
            throw new CommandFailure(
                $"{file}: another reply {Words.Number(reply.Number)} was taken in here already",
                "a vendor gives a number once: ask which of the two is right", ExitCode.DoesNotFit);
        }

        if (reply.Number < newest)
        {
            throw new CommandFailure(
                $"{file}: it is reply {Words.Number(reply.Number)}, and reply {Words.Number(newest)} was taken in here already",
                _view.Replies.To(reply.Licensee)?.Number == newest
                    ? "nothing is to be mended: the newer one says all that the older one does"
                    : $"reply {Words.Number(newest)} is not here any more: install that one, or ask your vendor for the newest", ExitCode.DoesNotFit);
        }

        return new Incoming
        {
            File = file,
            Kind = "reply",
            Name = name,
            IsInstalled = present == reading.Text,
            Bytes = Mended(untrusted),
            Title = $"reply {Words.Number(reply.Number)} of {Words.Date(reply.Time)}, with {Words.Count(reply.Ledgers.Count, "ledger")}",
        };
    }

    // A machine may serve several customers of a vendor, who count their replies apart.
    private string NameFor(Reply reply)
    {
        var name = product.Product + ".reply";
        return Present(name) is not { } bytes || OpenReply(bytes).Document is not { } present || present.Licensee == reply.Licensee
            ? name
            : $"{product.Product}-{Base32.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(reply.Licensee)).AsSpan(0, 5))}.reply";
    }

    // A vendor gives a number once.
    private bool OtherThan(string text, Reply reply) =>
        _view.Replies.To(reply.Licensee) is { } held && held.Number == reply.Number && OpenReply(_view.Replies.FileOf(held)).Text != text;

    private DocumentReading<Reply> OpenReply(ReadOnlyMemory<byte> untrusted) => Formats.Reply.Open(untrusted, _licenses, _trust);

    private Incoming Reset(string file, ReadOnlyMemory<byte> untrusted)
    {
        var reading = TimeReset.Open(untrusted, _trust);
        if (reading.Document is not { } reset)
            throw Refused(file, reading.Outcome, reading.Line, reading.Reason, reading.Hint);
        CheckProduct(file, "time reset", reset.Product);
        var name = reset.Id + ".reset";
        var isInstalled = Present(name) is { } bytes && TimeReset.Open(bytes, _trust).Text == reading.Text;
        CheckLedgers(file, reset, untrusted, isInstalled);
        return new Incoming
        {
            File = file,
            Kind = "reset",
            Name = name,
            IsInstalled = isInstalled,
            Bytes = Mended(untrusted),
            Title = $"time reset {reset.Id} of {Words.Date(reset.Issued)}, for {Words.Count(reset.Ledgers.Count, "ledger")}",
        };
    }

    // Also of one that is there already: the license folder may be shared, and the ledgers are another machine's.
    private void CheckLedgers(string file, TimeReset reset, ReadOnlyMemory<byte> untrusted, bool isInstalled)
    {
        var named = _view.Others.Where(ledger => reset.Ledgers.Any(line => line.Ledger == ledger.Ledger)).ToList();
        if (named.Count == 0)
        {
            throw new CommandFailure(
                $"{file}: the time reset names no ledger that can be read in {product.StateFolder}",
                "check that the file is for this machine; 'offline-license inspect' shows which ledgers it names", ExitCode.DoesNotFit);
        }

        var resets = new TimeResets(LedgerDisk.Real, product.StateFolder, product.Product);
        resets.Take([untrusted.ToArray()], _trust);
        var open = named.Where(resets.MayBeDue).ToList();
        if (open.Count == 0 && isInstalled)
            return;
        if (open.Count == 0)
        {
            throw new CommandFailure(
                $"{file}: this time reset, or one signed after it, was applied here already", "a ledger takes each once: ask your vendor for another", ExitCode.DoesNotFit);
        }

        if (!open.Exists(ledger => resets.DueIn(ledger.Ledger, DateTimeOffset.UnixEpoch) is not null))
        {
            throw new CommandFailure(
                $"{file}: the time reset is for receipts that no ledger in {product.StateFolder} has",
                "export, mail the file to your vendor, and ask for a time reset once it was imported", ExitCode.DoesNotFit);
        }
    }

    private void CheckProduct(string file, string kind, string named)
    {
        if (named != product.Product)
        {
            throw new CommandFailure(
                $"{file}: the {kind} is for the product {named}, and this is {product.Product}",
                "use the offline-license command of that product", ExitCode.DoesNotFit);
        }
    }

    private byte[]? Present(string name)
    {
        var path = Path.Combine(product.LicenseFolder, name);
        try
        {
            return File.Exists(path) ? BoundedFile.Read(LedgerDisk.Real, path, Limits.ReplyBytes) : null;
        }
        catch (Exception exception) when (PlainFailure.IsOfFiles(exception))
        {
            throw PlainFailure.At("read", path, exception);
        }
    }

    internal static ReadOnlyMemory<byte> Mended(ReadOnlyMemory<byte> verified) => NoteRepair.Repair(verified).Note;

    private static string Term(License license) => license.Until is { } until
        ? $"{Words.Date(license.From)} to {Words.Date(until)}" : $"from {Words.Date(license.From)} on";

    private static CommandFailure NotForHere(string file, string what, int exitCode) =>
        new($"{file}: this is {what}", $"see what it is: offline-license inspect {(file == "standard input" ? "-" : file)}", exitCode);

    internal static CommandFailure Refused(string file, ReadingOutcome outcome, int line, string reason, string? hint) => Refused(
        file, outcome is ReadingOutcome.UnknownKey or ReadingOutcome.BadSignature or ReadingOutcome.Revoked ? ExitCode.NotTrusted : ExitCode.Malformed, line, reason,
        hint ?? outcome switch
        {
            ReadingOutcome.UnknownKey => "check that the file is for this product and from its vendor",
            ReadingOutcome.Revoked => "ask your vendor for the license that takes its place",
            ReadingOutcome.NeedsNewerVersion => "update the product, or ask your vendor for a file for this version",
            _ => GetAgain,
        });

    private static CommandFailure Refused(string file, int exitCode, int line, string reason, string? hint) =>
        new(line > 0 ? $"{file}: line {Words.Number(line)}: {reason}" : $"{file}: {reason}", hint, exitCode);

    private const string GetAgain = "get the file again, as an attachment, or armored";

    private enum Kind
    {
        // First, because it says whose licenses count; and replies count by licenses.
        Trust,
        License,
        Reply,
        Reset,
    }
}
