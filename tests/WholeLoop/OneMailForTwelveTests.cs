using System.Globalization;
using System.Text.Json;
using OfflineLicense.Tests.Issuer;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.WholeLoop;

/// <summary>
/// The operator of twelve machines: a file from each on a share, one mail made of them, one reply for all; month after month.
/// </summary>
public sealed class OneMailForTwelveTests
{
    private const int Nodes = 12;

    [Fact]
    public async Task Twelve_nodes_send_one_mail_a_month_take_one_reply_and_both_statements_are_equal()
    {
        using var desk = await IssuerDesk.WithHome("2026-12-01T00:00:00Z");
        var license = await desk.IssueId("--cores", "64", "--from", "2026-12-01", "--until", "2027-12-01", "--every", "1h", "--mail-every", "40d");
        using var key = FleetVendor.KeyOf("acme");
        var machines = Enumerable.Range(0, Nodes)
            .Select(i => new Machine(At(desk, $"node-{Word(i)}"), desk.Path("openvidu-pro.anchors"), key, desk.Time.Wall, cores: 1 + (i % 4)))
            .ToList();
        try
        {
            foreach (var machine in machines)
            {
                await machine.Run("install", desk.Path($"licenses/{license}.lic"));
                machine.Start();
            }

            var mails = new List<string>();
            for (var month = 1; month <= 2; month++)
            {
                Pass(desk, machines, days: 31);
                var (mail, answer) = await MailOf(desk, machines, month);
                mails.Add(mail);

                // Of the second month's mail, the vendor has the first month already: the reply was taken in.
                Assert.Equal((Nodes, 0), (answer.GetProperty("ledgers").GetArrayLength(), answer.GetProperty("missing").GetArrayLength()));
                Assert.Equal(month == 1, answer.GetProperty("ledgers").EnumerateArray().All(ledger => ledger.GetProperty("start").GetInt64() == 0));
                Assert.Contains("12 ledgers of 1 installation, ", answer.GetProperty("covers").GetString(), StringComparison.Ordinal);
                Assert.Contains(", nothing missing", answer.GetProperty("covers").GetString(), StringComparison.Ordinal);

                var import = await desk.Run(["import", mail]);
                Assert.Equal((ExitCode.Ok, ""), (import.ExitCode, import.Error));
                var reply = Directory.GetFiles(desk.Path("replies"), "*.reply").Single();
                foreach (var machine in machines)
                    await machine.Run("install", reply);
            }

            foreach (var days in (string[][])[["--month", "2026-12"], ["--month", "2027-01"], ["--from", "2026-12-01", "--until", "2027-02-01"]])
            {
                var vendors = await desk.Run(["statement", license, .. days]);
                Assert.Equal(ExitCode.Ok, vendors.ExitCode);
                Assert.Equal(vendors.Output, await machines[5].Run(["statement", .. mails, "--license", license, .. days]));
            }

            var hours = machines.Sum(_ => 62 * 8);
            var statement = await desk.Run("statement", license, "--from", "2026-12-01", "--until", "2027-02-01");
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"itemised seconds {hours * 3600} "),
                string.Join(' ', statement.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

            // Each machine settled its own date when it wrote its file onto the share.
            foreach (var machine in machines)
                Assert.DoesNotContain("MailOverdue", await machine.Run("status"), StringComparison.Ordinal);
        }
        finally
        {
            machines.ForEach(machine => machine.Dispose());
        }
    }

    private static async Task<(string Mail, JsonElement Answer)> MailOf(IssuerDesk desk, List<Machine> machines, int month)
    {
        var share = At(desk, "share-" + Word(month));
        Directory.CreateDirectory(share);
        for (var node = 0; node < Nodes; node++)
            await machines[node].Run("export", Path.Combine(share, $"node-{Word(node)}.receipts{(node % 2 == 0 ? "" : ".gz")}"));
        var mail = At(desk, $"all-{Word(month)}.receipts.gz");
        var output = await machines[0].Run("export", mail, "--json", "--from", share);
        using var json = JsonDocument.Parse(output);
        return (mail, json.RootElement.Clone());
    }

    private static void Pass(IssuerDesk desk, List<Machine> machines, int days)
    {
        for (var day = 0; day < days; day++)
            machines.ForEach(static machine => machine.Day());
        desk.Time.Advance(TimeSpan.FromDays(days));
    }

    private static string At(IssuerDesk desk, string name) => Path.Combine(desk.Folder, name);

    private static string Word(int number) => number.ToString("00", CultureInfo.InvariantCulture);
}
