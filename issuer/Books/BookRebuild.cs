using System.Text;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// Fills a new registry from the files that licenses, replies and receipts are: each is verified as if it came today. Receipts
/// are judged by the day on which their file came. Not thread-safe.
/// </summary>
/// <param name="registry">A registry with no entry.</param>
/// <param name="console">What reads files, and the clock.</param>
/// <param name="keys">The vendor's public keys.</param>
internal sealed class BookRebuild(VendorRegistry registry, CommandConsole console, VendorKeys keys)
{
    /// <summary>The files that were left out, each with the reason.</summary>
    internal List<(string File, string Why)> LeftOut { get; } = [];

    /// <summary>Fills it.</summary>
    /// <exception cref="IOException">A file or the registry fails in the midst of it.</exception>
    internal void Fill(BookSources sources)
    {
        var licenses = sources.Licenses.Select(ReadLicense).OfType<(SignedLicense, StoredLicense)>().OrderBy(static license => license.Item2.Issued).ToList();
        registry.Write(transaction => StoreDocuments(transaction, licenses, [.. sources.Replies.Select(ReadReply).OfType<SignedReply>()]));
        var time = new ArrivalTime(console.Time);
        var import = new ReceiptsImport(registry, time);
        var results = new List<ImportResult>();
        foreach (var (file, cameAt) in sources.Receipts)
        {
            time.CameAt = cameAt;
            results.AddRange(import.Import(file));
        }

        LeftOut.AddRange(results.Where(static result => result.Outcome is ImportOutcome.Damage or ImportOutcome.Newer or ImportOutcome.Refused or ImportOutcome.Unreadable)
            .Select(static result => (result.File, result.Detail)));

        // What is told of a customer may be decided, and what was decided says what counts of the customer's use.
        time.CameAt = null;
        import.JudgeCustomers(results);
        foreach (var file in sources.Decisions)
            Decide(file);
        import.JudgeCustomers(results);
    }

    private (SignedLicense, StoredLicense)? ReadLicense(string path)
    {
        var bytes = console.Read(path, Limits.DocumentBytes);
        var reading = SignedLicense.Open(bytes, Trust.Pinned([.. keys.License]));
        if (reading.License is { } signed)
            return (signed, StoredLicense.Of(signed, Plain(bytes, Limits.DocumentBytes)));
        LeftOut.Add((path, reading.Reason));
        return null;
    }

    private SignedReply? ReadReply(string path)
    {
        var bytes = console.Read(path, Limits.ReplyBytes);
        var reading = Reply.Open(bytes, keys.Reply);
        if (reading.Document is { } reply)
            return new SignedReply(path, reply, reading.SignedBy!, Plain(bytes, Limits.ReplyBytes));
        LeftOut.Add((path, reading.Reason));
        return null;
    }

    // Without the armor and the line endings that a mail gave it.
    private static byte[] Plain(byte[] file, int maxBytes)
    {
        var parts = SignedNote.SplitFile(file, maxBytes);
        return SignedNote.Assemble(parts.UntrustedText, [.. parts.Signatures]);
    }

    private void StoreDocuments(RegistryTransaction transaction, List<(SignedLicense Signed, StoredLicense Stored)> licenses, List<SignedReply> replies)
    {
        var (table, log) = (new LicenseTable(transaction), new List<(DateTimeOffset At, string Kind, string Subject, VerifierKey Key, byte[] Text)>());
        foreach (var (signed, stored) in licenses)
        {
            if (table.WithId(stored.Id).Find(other => other.Format == stored.Format) is { } other)
            {
                if (!other.Text.AsSpan().SequenceEqual(stored.Text))
                    LeftOut.Add(($"{stored.Id}.lic", "another file has another text under this id, and both are signed"));
                continue;
            }

            table.Add(stored);
            log.Add((stored.Issued, "license", stored.Id, signed.SignedBy, stored.Text));
        }

        foreach (var numbered in replies.GroupBy(static reply => (reply.Reply.Product, reply.Reply.Licensee, reply.Reply.Number)))
        {
            var first = numbered.First();
            LeftOut.AddRange(numbered.Where(other => !other.Reply.Equals(first.Reply)).Select(static other => (other.Path, "another file is the reply of this number")));
            var reply = first.Reply;
            new ReplyTable(transaction).Add(new StoredReply(new Customer(reply.Product, reply.Licensee), reply.Number, reply.Time, Path.GetFileName(first.Path), first.Note));
            log.Add((reply.Time, "reply", Invariant($"{reply.Number} to {reply.Licensee}"), first.SignedBy, Encoding.UTF8.GetBytes(ReplyFormat.Print(reply))));
        }

        var signings = new SigningLog(transaction);
        foreach (var entry in log.OrderBy(static entry => entry.At))
            signings.Add(entry.At, entry.Kind, entry.Subject, entry.Key, entry.Text);
    }

    private void Decide(string path)
    {
        IReadOnlyList<FiledDecision> decisions;
        try
        {
            decisions = DecisionsFile.Parse(console.Read(path, Limits.ReceiptsFileBytes));
        }
        catch (FormatException malformed)
        {
            LeftOut.Add((path, malformed.Message));
            return;
        }

        registry.Write(transaction =>
        {
            var (findings, journal) = (new FindingTable(transaction), new FindingJournal(transaction));
            foreach (var filed in decisions)
            {
                if (findings.Find(filed.Kind, filed.Ledger, filed.Subject) is { } finding)
                    journal.Add(finding.Number, filed.Decision);
                else
                    LeftOut.Add((path, $"what was {filed.Decision.State.Name()} by {filed.Decision.By} about {filed.Kind.Name()} {filed.Ledger} is not found any more"));
            }
        });
    }

    private sealed record SignedReply(string Path, Reply Reply, VerifierKey SignedBy, byte[] Note);
}
