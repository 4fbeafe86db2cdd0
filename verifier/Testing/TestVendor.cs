using System.Buffers.Binary;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Testing;

/// <summary>
/// A vendor of one customer, with keys that were made just now and are gone with it: what it signs, no product outside
/// this test believes. Not thread-safe.
/// </summary>
internal sealed class TestVendor(string product) : IDisposable
{
    private const string Licensee = "Test Licensee";

    private readonly SigningKey _licenseKey = SigningKey.Generate("offline-license.testing/licenses");
    private readonly SigningKey _replyKey = SigningKey.Generate("offline-license.testing/replies");
    private readonly Dictionary<string, License> _licenses = new(StringComparer.Ordinal);
    private long _replies;

    /// <summary>Whose licenses count.</summary>
    public VerifierKey LicenseKey => _licenseKey.VerifierKey;

    /// <summary>
    /// Signs a license: of unlimited use, for 90 days from today on, with a receipt an hour, so that a test that lets a year
    /// pass writes thousands of receipts and not hundreds of thousands.
    /// </summary>
    /// <param name="now">The vendor's clock.</param>
    /// <param name="change">What is to be otherwise.</param>
    /// <exception cref="ArgumentException">No reader would take the license.</exception>
    public (License License, byte[] File) Issue(DateTimeOffset now, Func<License, License>? change)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var plain = new License
        {
            Id = NextId(now),
            Product = product,
            Licensee = Licensee,
            Issued = ExactText.WholeSeconds(now),
            From = today,
            Until = today.AddDays(90),
            Quota = new LicenseQuota(),
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h") },
        };
        var license = change?.Invoke(plain) ?? plain;
        if (license.Receipts?.RepliesBy is not { Count: > 0 })
            license = license with { Receipts = (license.Receipts ?? new LicenseReceipts()) with { RepliesBy = [_replyKey.VerifierKey.ToString()] } };
        var file = DocumentSigning.Sign(LicenseFormat.Print(license), LicenseFormat.Parse, Limits.DocumentBytes, _licenseKey);
        _licenses[license.Id] = license;
        return (license, file);
    }

    /// <summary>Answers a customer: the vendor has all that it mailed.</summary>
    /// <param name="now">The vendor's clock.</param>
    /// <param name="licensee">The customer.</param>
    /// <param name="ledgers">How far the vendor has each ledger, in ordinal order of their names.</param>
    /// <param name="used">What they hold of use.</param>
    /// <param name="more">Use of one license that is known from elsewhere, if there is any.</param>
    public byte[] Answer(
        DateTimeOffset now, string licensee, IEnumerable<ReplyLedger> ledgers, IReadOnlyList<DayOfUse> used, ReplyUse? more) =>
        new Reply
        {
            Product = product,
            Licensee = licensee,
            Number = ++_replies,
            Time = ExactText.WholeSeconds(now),
            Ledgers = [.. ledgers],
            Used = [.. _licenses.Values.Where(license => license.Licensee == licensee)
                .OrderBy(license => license.Id, StringComparer.Ordinal)
                .Select(license => Use(license, now, used))
                .Select(use => use.License == more?.License && use.CoreSeconds <= more.CoreSeconds ? more : use)],
        }.Sign(_replyKey);

    /// <inheritdoc/>
    public void Dispose()
    {
        _licenseKey.Dispose();
        _replyKey.Dispose();
    }

    private ReplyUse Use(License license, DateTimeOffset now, IReadOnlyList<DayOfUse> used)
    {
        var period = LicensePeriod.Of(license, now);
        var (seconds, coreSeconds) = new UseOfMinutes(used, []).In(new LicenseChain(license, _licenses.Values), period);
        return new ReplyUse(license.Id, period.Start, seconds, coreSeconds);
    }

    // Counted up instead of random, so that of two licenses of one moment the later is the greater.
    private string NextId(DateTimeOffset now)
    {
        Span<byte> number = stackalloc byte[10];
        BinaryPrimitives.WriteInt64BigEndian(number[2..], _licenses.Count + 1);
        return Ulid.Of(now, number);
    }
}
