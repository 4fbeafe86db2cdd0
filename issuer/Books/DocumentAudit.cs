using System.Security.Cryptography;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// Reads what was signed again, as whoever receives it does: each license and reply against its signature, the columns beside it, and
/// the signing log. Not thread-safe.
/// </summary>
/// <param name="transaction">The registry at one moment.</param>
/// <param name="keys">The vendor's public keys.</param>
/// <param name="tell">Takes what is wrong.</param>
internal sealed class DocumentAudit(RegistryTransaction transaction, VendorKeys keys, Action<BookFault> tell)
{
    private readonly HashSet<(string Kind, string Subject, string SignedBy, string Sha256)> _signings = [];

    /// <summary>Checks that the signing log has no hole, and learns what is in it.</summary>
    internal void CheckLog()
    {
        var expected = 1L;
        foreach (var signing in new SigningLog(transaction).All())
        {
            if (signing.Number != expected)
                tell(new BookFault("signing log", Invariant($"entry {signing.Number} stands where {expected} should"), BookFault.FromBackup));
            expected = signing.Number + 1;
            _signings.Add((signing.Kind, signing.Subject, signing.SignedBy, signing.Sha256));
        }
    }

    /// <summary>Checks a license.</summary>
    internal void Check(StoredLicense stored)
    {
        var where = $"license {stored.Id}";
        var reading = SignedLicense.Open(stored.Note, Trust.Pinned([.. keys.License]));
        if (reading.License is not { } signed)
        {
            tell(new BookFault(where, reading.Reason, reading.Outcome == ReadingOutcome.UnknownKey ? BookFault.ByKeys : BookFault.FromBackup));
            return;
        }

        var told = StoredLicense.Of(signed, stored.Note);
        if (!told.Text.AsSpan().SequenceEqual(stored.Text))
            tell(new BookFault(where, "its text is not the one in its file", BookFault.FromBackup));
        else if (Columns(told) != Columns(stored))
            tell(new BookFault(where, $"the books have it as '{Columns(stored)}', and its text says '{Columns(told)}'", BookFault.ByRebuild));
        CheckSigning(where, ("license", stored.Id, told.SignedBy, HashOf(stored.Text)));
    }

    /// <summary>Checks a reply.</summary>
    /// <returns>What it says; null where it does not verify.</returns>
    internal Reply? Check(StoredReply stored)
    {
        var where = Invariant($"reply {stored.Number} to {stored.Customer.Licensee}");
        var reading = Reply.Open(stored.Note, keys.Reply);
        if (reading.Document is not { } reply)
        {
            tell(new BookFault(where, reading.Reason, reading.Outcome == ReadingOutcome.UnknownKey ? BookFault.ByKeys : BookFault.FromBackup));
            return null;
        }

        if ((reply.Product, reply.Licensee, reply.Number, reply.Time) != (stored.Customer.Product, stored.Customer.Licensee, stored.Number, stored.Time))
            tell(new BookFault(where, Invariant($"its text is number {reply.Number} to {reply.Licensee}, {ExactText.FormatTime(reply.Time)}"), BookFault.FromBackup));
        CheckSigning(where, ("reply", Invariant($"{stored.Number} to {stored.Customer.Licensee}"), reading.SignedBy!.ToString(), HashOf(reading.TextBytes)));
        return reply;
    }

    private void CheckSigning(string where, (string Kind, string Subject, string SignedBy, string Sha256) signing)
    {
        if (!_signings.Contains(signing))
            tell(new BookFault(where, "no entry of the signing log is about this text", BookFault.ByRebuild));
    }

    private static string Columns(StoredLicense license) => string.Join(", ",
        license.Id, license.Format, license.Product, license.Licensee, license.Purpose, ExactText.FormatTime(license.Issued), license.Replaces ?? "replaces none", license.SignedBy);

    private static string HashOf(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(SHA256.HashData(text));
}
