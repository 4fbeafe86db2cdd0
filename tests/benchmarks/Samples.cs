using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Benchmarks;

/// <summary>A vendor's key and a license of usual size, made anew for each run.</summary>
internal static class Samples
{
    public const string Product = "openvidu-pro";

    public static SigningKey Key { get; } = SigningKey.Generate("vendor.example/licenses/2026");

    public static Trust Trust { get; } = Trust.Pinned(Key.VerifierKey);

    public static License License { get; } = new()
    {
        Id = "01JDA7X0R3Q8N5V2K6T9W4M1ZC",
        Replaces = "01JC0000000000000000000000",
        Product = Product,
        Licensee = "Acme Telemedicine",
        Purpose = "production",
        Issued = Day(2026, 11, 22),
        From = Day(2026, 11, 22),
        Until = Day(2036, 11, 22),
        BuildsUntil = Day(2036, 11, 22),
        Grace = new LicenseGrace { Days = 14, Earn = 1, Limit = 60 },
        Quota = new LicenseQuota { Per = QuotaPeriod.Term, Cores = 64, NodeMinutes = 1_051_200, CoreMinutes = 33_638_400, NodeCores = 16 },
        Overage = OverageRule.Grace,
        Enforcement = EnforcementRule.Enforced,
        Receipts = new LicenseReceipts
        {
            Every = Duration.Parse("5m"),
            MailEvery = Duration.Parse("90d"),
            RepliesBy = [SigningKey.Generate("vendor.example/replies/2026").VerifierKey.ToString()],
        },
        Features = new Dictionary<string, string> { ["recording"] = "true" },
    };

    /// <summary>What the license's signature signs.</summary>
    public static byte[] SignedText { get; } = System.Text.Encoding.UTF8.GetBytes(LicenseFormat.Print(License));

    public static byte[] File { get; } = SignedNote.Sign(LicenseFormat.Print(License), Key);

    /// <summary>Use of 8 cores in the n-th interval of five minutes, from 1; its place in a ledger is its writer's to give.</summary>
    public static UsageReceipt Usage(DateTimeOffset begin, long interval) => new()
    {
        At = begin.AddMinutes(5 * interval),
        From = begin.AddMinutes(5 * (interval - 1)),
        License = License.Id,
        State = LicenseState.Licensed,
        Since = begin,
        OpenSeconds = 300,
        Cores = 8,
        Seconds = 300,
        CoreSeconds = 2400,
        TotalSeconds = 300 * interval,
        TotalCoreSeconds = 2400 * interval,
        LicensedSeconds = 300 * interval,
        GraceSeconds = 0,
    };

    public static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
