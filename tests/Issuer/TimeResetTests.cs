using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary><c>issuer time-reset</c>: what the vendor signs for nodes that a wrong clock carried ahead.</summary>
public sealed class TimeResetTests
{
    private static readonly DateTimeOffset FarAhead = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_customers_ledgers_that_are_ahead_are_named_as_they_are_stored_and_the_signing_is_on_record()
    {
        using var desk = await IssuerDesk.WithHome();
        var (license, ahead) = await Import(desk, FarAhead, hours: 30);
        var before = desk.Everything();
        var dry = await desk.Run("time-reset", "--licensee", "Acme Telemedicine", "--dry-run");
        Assert.Equal((ExitCode.Ok, before), (dry.ExitCode, desk.Everything()));
        var run = await desk.Run("time-reset", "--licensee", "Acme Telemedicine", "--out", "acme.reset");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));

        var reset = TimeReset.Open(File.ReadAllBytes(desk.Path("acme.reset")), desk.OpenHome().ReadAnchors().ToTrust()).Document!;
        var root = Convert.ToBase64String(ahead.RootAt(ahead.Size));
        Assert.Equal(new ResetLedger(ahead.Ledger, ahead.Size, root, license.License.Issued.AddHours(30)), Assert.Single(reset.Ledgers));
        Assert.Equal(("reset", reset.Id), desk.Signings().Select(static signing => (signing.Kind, signing.Subject)).Last());
    }

    [Fact]
    public async Task A_person_may_say_what_the_time_was_but_not_a_time_to_come()
    {
        using var desk = await IssuerDesk.WithHome();
        var (_, ahead) = await Import(desk, FarAhead, hours: 30);
        var run = await desk.Run("time-reset", ahead.Ledger[^16..], "--time", "2026-11-24", "--out", "acme.reset");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains("it was 2026-11-24", run.Output, StringComparison.Ordinal);
        var before = desk.Everything();
        var late = await desk.Run("time-reset", ahead.Ledger, "--time", "2027-11-24");
        Assert.Contains("is still to come", late.Error, StringComparison.Ordinal);
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task Nothing_is_signed_for_ledgers_that_are_not_ahead_or_not_known_or_with_a_doubtful_clock()
    {
        using var desk = await IssuerDesk.WithHome();
        await Import(desk, desk.Time.Wall, hours: 30);
        var before = desk.Everything();
        Assert.Contains("no ledger of Acme Telemedicine is ahead", (await desk.Run("time-reset", "--licensee", "Acme Telemedicine")).Error, StringComparison.Ordinal);
        var nobody = await desk.Run("time-reset", "--licensee", "acme  telemedicine");
        Assert.Equal("error: no license was issued to 'acme  telemedicine' here\nhint: did you mean 'Acme Telemedicine'?\n", nobody.Error);
        Assert.Contains("is in the registry", (await desk.Run("time-reset", "aaaaaaaaaaaaaaaa")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await desk.Run("time-reset")).ExitCode);
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task A_vendors_clock_that_is_doubtful_signs_no_reset()
    {
        using var desk = await IssuerDesk.WithHome();
        await Import(desk, FarAhead, hours: 30);
        desk.Time.Wall = desk.Time.Wall.AddDays(401);
        var run = await desk.Run("time-reset", "--licensee", "Acme Telemedicine");
        Assert.Contains("--date-is-right", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(desk.Signings(), static signing => signing.Kind == "reset");
    }

    /// <summary>A customer whose one node ran from a date on, which mailed its receipts five days from now.</summary>
    private static async Task<(SignedLicense License, FleetNode Node)> Import(IssuerDesk desk, DateTimeOffset from, int hours)
    {
        var id = await desk.IssueId();
        var license = SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{id}.lic")), desk.OpenHome().ReadAnchors().ToTrust()).License!;
        var node = FleetNode.Begin("acme", "one", from).Hold(license).Use(4, hours);
        File.WriteAllBytes(desk.Path("acme.receipts"), node.Mail());
        desk.Time.Wall = desk.Time.Wall.AddDays(5);
        var run = await desk.Run("import", "acme.receipts");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return (license, node);
    }
}
