using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>A ledger is written on one machine: another one, or a copy, has its own (design 7, "Node").</summary>
public sealed class MachineTests : IDisposable
{
    private readonly NodeSite _site = new();

    public MachineTests() => _site.Put();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void Each_machine_made_from_one_template_has_a_ledger_of_its_own_that_follows_the_templates()
    {
        Run("template");
        var template = _site.Ledgers().Single();
        var snapshot = _site.Snapshot();
        var names = new HashSet<string>();
        foreach (var clone in (string[])["one", "two", "three"])
        {
            _site.Restore(snapshot);
            for (var start = 0; start < 3; start++)
                Run(clone);
            Assert.Equal(2, _site.Ledgers().Count);
            Assert.Equal(template.Root, _site.Ledgers().Single(ledger => ledger.Key!.Name == template.Key!.Name).Root);
            var own = _site.Ledgers().Single(ledger => ledger.Key!.Name != template.Key!.Name);
            Assert.True(names.Add(own.Key!.Name));
            Assert.Equal((template.Key!.Name, template.Size), (Begun(own).Follows, Begun(own).FollowsSize));
        }

        // The template itself goes on as ever.
        _site.Restore(snapshot);
        Run("template");
        Assert.Single(_site.Ledgers());
    }

    [Fact]
    public void Pods_of_three_hosts_on_one_volume_use_the_ledgers_of_their_own_host_again_and_again()
    {
        string[] hosts = ["host-1", "host-2", "host-3"];
        for (var round = 0; round < 10; round++)
        {
            var pods = new List<Node>();
            foreach (var host in hosts)
            {
                for (var pod = 0; pod < 4; pod++)
                    pods.Add(Open(host));
            }

            _site.Time.Advance(TimeSpan.FromHours(1));
            pods.ForEach(pod => pod.Dispose());
            hosts = [.. hosts[1..], hosts[0]];
        }

        var ledgers = _site.Ledgers();
        Assert.Equal(12, ledgers.Count);
        Assert.All(ledgers, ledger => Assert.Equal("", Begun(ledger).Follows));
        foreach (var host in hosts)
            Assert.Equal(4, ledgers.Count(ledger => !LedgerMachine.IsOther(LedgerDisk.Real, ledger.Folder, ledger.Key!.Name, Id(host))));
    }

    [Fact]
    public void Without_a_machine_id_any_ledger_is_gone_on_with()
    {
        Run("somewhere");
        Run(null);
        Run("somewhere");
        Assert.Single(_site.Ledgers());
    }

    [Fact]
    public void A_ledger_from_before_machines_were_told_apart_is_the_first_ones_that_takes_it()
    {
        Run(null);
        Run("one");
        Assert.Single(_site.Ledgers());
        Run("two");
        Assert.Equal(2, _site.Ledgers().Count);
    }

    [Fact]
    public void The_mark_says_nothing_of_the_machine_and_leaves_it_in_no_export()
    {
        Run("secret-host");
        var ledger = _site.Ledgers().Single();
        var mark = File.ReadAllText(Path.Combine(ledger.Folder, LedgerMachine.FileName));
        Assert.Equal(45, mark.Length);
        _site.Export();
        var export = File.ReadAllText(_site["export-1.receipts"]);
        Assert.DoesNotContain(mark.Trim(), export, StringComparison.Ordinal);
        Assert.DoesNotContain(Id("secret-host")!, export, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_that_is_no_mark_is_made_anew()
    {
        Run("one");
        var mark = Path.Combine(_site.Ledgers().Single().Folder, LedgerMachine.FileName);
        foreach (var garbage in (string[])["", "x", new('A', 100), "\n"])
        {
            File.WriteAllText(mark, garbage);
            Run("one");
            Assert.Equal(45, new FileInfo(mark).Length);
        }

        Assert.Single(_site.Ledgers());
    }

    [Fact]
    public void Time_earned_goes_with_the_machine_that_was_replaced()
    {
        Run("old", hours: 24);
        Run("new", hours: 1);
        var own = _site.Ledgers().Single(ledger => Begun(ledger).Follows.Length > 0);
        var usage = own.Receipts(LedgerDisk.Real).Select(entry => entry.Receipt).OfType<UsageReceipt>().First();
        Assert.Equal((24 * 3600) + usage.OpenSeconds, usage.LicensedSeconds);
    }

    [Fact]
    public void A_ledger_that_nobody_needs_any_more_keeps_no_other_node_from_lapsing()
    {
        _site.Put(plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 1 } });
        using var stays = _site.Open();
        using (_site.Open())
            _site.Time.Advance(TimeSpan.FromHours(30));
        Assert.Equal(LicenseState.Grace, stays.Verdict.State);
        _site.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal(LicenseState.Lapsed, stays.Verdict.State);

        // Who takes it again has a day of his own.
        using var again = _site.Open();
        Assert.Equal(LicenseState.Grace, again.Verdict.State);
        _site.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal((LicenseState.Lapsed, LicenseState.Lapsed), (again.Verdict.State, stays.Verdict.State));
    }

    [Theory]
    [InlineData("3d1219c7c4c5404aaa1f6d2a48adfda4\n", "3d1219c7c4c5404aaa1f6d2a48adfda4")]
    [InlineData("3D1219C7C4C5404AAA1F6D2A48ADFDA4", "3d1219c7c4c5404aaa1f6d2a48adfda4")]
    [InlineData("", null)]
    [InlineData("\n", null)]
    [InlineData("uninitialized\n", null)]
    [InlineData("3d1219c7c4c5404aaa1f6d2a48adfda", null)]
    public void An_id_file_holds_an_id_or_none(string content, string? id) => Assert.Equal(id, MachineId.OfFile(content));

    private static StartReceipt Begun(LedgerScan ledger) => (StartReceipt)ledger.Receipts(LedgerDisk.Real).First().Receipt;

    private static string? Id(string? machine) => machine?.PadRight(32, '.');

    private Node Open(string? machine)
    {
        _site.MachineId = Id(machine);
        return _site.Open();
    }

    private void Run(string? machine, int hours = 1)
    {
        using var node = Open(machine);
        _site.Time.Advance(TimeSpan.FromHours(hours));
    }
}
