using System.Globalization;
using System.Text.Json;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Issuer;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.WholeLoop;

/// <summary>
/// A customer's machines under one installation key and the vendor's desk, on one calendar. It keeps its own count of the
/// days on which each machine worked, to hold everybody else's against.
/// </summary>
internal sealed class CustomerSite : IDisposable
{
    private readonly SigningKey _key = FleetVendor.KeyOf("acme");
    private readonly List<Machine> _machines;
    private readonly List<string> _mails = [];
    private readonly List<DateTimeOffset> _daysOfWork = [];

    public CustomerSite(IssuerDesk desk, int nodes)
    {
        Desk = desk;
        _machines = [.. Enumerable.Range(0, nodes).Select(node => new Machine(
            Path.Combine(desk.Folder, $"node-{Word(node)}"), desk.Path("openvidu-pro.anchors"), _key, desk.Time.Wall, cores: 1 + (node % 4)))];
    }

    public IssuerDesk Desk { get; }

    public void SwitchOn() => _machines.ForEach(static machine => machine.Start());

    /// <summary>Days of eight hours of work on every machine.</summary>
    public void Work(int days)
    {
        for (var day = 0; day < days; day++)
        {
            foreach (var machine in _machines)
            {
                _daysOfWork.Add(machine.Time.Wall);
                machine.Day();
            }

            Desk.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    /// <summary>All machines are ended in good order, and started again after some days.</summary>
    public void Off(int days)
    {
        foreach (var machine in _machines)
        {
            machine.Dispose();
            machine.Time.Advance(TimeSpan.FromDays(days));
            machine.Start();
        }

        Desk.Time.Advance(TimeSpan.FromDays(days));
    }

    /// <summary>The days that machines worked, each machine's counted, in a span of days whose end is exclusive.</summary>
    public int DaysOfWork(string from, string until) => _daysOfWork.Count(day => day >= Day(from) && day < Day(until));

    /// <summary>Runs a command of the vendor that signs a license.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> Change(params string[] args)
    {
        var run = await Desk.Run([.. args, "--json"]);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Installs a license; that its term lies ahead may be said.</summary>
    public async Task Install(string license, IEnumerable<int> nodes)
    {
        foreach (var node in nodes)
        {
            var run = await _machines[node].Try("install", Desk.Path($"licenses/{license}.lic"));
            Assert.True(run.ExitCode == ExitCode.Ok && (run.Error.Length == 0 || run.Error.Contains("its term begins on", StringComparison.Ordinal)), run.Error);
        }
    }

    /// <summary>The node-minutes used in the running term, as each node's <c>status</c> tells them.</summary>
    public async Task<IReadOnlyList<long>> Used(IEnumerable<int> nodes)
    {
        var used = new List<long>();
        foreach (var node in nodes)
        {
            using var json = JsonDocument.Parse(await _machines[node].Run("status", "--json"));
            used.Add(json.RootElement.GetProperty("quotas").EnumerateArray()
                .Single(static quota => quota.GetProperty("name").GetString() == "node-minutes").GetProperty("used").GetInt64());
        }

        return used;
    }

    /// <summary>Every machine exports, the vendor imports it all, and every machine takes the reply.</summary>
    public async Task MailAndTakeReply()
    {
        Directory.CreateDirectory(Path.Combine(Desk.Folder, "mail"));
        var files = new List<string>();
        foreach (var machine in _machines)
        {
            files.Add(Path.Combine(Desk.Folder, "mail", $"{Word(_mails.Count + files.Count)}.receipts"));
            await machine.Run("export", files[^1]);
        }

        _mails.AddRange(files);
        var run = await Desk.Run(["import", .. files]);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var reply = Assert.Single(Directory.GetFiles(Desk.Path("replies"), "*.reply"));
        foreach (var machine in _machines)
            await machine.Run("install", reply);
    }

    /// <summary>The statement, which vendor and customer must print alike; with single spaces for white space.</summary>
    public async Task<string> Statements(string license, params string[] days)
    {
        var vendors = await Desk.Run(["statement", license, .. days]);
        var customers = await _machines[0].Run(["statement", .. _mails, "--license", license, .. days]);
        Assert.Equal((ExitCode.Ok, vendors.Output), (vendors.ExitCode, customers));
        return string.Join(' ', customers.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose()
    {
        _machines.ForEach(static machine => machine.Dispose());
        _key.Dispose();
    }

    private static DateTimeOffset Day(string day) => DateTimeOffset.Parse(day + "T00:00:00Z", CultureInfo.InvariantCulture);

    private static string Word(int number) => number.ToString("000", CultureInfo.InvariantCulture);
}
