using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary><c>offline-license install FILE.reset</c> on a machine that ran for two days in 2099: what is taken, and what is refused.</summary>
public sealed class InstallResetTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public InstallResetTests()
    {
        _site.Put("licenses/acme.lic", _site.Vendor.Note(FleetVendor.Plan(1)));
        _site.Work(1, TimeSpan.FromHours(2));
        var right = _site.Time.Wall;
        _site.Time.Wall = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _site.Work(1, TimeSpan.FromDays(2));
        _site.Time.Wall = right.AddDays(3);
    }

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task A_reset_for_this_machine_is_put_in_place_and_mends_it_before_anything_starts()
    {
        Assert.Contains("state         Lapsed", (await _site.Run("status")).Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, ""), await Install(Sign(Ours())));
        Assert.Contains("state         Licensed", (await _site.Run("status")).Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Ok, ""), await Install(Sign(Ours())));
        Assert.Equal(ExitCode.Ok, (await _site.Run("run", "true")).ExitCode);
    }

    [Fact]
    public async Task Armored_or_by_mail_it_is_the_same()
    {
        _site.Put("mail/acme.reset", Armor.Wrap(Sign(Ours())));
        Assert.Equal(ExitCode.Ok, (await _site.Run("install", "mail/acme.reset")).ExitCode);
        Assert.Equal(Sign(Ours()), await File.ReadAllBytesAsync(_site[$"licenses/{Ours().Id}.reset"]));
    }

    [Theory]
    [InlineData("another product", ExitCode.DoesNotFit, "is for the product other, and this is openvidu-pro")]
    [InlineData("another ledger", ExitCode.DoesNotFit, "names no ledger that can be read in")]
    [InlineData("other receipts", ExitCode.DoesNotFit, "is for receipts that no ledger in")]
    [InlineData("more receipts", ExitCode.DoesNotFit, "is for receipts that no ledger in")]
    [InlineData("a stranger's key", ExitCode.NotTrusted, "key")]
    [InlineData("a reply key", ExitCode.NotTrusted, "key")]
    [InlineData("changed on the way", ExitCode.NotTrusted, "not signed")]
    [InlineData("cut off", ExitCode.Malformed, "")]
    [InlineData("no ledger named", ExitCode.Malformed, "")]
    [InlineData("too large", ExitCode.Malformed, "")]
    [InlineData("a private key", ExitCode.DoesNotFit, "this is a private key")]
    public async Task What_is_no_reset_of_this_machine_s_is_refused_with_its_reason_and_nothing_is_put(string what, int code, string reason)
    {
        var before = Directory.GetFiles(_site["licenses"]);
        var (exit, error) = await Install(Material(what));
        Assert.Equal(code, exit);
        Assert.StartsWith("error: mail/acme.reset: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(_site["licenses"]));
        Assert.Contains("state         Lapsed", (await _site.Run("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_that_a_ledger_took_and_one_that_is_older_are_refused()
    {
        Assert.Equal((ExitCode.Ok, ""), await Install(Sign(Ours(2))));
        Assert.Equal(ExitCode.Ok, (await _site.Run("run", "true")).ExitCode);
        File.Delete(_site[$"licenses/{Ours(2).Id}.reset"]);
        foreach (var again in new[] { 2, 1 })
        {
            var (exit, error) = await Install(Sign(Ours(again)));
            Assert.Equal(ExitCode.DoesNotFit, exit);
            Assert.Contains("this time reset, or one signed after it, was applied here already", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reset_of_another_machine_in_a_license_folder_that_both_share_is_refused_here_as_well()
    {
        var reset = Sign(Ours());
        Assert.Equal((ExitCode.Ok, ""), await Install(reset));
        Directory.Move(_site["state"], _site["other-machine"]);
        _site.Work(1, TimeSpan.FromHours(1));
        var (exit, error) = await Install(reset);
        Assert.Equal(ExitCode.DoesNotFit, exit);
        Assert.Contains("names no ledger that can be read in", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_license_whose_file_is_called_a_reset_is_installed_as_what_it_is()
    {
        File.Delete(_site["licenses/acme.lic"]);
        Assert.Equal((ExitCode.Ok, ""), await Install(_site.Vendor.Note(FleetVendor.Plan(2) with { Until = null })));
        Assert.Equal([_site[$"licenses/{FleetVendor.Plan(2).Id}.lic"]], Directory.GetFiles(_site["licenses"]));
    }

    [Fact]
    public async Task A_time_that_is_still_to_come_is_the_vendor_s_word_and_status_says_what_came_of_it()
    {
        var ours = Ours();
        var later = _site.Time.Wall.AddDays(20);
        Assert.Equal((ExitCode.Ok, ""), await Install(Sign(ours with { Ledgers = [.. ours.Ledgers.Select(ledger => ledger with { Time = later })] })));
        var status = (await _site.Run("status")).Output;
        Assert.Contains("state         Licensed", status, StringComparison.Ordinal);
        Assert.Contains("ClockBehind", status, StringComparison.Ordinal);
    }

    private byte[] Material(string what)
    {
        var ours = Ours();
        var named = ours.Ledgers[0];
        switch (what)
        {
            case "another product": return Sign(ours with { Product = "other" });
            case "another ledger": return Sign(ours with { Ledgers = [named with { Ledger = InstallationName.OfLedger(InstallationName.InstallationOf(named.Ledger), new byte[10]) }] });
            case "other receipts": return Sign(ours with { Ledgers = [named with { Size = named.Size - 1 }] });
            case "more receipts": return Sign(ours with { Ledgers = [named with { Size = named.Size + 1 }] });
            case "a stranger's key": return ours.Sign(FleetVendor.KeyOf("stranger.example/licenses"));
            case "a reply key": return ours.Sign(_site.Vendor.ReplyKey);
            case "changed on the way": return Changed("2026", "2025");
            case "cut off": return Sign(ours)[..^100];
            case "no ledger named": return SignedNote.Sign(TimeReset.Print(ours).Replace("\nledger ", "\nbudget ", StringComparison.Ordinal), _site.Vendor.LicenseKey);
            case "too large": return [.. Sign(ours), .. new byte[Limits.DocumentBytes]];
            case "a private key": return System.Text.Encoding.ASCII.GetBytes(File.ReadAllText(_site["state/installation.key"]));
            default: throw new ArgumentException(what, nameof(what));
        }

        byte[] Changed(string from, string to) =>
            System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(Sign(ours)).Replace(from, to, StringComparison.Ordinal));
    }

    private TimeReset Ours(int number = 1)
    {
        var ledger = Assert.Single(LedgerFolder.ScanAll(LedgerDisk.Real, _site["state"]));
        return new TimeReset
        {
            Id = "01JDA7X0R3Q8N5V2K6T9W0900" + number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Product = FleetVendor.Product,
            Issued = _site.Time.Wall,
            Ledgers = [new ResetLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root), _site.Time.Wall)],
        };
    }

    private byte[] Sign(TimeReset reset) => reset.Sign(_site.Vendor.LicenseKey);

    private async Task<(int, string)> Install(byte[] bytes)
    {
        _site.Put("mail/acme.reset", bytes);
        var run = await _site.Run("install", "mail/acme.reset");
        return (run.ExitCode, run.Error);
    }
}
