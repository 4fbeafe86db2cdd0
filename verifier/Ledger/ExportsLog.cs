using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>One line of <c>exports.log</c>: what left of one ledger in one file.</summary>
/// <param name="Time">When; UTC, whole seconds.</param>
/// <param name="Sha256">SHA-256 of the file, in lower-case hex.</param>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Start">The <c>seq</c> of the first receipt.</param>
/// <param name="End">One past the <c>seq</c> of the last.</param>
internal sealed record ExportsLogLine(DateTimeOffset Time, string Sha256, string Ledger, long Start, long End);

/// <summary>
/// What left a state folder, when, and in which file: <c>exports.log</c>, a line for each ledger of an export.
/// <code>
/// offline-license/exports/v1
/// 2026-12-01T09:00:00Z 5f2b… offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm 0 4
/// </code>
/// It is the operator's own record and signed by nobody. Losing it costs exporting again; so a line that cannot be read
/// covers nothing, and is no error.
/// </summary>
internal sealed record ExportsLog
{
    internal const string FileName = "exports.log";
    internal const string LockName = "exports.lock";

    private const string Format = "offline-license/exports/v1";

    /// <summary>The lines, in the order in which they were written.</summary>
    public required IReadOnlyList<ExportsLogLine> Lines { get; init; }

    /// <summary>Lines that could not be read.</summary>
    public required int LinesUnread { get; init; }

    /// <summary>Up to where a ledger's receipts have left without a hole.</summary>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="from">Receipts that need no export any more, such as those the vendor has acknowledged.</param>
    /// <returns>The <c>seq</c> of the earliest receipt from there on that no line covers.</returns>
    internal long ExportedUntil(string ledger, long from = 0)
    {
        foreach (var line in Lines.Where(line => line.Ledger == ledger).OrderBy(line => line.Start))
        {
            if (line.Start <= from)
                from = Math.Max(from, line.End);
        }

        return from;
    }

    /// <summary>Reads the log; one that is not there is empty.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static ExportsLog Read(LedgerDisk disk, string stateFolder)
    {
        if (!disk.List(stateFolder).Contains(FileName))
            return new ExportsLog { Lines = [], LinesUnread = 0 };
        using var file = disk.OpenRead(Path.Combine(stateFolder, FileName));
        using var reader = new StreamReader(file, Encoding.ASCII);
        if (reader.ReadLine() != Format)
            return new ExportsLog { Lines = [], LinesUnread = 1 };
        var lines = new List<ExportsLogLine>();
        var unread = 0;
        while (reader.ReadLine() is { } text)
        {
            if (Parse(text) is { } line)
                lines.Add(line);
            else
                unread++;
        }

        return new ExportsLog { Lines = lines, LinesUnread = unread };
    }

    /// <summary>
    /// Records an export: all of its lines, or none, and on the disk when it returns. What could not be read before is
    /// left out.
    /// </summary>
    /// <exception cref="LedgerDiskException">The disk refuses, or another export is being recorded at this moment.</exception>
    internal static void Append(LedgerDisk disk, string stateFolder, DateTimeOffset time, ExportSummary export)
    {
        using var record = ExportRecord.Prepare(disk, [stateFolder], time, export.Sha256, _ => export.Ledgers);
        record.Commit();
    }

    /// <summary>The log's text with an export added to what could be read of it.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal static byte[] TextWith(LedgerDisk disk, string stateFolder, IEnumerable<ExportsLogLine> added)
    {
        var text = new StringBuilder(Format).Append('\n');
        foreach (var line in Read(disk, stateFolder).Lines.Concat(added))
            Print(text, line);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Print(StringBuilder text, ExportsLogLine line) => text
        .Append(ExactText.FormatTime(line.Time)).Append(' ').Append(line.Sha256).Append(' ').Append(line.Ledger).Append(' ')
        .Append(ExactText.FormatNumber(line.Start)).Append(' ').Append(ExactText.FormatNumber(line.End)).Append('\n');

    private static ExportsLogLine? Parse(string untrustedLine) =>
        untrustedLine.Split(' ') is [var time, { Length: 64 } sha256, var ledger, var start, var end]
        && ExactText.TryParseTime(time, out var at) && sha256.All(char.IsAsciiHexDigitLower) && InstallationName.IsLedger(ledger)
        && ExactText.TryParseNumber(start, out var first) && ExactText.TryParseNumber(end, out var past) && first <= past
            ? new ExportsLogLine(at, sha256, ledger, first, past)
            : null;
}
