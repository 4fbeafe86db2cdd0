using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>A ledger that lost what the vendor has ends as it is, and one new ledger follows it (design 7, "Node").</summary>
public sealed class RollbackTests : IDisposable
{
    private static readonly SigningKey ReplyKey = Licenses.KeyOf("vendor.example/replies/test", 2);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly NodeSite _site = new() { LookEvery = TimeSpan.FromMinutes(5) };
    private readonly License _license;
    private long _replies;

    public RollbackTests() => _license = _site.Put(plain => plain with
    {
        Receipts = new LicenseReceipts { RepliesBy = [ReplyKey.VerifierKey.ToString()] },
        Quota = new LicenseQuota { NodeMinutes = 10_000 },
    });

    public void Dispose() => _site.Dispose();

    [Fact]
    public void A_restored_machine_begins_one_new_ledger_and_says_so_until_the_vendor_has_heard_of_it()
    {
        Run(hours: 1);
        var snapshot = _site.Snapshot();
        Run(hours: 2);
        var lost = _site.Ledgers().Single();
        PutReply(lost);
        _site.Restore(snapshot);
        var left = _site.Ledgers().Single();

        for (var start = 0; start < 10; start++)
        {
            using var node = _site.Open();
            var warning = Assert.Single(node.Verdict.Warnings, warning => warning.Code == ReasonCode.LedgerRolledBack);
            Assert.Contains(FormattableString.Invariant($"{lost.Size - left.Size} of {lost.Key!.Name}"), warning.Sentence, StringComparison.Ordinal);
            Assert.Equal((LicenseState.Licensed, true), (node.Verdict.State, node.Verdict.MayBegin));
            Assert.Single(Node.Peek(_site.Options).Warnings, warning => warning.Code == ReasonCode.LedgerRolledBack);
            _site.Time.Advance(Hour);
        }

        Assert.Equal(2, _site.Ledgers().Count);
        Assert.Equal(left.Root, Ledger(left).Root);
        var follower = Follower(left);
        Assert.Equal((left.Key!.Name, left.Size, 1), (Begun(follower).Follows, Begun(follower).FollowsSize, Begun(follower).Clean));
        Assert.Equal(left.Root, Convert.FromBase64String(Begun(follower).FollowsRoot));

        PutReply(lost, follower);
        using var heard = _site.Open();
        Assert.DoesNotContain(heard.Verdict.Warnings, warning => warning.Code == ReasonCode.LedgerRolledBack);
        Assert.Equal(2, _site.Ledgers().Count);
    }

    [Fact]
    public void A_node_that_runs_goes_over_when_the_reply_comes_and_loses_nothing()
    {
        Run(hours: 1);
        var snapshot = _site.Snapshot();
        Run(hours: 2);
        var lost = _site.Ledgers().Single();
        _site.Restore(snapshot);
        using (var node = _site.Open())
        {
            Assert.True(node.TryBegin(2, out var work, out _));
            _site.Time.Advance(Hour);
            PutReply(lost);
            _site.Time.Advance(Hour);
            Assert.Single(node.Verdict.Warnings, warning => warning.Code == ReasonCode.LedgerRolledBack);
            work.Dispose();
        }

        var left = Ledger(lost);
        Assert.IsNotType<StopReceipt>(left.Seal!.Last);
        var follower = Follower(left);
        Assert.Equal(1, Begun(follower).Clean);
        var usage = follower.Receipts(LedgerDisk.Real).Select(entry => entry.Receipt).OfType<UsageReceipt>().ToList();
        var before = left.Receipts(LedgerDisk.Real).Select(entry => entry.Receipt).OfType<UsageReceipt>().ToList();
        Assert.Equal(3 * 3600, before.Sum(use => use.Seconds) + usage.Sum(use => use.Seconds));
        Assert.Equal(before[^1].LicensedSeconds + usage[0].OpenSeconds, usage[0].LicensedSeconds);
        Assert.Equal(before[^1].At, usage[0].From);
        Assert.Equal(0, follower.Receipts(LedgerDisk.Real).Select(entry => entry.Receipt).OfType<ReplyReceipt>().Single().Size);
    }

    [Fact]
    public void A_second_history_that_is_longer_than_the_vendors_ends_too()
    {
        Run(hours: 1);
        var snapshot = _site.Snapshot();
        Run(hours: 1);
        var stored = _site.Ledgers().Single();
        _site.Restore(snapshot);
        Run(hours: 5, cores: 3);
        var branch = _site.Ledgers().Single();
        Assert.True(branch.Size > stored.Size);
        PutReply(stored);
        for (var start = 0; start < 3; start++)
        {
            using var node = _site.Open();
            Assert.Contains("older state", Assert.Single(node.Verdict.Warnings, warning => warning.Code == ReasonCode.LedgerRolledBack).Sentence, StringComparison.Ordinal);
        }

        Assert.Equal(2, _site.Ledgers().Count);
        Assert.Equal(branch.Root, Ledger(branch).Root);
        Assert.Equal(branch.Size, Begun(Follower(branch)).FollowsSize);
    }

    [Fact]
    public void A_ledger_that_has_grown_since_the_reply_is_gone_on_with()
    {
        Run(hours: 1);
        PutReply(_site.Ledgers().Single());
        Run(hours: 1);
        Run(hours: 1);
        Assert.Single(_site.Ledgers());
    }

    [Fact]
    public void Twelve_processes_of_a_restored_machine_begin_at_most_one_ledger_for_each_that_lost()
    {
        Together(12);
        var snapshot = _site.Snapshot();
        Together(12);
        PutReply([.. _site.Ledgers()]);
        _site.Restore(snapshot);
        for (var start = 0; start < 3; start++)
            Together(12);

        var ledgers = _site.Ledgers();
        Assert.Equal(24, ledgers.Count);
        var followed = ledgers.Select(Begun).Select(begun => begun.Follows).Where(name => name.Length > 0).ToList();
        Assert.Equal(12, followed.Distinct().Count());
    }

    [Fact]
    public void Of_processes_that_start_at_once_one_follows()
    {
        Run(hours: 1);
        var snapshot = _site.Snapshot();
        Run(hours: 1);
        PutReply(_site.Ledgers().Single());
        _site.Restore(snapshot);
        Node[] nodes = [.. Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => _site.Open())];
        Array.ForEach(nodes, node => node.Dispose());
        Assert.Equal(5, _site.Ledgers().Count);
        Assert.InRange(_site.Ledgers().Count(ledger => Begun(ledger).Follows.Length > 0), 0, 1);
    }

    [Fact]
    public void What_the_vendor_has_of_the_lost_receipts_counts_once_and_what_it_has_not_counts_too()
    {
        Run(hours: 1);
        var snapshot = _site.Snapshot();
        Run(hours: 2);
        var lost = _site.Ledgers().Single();
        _site.Restore(snapshot);
        PutReply([lost], usedHours: 3);
        using var node = _site.Open();
        Assert.Equal(180, node.Verdict.Quotas.Single().Used);
        Assert.True(node.TryBegin(1, out var work, out _));
        _site.Time.Advance(Hour);
        Assert.Equal(240, node.Verdict.Quotas.Single().Used);
        work.Dispose();
        node.Dispose();
        using var again = _site.Open();
        Assert.Equal(240, again.Verdict.Quotas.Single().Used);
    }

    [Fact]
    public void Without_a_reply_that_counts_nothing_is_taken_for_lost()
    {
        Run(hours: 1);
        var snapshot = _site.Snapshot();
        Run(hours: 2);
        var lost = _site.Ledgers().Single();
        _site.Restore(snapshot);
        using var stranger = Licenses.KeyOf("stranger.example/replies", 9);
        PutReply([lost], 3, stranger);
        using (var node = _site.Open())
            Assert.Empty(node.Verdict.Warnings);
        Assert.Single(_site.Ledgers());
    }

    [Fact]
    public void What_a_ledger_carries_on_is_not_forgotten_by_a_start_before_its_first_use()
    {
        Run(hours: 24);
        var snapshot = _site.Snapshot();
        Run(hours: 1);
        PutReply(_site.Ledgers().Single());
        _site.Restore(snapshot);
        var left = _site.Ledgers().Single();
        for (var start = 0; start < 3; start++)
            _site.Open().Dispose();
        Run(hours: 1);
        var first = Follower(left).Receipts(LedgerDisk.Real).Select(entry => entry.Receipt).OfType<UsageReceipt>().First();
        Assert.Equal((24 * 3600) + first.OpenSeconds, first.LicensedSeconds);
    }

    [Fact]
    public void Ledgers_that_say_they_follow_each_other_do_not_keep_a_node_from_opening()
    {
        using (var node = _site.Open())
        {
            // The customer's key signs whatever it is given.
        }

        var ledger = _site.Ledgers().Single();
        Directory.Delete(ledger.Folder, recursive: true);
        using var key = OfflineLicense.Verifier.Metering.InstallationKey.ReadOrMake(LedgerDisk.Real, _site.StateFolder);
        byte[] name = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        var own = InstallationName.OfLedger(InstallationName.Of(key.VerifierKey.PublicKey), name);
        LedgerWriter.Begin(LedgerDisk.Real, Path.GetDirectoryName(ledger.Folder)!, key, Licenses.Begin, new LedgerFollows(own, 1, new byte[32], true), drawnName: name).Dispose();
        using var again = _site.Open();
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
        Assert.Single(_site.Ledgers());
    }

    private static StartReceipt Begun(LedgerScan ledger) => (StartReceipt)ledger.Receipts(LedgerDisk.Real).First().Receipt;

    private LedgerScan Ledger(LedgerScan before) => _site.Ledgers().Single(ledger => ledger.Key!.Name == before.Key!.Name);

    private LedgerScan Follower(LedgerScan left) => _site.Ledgers().Single(ledger => Begun(ledger).Follows == left.Key!.Name);

    // Works for some hours, from a start to a stop.
    private void Run(int hours, int cores = 1)
    {
        using var node = _site.Open();
        Assert.True(node.TryBegin(cores, out var work, out var why), why?.Sentence);
        _site.Time.Advance(hours * Hour);
        work.Dispose();
    }

    private void Together(int processes)
    {
        var nodes = Enumerable.Range(0, processes).Select(_ => _site.Open()).ToList();
        _site.Time.Advance(Hour);
        nodes.ForEach(node => node.Dispose());
    }

    private void PutReply(params LedgerScan[] ledgers) => PutReply(ledgers, usedHours: 0);

    private void PutReply(LedgerScan[] ledgers, int usedHours, SigningKey? key = null) => File.WriteAllBytes(
        Path.Combine(_site.LicenseFolder, FormattableString.Invariant($"{++_replies}.reply")),
        new Reply
        {
            Product = Licenses.Product,
            Licensee = Licenses.Licensee,
            Number = _replies,
            Time = Licenses.Begin,
            Used = [new ReplyUse(_license.Id, _license.From, usedHours * 3600, usedHours * 3600)],
            Ledgers = [.. ledgers.Select(ledger => new ReplyLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root)))
                .OrderBy(ledger => ledger.Ledger, StringComparer.Ordinal)],
        }.Sign(key ?? ReplyKey));
}
