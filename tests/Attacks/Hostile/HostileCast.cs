using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>
/// Who appears in the corpus: a vendor, two of its customers and a stranger, all with keys that are the same in every run,
/// and one good file of each kind, from which the hostile ones are made.
/// </summary>
internal static class HostileCast
{
    internal static DateTimeOffset Begin { get; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    internal static FleetVendor Vendor { get; } = new();

    /// <summary>Signs well, and nobody trusts it.</summary>
    internal static SigningKey Stranger { get; } = FleetVendor.KeyOf("stranger.example/licenses");

    /// <summary>Signs under the vendor's name, and is another key.</summary>
    internal static SigningKey Impostor { get; } = FleetVendor.KeyOf("somebody-else").WithName(Vendor.LicenseKey.VerifierKey.Name);

    /// <summary>Acme's license: in the vendor's books, and in place on Acme's machine.</summary>
    internal static SignedLicense Acme { get; } = Vendor.Issue(Plan(1, "Acme Telemedicine"));

    /// <summary>Another customer's: in the vendor's books.</summary>
    internal static SignedLicense Umbrella { get; } = Vendor.Issue(Plan(2, "Umbrella"));

    /// <summary>A license that Acme does not have yet, with every key.</summary>
    internal static string NextText { get; } = LicenseFormat.Print(Plan(7, "Acme Telemedicine") with
    {
        Replaces = Acme.License.Id,
        Purpose = "production",
        BuildsUntil = new DateTimeOffset(2027, 11, 22, 0, 0, 0, TimeSpan.Zero),
        Grace = new LicenseGrace { Days = 14, Earn = 1, Limit = 60 },
        Overage = OverageRule.Grace,
        Enforcement = EnforcementRule.Enforced,
        Needs = new LicenseNeeds { Reply = 7 },
        Features = new Dictionary<string, string>(StringComparer.Ordinal) { ["recording"] = "true", ["rooms"] = "8" },
        Notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "A-1027" },
    });

    internal static byte[] Next { get; } = ForgedNote.Of(NextText, Vendor.LicenseKey);

    /// <summary>What the vendor's books have of Acme: a node that worked, and was told to stop.</summary>
    internal static FleetNode Node() => FleetNode.Begin("acme", "first", Begin).Hold(Acme).Use(4, 5).Restart(hoursOff: 2).Use(1, 2);

    /// <summary>The key of a ledger of <see cref="FleetNode"/>, by which it can be forged.</summary>
    internal static SigningKey KeyOf(FleetNode node, string installation) => FleetVendor.KeyOf(installation).WithName(node.Ledger);

    /// <summary>The installation of Acme's own machine, on which the operator's commands run.</summary>
    internal static SigningKey Installation { get; } = FleetVendor.KeyOf("installation");

    /// <summary>The ledger of that machine.</summary>
    internal static string OwnLedger { get; } =
        InstallationName.OfLedger(InstallationName.Of(Installation.VerifierKey.PublicKey), LedgerSamples.DrawnName);

    /// <summary>The reply that is in place on Acme's machine.</summary>
    internal static Reply HeldReply { get; } = new()
    {
        Product = FleetVendor.Product,
        Licensee = "Acme Telemedicine",
        Number = 7,
        Time = new DateTimeOffset(2026, 11, 30, 8, 30, 0, TimeSpan.Zero),
        Used = [new ReplyUse(Acme.License.Id, Acme.License.From, 86_400, 691_200)],
        Ledgers = [new ReplyLedger(Node().Ledger, 4, ExactText.FormatBase64(Node().RootAt(4)))],
    };

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static License Plan(int number, string licensee) => FleetVendor.Plan(number, licensee) with
    {
        Quota = new LicenseQuota { Cores = 8, NodeMinutes = 10_000 },
        Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("90d"), RepliesBy = [Vendor.ReplyKey.VerifierKey.ToString()] },
    };
}
