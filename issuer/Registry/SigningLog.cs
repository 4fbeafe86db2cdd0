using System.Data.Common;
using System.Security.Cryptography;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// What was signed, when, and with which key, in the order of signing: for an auditor, and to notice a clock that
/// went wrong. Rows are added and never changed.
/// </summary>
internal sealed class SigningLog(RegistryTransaction transaction)
{
    private const string Columns = "number, at, kind, subject, signed_by, sha256";

    /// <param name="at">When, by the issuer's clock. UTC, whole seconds.</param>
    /// <param name="kind">What kind of file: <c>license</c>, <c>reply</c>, <c>reset</c>, <c>trust</c>.</param>
    /// <param name="subject">Which one: a license's id, a reply's number and customer.</param>
    /// <param name="signedBy">The key.</param>
    /// <param name="signedText">Exactly the bytes that were signed.</param>
    internal void Add(DateTimeOffset at, string kind, string subject, VerifierKey signedBy, ReadOnlySpan<byte> signedText) =>
        transaction.Execute(
            $"INSERT INTO signings ({Columns}) SELECT COALESCE(MAX(number), 0) + 1, @at, @kind, @subject, @signed_by, @sha256 FROM signings",
            ("@at", ExactText.FormatTime(at)), ("@kind", kind), ("@subject", subject), ("@signed_by", signedBy.ToString()),
            ("@sha256", Convert.ToHexStringLower(SHA256.HashData(signedText))));

    /// <summary>The entry written last, or null when nothing was ever signed.</summary>
    internal Signing? Newest() =>
        transaction.Query($"SELECT {Columns} FROM signings ORDER BY number DESC LIMIT 1", Row).FirstOrDefault();

    /// <summary>All entries, oldest first.</summary>
    internal List<Signing> All() => transaction.Query($"SELECT {Columns} FROM signings ORDER BY number", Row);

    private static Signing Row(DbDataReader row) => new(
        row.GetInt64(0), RegistryTransaction.Time(row, 1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5));
}

/// <summary>An entry of the <see cref="SigningLog"/>.</summary>
/// <param name="Number">From 1 on, without a gap.</param>
/// <param name="At">When, by the issuer's clock.</param>
/// <param name="Kind">What kind of file.</param>
/// <param name="Subject">Which one.</param>
/// <param name="SignedBy">The verifier key, on its one line.</param>
/// <param name="Sha256">Of the signed text, in lower-case hexadecimal.</param>
internal sealed record Signing(long Number, DateTimeOffset At, string Kind, string Subject, string SignedBy, string Sha256);
