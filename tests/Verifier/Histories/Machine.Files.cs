using System.Text;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <content>What arrives in the license folder, good and bad.</content>
internal sealed partial class Machine
{
    /// <summary>One license in so many needs the vendor's next reply.</summary>
    public const int AsksForReply = 17;

    private static readonly LicenseReceipts Hourly = new() { Every = Duration.Parse("1h") };

    private void Put(int a, int b)
    {
        var (license, file) = _vendor.Issue(_vendorTime, plain => Drawn(plain, a, b));
        _issued[license.Id] = license;
        Place(license.Id + ".lic", file, new Filed(license, null));
    }

    // A license that counts, or will, or counts only here or there: what the choice of numbers says.
    private License Drawn(License plain, int a, int b)
    {
        var today = plain.From;
        int Take(int of) => (b % of, b /= of).Item1;
        var from = today.AddDays(Take(6) switch { 0 => 1, 1 => -3, _ => 0 });
        var until = Take(6) switch { 0 => (DateTimeOffset?)null, 1 => from.AddDays(30), 2 => from.AddDays(3), _ => from.AddDays(1) };
        var amount = Take(3) switch { 0 => 20L, 1 => 300L, _ => 2_000L };
        return plain with
        {
            From = from,
            Until = until,
            Issued = Take(12) == 0 ? plain.Issued.AddDays(2) : plain.Issued,
            Replaces = Take(3) == 0 && _issued.Count > 0 ? _issued.Keys.Order(StringComparer.Ordinal).ElementAt(a % _issued.Count) : null,
            Grace = new LicenseGrace { Days = Take(4), Earn = Take(2), Limit = 5 },
            Overage = (OverageRule)Take(3),
            Enforcement = Take(5) == 0 ? EnforcementRule.Advisory : EnforcementRule.Enforced,
            Quota = Take(6) switch
            {
                0 => new LicenseQuota { NodeMinutes = amount },
                1 => new LicenseQuota { CoreMinutes = amount, Per = QuotaPeriod.Month },
                2 => new LicenseQuota { Cores = 4 },
                3 => new LicenseQuota { NodeCores = 3, NodeMinutes = amount, Per = QuotaPeriod.Month },
                _ => new LicenseQuota(),
            },
            Receipts = Take(4) == 0 ? Hourly with { MailEvery = Duration.Parse(a % 2 == 0 ? "1d" : "5d") } : Hourly,
            Needs = a % AsksForReply == 0 ? new LicenseNeeds { Reply = _model.ReplyNumber + 1 } : null,
        };
    }

    private void PutBad(int a, int b)
    {
        var name = FormattableString.Invariant($"bad-{++_names}.lic");
        if (a % 8 == 0)
        {
            // Not bad, only early.
            PutGoodFor(name, plain => plain with { From = plain.From.AddDays(2 + (b % 5)) });
            return;
        }

        Displaces(() => PutBad(name, a % 8));
    }

    private void PutBad(string name, int which)
    {
        switch (which)
        {
            case 1:
                PutGoodFor(name, plain => plain with { Product = "another-product" });
                break;
            case 2:
                PutGoodFor(name, plain => plain with { Installations = ["offline-license/mfrggzdfmztwq2lknnwg23tpoa"] });
                break;
            case 3:
                PutGoodFor(name, plain => plain with { BuildsUntil = Licenses.Day(-20) });
                break;
            case 4:
                PutGoodFor(name, plain => plain with { Needs = new LicenseNeeds { Trust = 1 } });
                break;
            case 5:
                Place(name, _stranger.Issue(_vendorTime, null).File, new Filed(null, ReasonCode.UnknownKey));
                break;
            case 6:
                Place(name, "format: offline-license/license/v1\n"u8.ToArray(), new Filed(null, ReasonCode.Malformed));
                break;
            default:
                Place(name, [], new Filed(null, ReasonCode.Malformed));
                break;
        }
    }

    private void PutGoodFor(string name, Func<License, License> change)
    {
        var (license, file) = _vendor.Issue(_vendorTime, plain => change(plain with { Receipts = Hourly }));
        _issued[license.Id] = license;
        Place(name, file, new Filed(license, null));
    }

    // What half a copy, a mail program or a bad disk makes of a file.
    private void Spoil(int a)
    {
        if (_files.Count == 0)
            return;
        var name = _files.Keys.ElementAt(a % _files.Count);
        var bytes = _disk[$"{Folder}/{name}"];
        if (bytes.Length < 10 || _files[name].License is not { } license)
            return;
        var (spoiled, code) = a % 2 == 0
            ? (bytes[..(bytes.Length / 2)], ReasonCode.Malformed)
            : (Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("Test Licensee", "Best Licensee", StringComparison.Ordinal)), ReasonCode.BadSignature);

        // Of the one that is active the node has a copy; without another, one that it replaced may count again.
        if (license.Id == _node!.Verdict.License?.Id)
            Displaces(() => Place(name, spoiled, new Filed(null, code)));
        else
            Place(name, spoiled, new Filed(null, code));
    }

    private void Remove(int which)
    {
        if (_files.Count == 0)
            return;
        var name = _files.Keys.ElementAt(which % _files.Count);
        _files.Remove(name);
        var fails = _disk.Fails;
        _disk.Fails = static (_, _) => false;
        _disk.Delete($"{Folder}/{name}");
        _disk.Fails = fails;
        LookTwice();
    }

    private void Place(string name, byte[] content, Filed file)
    {
        _files[name] = file;
        _disk[$"{Folder}/{name}"] = content;
        LookTwice();
    }
}
