using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Tests.Verifier.Formats;

/// <summary>One whole document of each kind, with every field filled; the vectors are these, signed.</summary>
internal static class Examples
{
    internal const string LicenseId = "01JDA7X0R3Q8N5V2K6T9W4M1ZC";

    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    internal static License License { get; } = new()
    {
        Id = LicenseId,
        Replaces = "01JC0000000000000000000000",
        Product = "openvidu-pro",
        Licensee = "Acme Telemedicine",
        Purpose = "production",
        Issued = At("2026-11-22T10:00:00Z"),
        From = At("2026-11-22T00:00:00Z"),
        Until = At("2027-11-22T00:00:00Z"),
        BuildsUntil = At("2027-11-22T00:00:00Z"),
        Grace = new LicenseGrace { Days = 14, Earn = 1, Limit = 60 },
        Quota = new LicenseQuota { Per = QuotaPeriod.Term, Cores = 64, NodeMinutes = 1_051_200, CoreMinutes = 33_638_400, NodeCores = 16 },
        Overage = OverageRule.Grace,
        Enforcement = EnforcementRule.Enforced,
        Receipts = new LicenseReceipts
        {
            Every = Duration.Parse("5m"),
            MailEvery = Duration.Parse("90d"),
            RepliesBy = [TestKeys.Reply.VerifierKey.ToString()],
        },
        Needs = new LicenseNeeds { Trust = 3, Reply = 7 },
        Installations = [TestKeys.InstallationName],
        Features = new Dictionary<string, string>(StringComparer.Ordinal) { ["recording"] = "true" },
        Hints = new Dictionary<string, string>(StringComparer.Ordinal) { ["region"] = "eu" },
        Notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "A-1027" },
    };

    /// <summary>Only what is required.</summary>
    internal static License SmallestLicense { get; } = new()
    {
        Id = LicenseId,
        Product = "openvidu-pro",
        Licensee = "Acme Telemedicine",
        Issued = At("2026-11-22T10:00:00Z"),
        From = At("2026-11-22T00:00:00Z"),
        Quota = new LicenseQuota(),
    };

    /// <summary>Everything that a text can hold and an editor may spoil.</summary>
    internal static License UnicodeLicense { get; } = SmallestLicense with
    {
        Licensee = "Ünïtéd “Ärzte” 東京 😀",
        Notes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Zulu"] = "upper case sorts first: \"quoted\" \\ and\nof two lines",
            ["alpha"] = "- no list",
            ["beta"] = " # no comment",
            ["delta"] = "\u202Eright to left\u202C",
            ["empty"] = "",
            ["gamma"] = "no",
        },
    };

    internal static IReadOnlyDictionary<string, License> Licenses { get; } = new Dictionary<string, License>(StringComparer.Ordinal)
    {
        ["example"] = License,
        ["smallest"] = SmallestLicense,
        ["unicode"] = UnicodeLicense,
    };

    internal static Reply Reply { get; } = new()
    {
        Product = "openvidu-pro",
        Licensee = "Acme Telemedicine",
        Number = 7,
        Time = At("2026-12-01T08:30:00Z"),
        Used = [new ReplyUse(LicenseId, At("2026-11-22T00:00:00Z"), 86_400, 691_200)],
        Ledgers = [new ReplyLedger(TestKeys.LedgerName, 4, Root)],
    };

    internal static TimeReset Reset { get; } = new()
    {
        Id = "01JDZS1M40Q4T6W9Y1C3F5H7K0",
        Product = "openvidu-pro",
        Issued = At("2026-12-01T08:30:00Z"),
        Ledgers = [new ResetLedger(TestKeys.LedgerName, 4, Root, At("2026-12-01T08:00:00Z"))],
    };

    internal static TrustDocument Trust { get; } = new()
    {
        Version = 3,
        Issued = At("2026-11-22T10:00:00Z"),
        Roots = [TestKeys.RootA.VerifierKey, TestKeys.RootB.VerifierKey],
        Quorum = 2,
        Keys =
        [
            new TrustedKey { Key = TestKeys.License.VerifierKey, Role = TrustedRole.License, From = At("2026-01-01T00:00:00Z"), Until = At("2028-01-01T00:00:00Z") },
            new TrustedKey { Key = TestKeys.Reply.VerifierKey, Role = TrustedRole.Reply, From = At("2026-01-01T00:00:00Z") },
        ],
        RevokedKeys =
        [
            new RevokedKey
            {
                Key = TestKeys.Of("vendor.example/licenses/2025").VerifierKey,
                StaysGood =
                [
                    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e",
                ],
            },
        ],
        RevokedLicenses = ["01JC0000000000000000000000"],
    };

    /// <summary>Anchors of a vendor with trust documents.</summary>
    internal static TrustAnchors RootedAnchors { get; } = new()
    {
        Product = "openvidu-pro",
        Quorum = 2,
        Roots = [TestKeys.RootA.VerifierKey, TestKeys.RootB.VerifierKey],
    };

    internal static TrustAnchors Anchors { get; } = new()
    {
        Product = "openvidu-pro",
        LicenseKeys = [TestKeys.License.VerifierKey, TestKeys.OtherLicense.VerifierKey],
    };

    internal static byte[] Sign(License license) => OfflineLicense.Keys.SignedNote.Sign(LicenseFormat.Print(license), TestKeys.License);

    internal static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
