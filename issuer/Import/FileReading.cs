using System.Security.Cryptography;
using OfflineLicense.Issuer.Packing;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>A file to import.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Open">Opens it at its first byte; it may be read more than once.</param>
internal sealed record ReceiptsFile(string Name, Func<Stream> Open)
{
    /// <summary>The section's number where the file is one that waited in the registry.</summary>
    internal long? Waited { get; init; }
}

/// <summary>
/// Reads a receipts file ledger by ledger and verifies each to its end, beside what the registry has of it by then. Nothing is
/// written; all is done while the parts are enumerated, on the thread that does. Not thread-safe.
/// </summary>
/// <param name="registry">The registry; asked once for each ledger.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="file">The file.</param>
/// <param name="packer">Packs the lines; used by nobody else meanwhile.</param>
internal sealed class FileReading(VendorRegistry registry, LicenseBook book, ReceiptsFile file, LinePacker packer)
{
    /// <summary>
    /// How many damaged ledgers of one file are named. What is cut off in one place is one; a file with more was not made
    /// by an export, and the rest of it is left.
    /// </summary>
    internal const int MostDamages = 16;

    /// <summary>Called with a ledger's name before the registry is asked for it.</summary>
    internal Action<string>? BeforeLedger { get; init; }

    /// <summary>All of the file: its <see cref="FilePart.Begun"/> or <see cref="FilePart.Unreadable"/>, and then its ledgers.</summary>
    /// <exception cref="IOException">The file fails in mid-reading, or the registry cannot be read.</exception>
    internal IEnumerable<FilePart> All()
    {
        var begin = Begin();
        yield return begin;
        if (begin is not FilePart.Begun { IsForeign: false })
            yield break;
        foreach (var part in Ledgers(asked: null))
            yield return part;
    }

    /// <summary>Some ledgers of the file once more; those that were damaged are not told again.</summary>
    /// <param name="asked">Which, by their place in the file, and whether what the registry has is to be kept of them, too.</param>
    /// <exception cref="IOException">The file has changed or fails in mid-reading, or the registry cannot be read.</exception>
    internal IEnumerable<FilePart> Again(IReadOnlyDictionary<int, bool> asked) => Ledgers(asked);

    private FilePart Begin()
    {
        try
        {
            using var hashed = file.Open();
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(hashed));
            using var begin = file.Open();
            return new FilePart.Begun(sha256, file.Waited is null && ForeignFile.Is(begin));
        }
        catch (CommandFailure unreadable)
        {
            return new FilePart.Unreadable(unreadable);
        }
    }

    private IEnumerable<FilePart> Ledgers(IReadOnlyDictionary<int, bool>? asked)
    {
        using var stream = file.Open();
        using var reader = new ReceiptsReader(stream, file.Name);
        var last = asked?.Keys.Max() ?? -1;
        var damages = 0;
        for (var index = 0; ; index++)
        {
            var wholly = false;
            var isAsked = asked?.TryGetValue(index, out wholly) ?? true;
            var part = Next(reader, index, isAsked, wholly);
            if (part is null)
            {
                if (index <= last)
                    throw new IOException($"{file.Name} changed while it was read");
                yield break;
            }

            if (isAsked)
                yield return part;
            if (part is FilePart.Damaged && ((++damages >= MostDamages && index >= last) || !reader.SkipToNextLedger()))
                yield break;
        }
    }

    // Null at the file's end.
    private FilePart? Next(ReceiptsReader reader, int index, bool isAsked, bool wholly)
    {
        LedgerHead? head = null;
        try
        {
            head = reader.NextLedger();
            if (head is null)
                return null;
            if (isAsked)
                return new FilePart.Ledger(index, Read(reader, head, wholly), wholly);
            reader.SkipToNextLedger();
            return new FilePart.Passed();
        }
        catch (ReceiptsDamageException damage)
        {
            return new FilePart.Damaged(damage, head);
        }
    }

    private LedgerReading Read(ReceiptsReader reader, LedgerHead head, bool wholly)
    {
        BeforeLedger?.Invoke(head.Ledger);
        var (known, meters) = registry.Read(transaction => (
            new LedgerTable(transaction).Find(head.Ledger) ?? StoredLedger.None(head.Key),
            new UseTable(transaction).Meters(head.Ledger)));
        return LedgerReading.Read(reader, head, known, new LedgerAccount(known.Standing, meters, book.Find), packer, wholly);
    }
}
