using System.Globalization;
using System.Text.Json;
using OfflineLicense.Tests.Issuer;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.WholeLoop;

/// <summary>
/// A month of one customer with twelve nodes, by the programs and the library themselves: a mail is lost, one comes
/// twice, one late; three machines lose their state folder; and in mid-term the license grows from 64 cores to 128.
/// </summary>
public sealed class DayInTheLifeTests
{
    private const int Nodes = 12;

    [Fact]
    public async Task P7_After_a_month_of_mishaps_both_statements_are_equal_and_nobody_honest_is_accused()
    {
        using var desk = await IssuerDesk.WithHome("2026-11-22T00:00:00Z");
        var first = await desk.IssueId("--cores", "64", "--from", "2026-11-22", "--until", "2027-11-22", "--every", "1h", "--mail-every", "90d");
        using var key = FleetVendor.KeyOf("acme");
        var machines = Enumerable.Range(0, Nodes)
            .Select(i => new Machine(At(desk, $"node-{Word(i)}"), desk.Path("openvidu-pro.anchors"), key, desk.Time.Wall, cores: 1 + (i % 4)))
            .ToList();
        try
        {
            foreach (var machine in machines)
            {
                await machine.Run("install", desk.Path($"licenses/{first}.lic"));
                machine.Start();
            }

            Pass(desk, machines, days: 10);
            var mails1 = await Mail(desk, machines, "1");
            await Import(desk, mails1.Where((_, node) => node != 3)); // a mail is lost
            await TakeReply(desk, machines);

            Pass(desk, machines, days: 10);
            var mails2 = await Mail(desk, machines, "2");
            await Import(desk, mails2.Where((_, node) => node != 7));
            await Import(desk, [mails2[5]]); // one comes twice
            await TakeReply(desk, machines);

            Pass(desk, machines, days: 2);
            foreach (var lost in (int[])[1, 6, 9])
                machines[lost].Vanish();
            foreach (var lost in (int[])[1, 6, 9])
                await machines[lost].Run("install", Reply(desk));

            Pass(desk, machines, days: 3);
            var second = await desk.IssueId(
                "--cores", "128", "--from", "2026-11-22", "--until", "2027-11-22", "--every", "1h", "--mail-every", "90d", "--replaces", first);
            foreach (var machine in machines)
                await machine.Run("install", desk.Path($"licenses/{second}.lic"));

            Pass(desk, machines, days: 5);
            Assert.All(machines, machine => Assert.Equal((LicenseState.Licensed, second), (machine.Node.Verdict.State, machine.Node.Verdict.License!.Id)));
            var mails3 = await Mail(desk, machines, "3");
            await Import(desk, mails3);
            await Import(desk, [mails2[7]]); // one comes late

            var vendors = await desk.Run("statement", second);
            var customers = await machines[0].Run(["statement", .. mails1, .. mails2, .. mails3, "--license", second]);
            Assert.Equal((ExitCode.Ok, vendors.Output), (vendors.ExitCode, customers));

            // Thirty days of eight hours on each node, but for the two days that three nodes never exported.
            var hours = machines.Select((_, node) => node is 1 or 6 or 9 ? 28 * 8 : 30 * 8).ToList();
            Assert.Contains(Seconds("itemised", hours.Sum() * 3600, hours.Zip(machines, (h, m) => h * m.Cores).Sum() * 3600), Squeezed(vendors.Output), StringComparison.Ordinal);

            var findings = await desk.Run("findings", "--json");
            using var json = JsonDocument.Parse(findings.Output);
            Assert.Equal(
                ["new-installation"],
                json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("kind").GetString()).Distinct());
        }
        finally
        {
            machines.ForEach(machine => machine.Dispose());
        }
    }

    private static void Pass(IssuerDesk desk, List<Machine> machines, int days)
    {
        for (var day = 0; day < days; day++)
            machines.ForEach(machine => machine.Day());
        desk.Time.Advance(TimeSpan.FromDays(days));
    }

    private static async Task<List<string>> Mail(IssuerDesk desk, List<Machine> machines, string number)
    {
        Directory.CreateDirectory(At(desk, "mail"));
        var files = machines.Select((_, node) => At(desk, $"mail/{number}-{Word(node)}.receipts")).ToList();
        foreach (var (machine, file) in machines.Zip(files))
            await machine.Run("export", file);
        return files;
    }

    private static async Task Import(IssuerDesk desk, IEnumerable<string> mails)
    {
        var run = await desk.Run(["import", .. mails]);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    private static async Task TakeReply(IssuerDesk desk, List<Machine> machines)
    {
        foreach (var machine in machines)
            await machine.Run("install", Reply(desk));
    }

    private static string Reply(IssuerDesk desk) => Directory.GetFiles(desk.Path("replies"), "*.reply").Single();

    private static string At(IssuerDesk desk, string name) => Path.Combine(desk.Folder, name);

    private static string Word(int node) => node.ToString("00", CultureInfo.InvariantCulture);

    private static string Seconds(string label, long node, long core) =>
        string.Create(CultureInfo.InvariantCulture, $"{label} seconds {node} {core}");

    private static string Squeezed(string text) => string.Join(' ', text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
